package io.lanewise.batch;

import java.util.List;

/// A label a row: the key of a group. Labels are few and short, so they live on the heap.
///
/// @param values one text a row; the value of a null row is undefined
/// @param numbers whether the texts are decimal numbers, compared and ordered by value
public record TextColumn(
    String name, int rows, List<String> values, Validity validity, boolean numbers)
    implements Column {

  /// Labels that are just text.
  public TextColumn(String name, int rows, List<String> values, Validity validity) {
    this(name, rows, values, validity, false);
  }

  @Override
  public DType type() {
    return DType.TEXT;
  }

  @Override
  public TextColumn slice(int from, int count) {
    return new TextColumn(
        name, count, values.subList(from, from + count), validity.slice(from), numbers);
  }

  @Override
  public ColumnType describe() {
    return new ColumnType(name, Shape.SCALAR, DType.TEXT, 1);
  }
}
