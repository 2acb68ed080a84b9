package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The columns a sink was made for, found in the batches it is given.
record Columns(String file, List<ColumnType> types) {
  Columns {
    types = List.copyOf(types);
    if (types.isEmpty()) {
      throw new IllegalArgumentException(file + ": found no columns, expected at least one");
    }
    Set<String> names = new HashSet<>();
    for (ColumnType type : types) {
      if (!names.add(type.name())) {
        throw new IllegalArgumentException(
            "%s: column '%s': found it twice, expected each name once"
                .formatted(file, type.name()));
      }
    }
  }

  /// One of them.
  Columns only(ColumnType type) {
    return new Columns(file, List.of(type));
  }

  /// The batch's columns in the sink's order.
  List<Column> of(Batch batch) {
    List<Column> columns = new ArrayList<>();
    for (ColumnType type : types) {
      Column column = batch.column(type.name());
      if (type.shape() == Shape.VECTOR && column instanceof SequenceColumn list) {
        column = list.asVector(type.width());
      }
      if (column == null || !column.describe().equals(type)) {
        throw new IllegalArgumentException(
            "%s: column '%s': found %s, expected %s"
                .formatted(
                    file,
                    type.name(),
                    column == null ? "no such column" : column.describe().signature(),
                    type.signature()));
      }
      columns.add(column);
    }
    return columns;
  }
}
