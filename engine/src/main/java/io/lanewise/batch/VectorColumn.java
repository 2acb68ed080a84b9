package io.lanewise.batch;

import java.lang.foreign.MemorySegment;

/// The same number of elements in each row, row after row without gaps.
///
/// @param width elements a row
/// @param data `rows * width` elements of `type` in native byte order, at any alignment
/// @param elements which elements are null, counted from the first row's first
public record VectorColumn(
    String name,
    DType type,
    int rows,
    int width,
    MemorySegment data,
    Validity validity,
    Validity elements)
    implements Column {

  @Override
  public VectorColumn slice(int from, int count) {
    long row = (long) width * type.bytes();
    return new VectorColumn(
        name,
        type,
        count,
        width,
        data.asSlice(from * row, count * row),
        validity.slice(from),
        elements.slice((long) from * width));
  }

  @Override
  public ColumnType describe() {
    return new ColumnType(name, Shape.VECTOR, type, width);
  }
}
