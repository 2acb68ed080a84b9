package io.lanewise.batch;

import java.lang.foreign.MemorySegment;

/// Any number of elements a row.
///
/// @param offsets `rows + 1` positions in `data`, in elements: row `i` is `[offsets[first + i],
///     offsets[first + i + 1])`
/// @param first the index in `offsets` of row 0
/// @param data elements of `type` in native byte order, at any alignment
/// @param elements which elements are null, by their position in `data`
@SuppressWarnings("ArrayRecordComponent") // the array is shared by all slices, and never written
public record SequenceColumn(
    String name,
    DType type,
    int rows,
    long[] offsets,
    int first,
    MemorySegment data,
    Validity validity,
    Validity elements)
    implements Column {

  /// Where row `i` starts in `data`, in elements.
  public long start(int i) {
    return offsets[first + i];
  }

  /// How many elements row `i` holds.
  public long length(int i) {
    return offsets[first + i + 1] - offsets[first + i];
  }

  @Override
  public SequenceColumn slice(int from, int count) {
    return new SequenceColumn(
        name, type, count, offsets, first + from, data, validity.slice(from), elements);
  }

  @Override
  public ColumnType describe() {
    return new ColumnType(name, Shape.SEQUENCE, type, 0);
  }
}
