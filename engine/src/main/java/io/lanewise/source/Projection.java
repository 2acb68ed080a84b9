package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Resolves the columns a pass asks for, with the same words for every format.
final class Projection {
  private Projection() {}

  /// The columns asked for, in the file's order.
  ///
  /// @throws DataException if one is missing or of a type that cannot be read
  static List<ColumnType> of(Source source, List<String> columns) {
    Set<String> known = source.schema().stream().map(ColumnType::name).collect(Collectors.toSet());
    for (String column : columns) {
      if (known.contains(column)) {
        continue;
      }
      throw missing(source, column);
    }
    Set<String> wanted = new HashSet<>(columns);
    return source.schema().stream().filter(type -> wanted.contains(type.name())).toList();
  }

  /// Why a column cannot be read that is none of the source's.
  static DataException missing(Source source, String column) {
    String place = source.name() + ": column '" + column + "'";
    for (Unsupported other : source.unsupported()) {
      if (other.name().equals(column)) {
        return new DataException(
            place,
            "found %s, expected numbers, fixed-size or variable lists of numbers, or text"
                .formatted(other.type()));
      }
    }
    return new DataException(
        place,
        "found no such column, expected one of "
            + source.schema().stream().map(ColumnType::name).collect(Collectors.joining(", ")));
  }

  /// The same for [Source#read], which also needs something to read.
  static List<ColumnType> of(Source source, List<String> columns, int batchRows) {
    check(source, columns, batchRows);
    return of(source, columns);
  }

  /// Checks that a pass has something to read.
  static void check(Source source, List<String> columns, int batchRows) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          source.name() + ": found no columns to read, expected at least one");
    }
    if (batchRows < 1) {
      throw new IllegalArgumentException(
          source.name() + ": found batches of " + batchRows + " rows, expected at least 1");
    }
  }
}
