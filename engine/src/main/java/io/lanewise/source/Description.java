package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What is known of rows before any is evaluated, wherever they come from: enough to find their
/// columns, and every mistake in a plan.
public sealed interface Description permits DataSet, ArrowBatches {
  /// What the rows are called in messages.
  String name();

  /// The columns that can be read.
  List<ColumnType> schema();

  /// Where the rows come from, for messages and provenance.
  List<FileInfo> files();

  /// The number of rows that these columns have, if it is known.
  OptionalLong rowCount(List<String> columns);

  /// How many elements a row of a column of sequences holds, where all must hold equally many.
  int widthOf(String column);

  /// Adds a column of sequences that are kept as values and offsets.
  void add(Ragged column);

  /// A sentence for each column that not all files keep in the same type, by the column's name.
  default Map<String, String> widenings() {
    return Map.of();
  }

  /// Where the first cell of a column of text stands that is no number, if the column is text for
  /// want of a better type.
  default Optional<String> firstNonNumber(String column) {
    return Optional.empty();
  }
}
