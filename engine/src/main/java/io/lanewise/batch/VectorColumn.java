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

  /// These rows as sequences that all have one length: the same memory.
  public SequenceColumn asSequence() {
    long[] offsets = new long[rows + 1];
    for (int i = 0; i <= rows; i++) {
      offsets[i] = (long) i * width;
    }
    return new SequenceColumn(name, type, rows, offsets, 0, data, validity, elements);
  }

  @Override
  public ColumnType describe() {
    return new ColumnType(name, Shape.VECTOR, type, width);
  }
}
