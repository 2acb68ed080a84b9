package io.lanewise.batch;

/// One column of a [Batch]: its name, type and validity. The sealed alternatives are the four
/// shapes that objectives know; a `switch` over them needs no default.
public sealed interface Column permits ScalarColumn, VectorColumn, SequenceColumn, TextColumn {
  /// The column's name, as in the file.
  String name();

  /// The type of its elements.
  DType type();

  /// The number of rows.
  int rows();

  /// Which rows are null. A null row's elements are undefined.
  Validity validity();

  /// Rows `[from, from + count)` of this column, without copying.
  Column slice(int from, int count);

  /// The elements' description: name, shape, type and width.
  ColumnType describe();
}
