package io.lanewise.batch;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Any number of elements a row.
///
/// @param offsets `rows + 1` positions in `data`, in elements: row `i` is `[offsets[first + i],
///   offsets[first + i + 1])`
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

  /// The element of an integer column at a position in `data`.
  public long getLong(long at) {
    return switch (type) {
      case INT32 -> data.get(JAVA_INT_UNALIGNED, 4 * at);
      case INT64 -> data.get(JAVA_LONG_UNALIGNED, 8 * at);
      case FLOAT32, FLOAT64, TEXT ->
          throw new IllegalStateException("column '" + name + "' is " + type + ", not integers");
    };
  }

  /// The first valid row that does not hold `width` elements, or -1 if there is none. Null rows
  /// hold none, and fit any width.
  public int firstRowNotOfLength(int width) {
    for (int i = 0; i < rows; i++) {
      if (length(i) != width && validity.isValid(i)) {
        return i;
      }
    }
    return -1;
  }

  /// The length of the first valid row, or -1 if every row is null: the one width that [#asVector]
  /// can accept.
  public long firstLength() {
    for (int i = 0; i < rows; i++) {
      if (validity.isValid(i)) {
        return length(i);
      }
    }
    return -1;
  }

  /// These rows as vectors, if all of them hold `width` elements: the same memory without the
  /// offsets. It is copied only if null rows take up a different width.
  ///
  /// @throws IllegalArgumentException if a valid row has another length, saying which row of this
  ///   column; a caller that knows the file asks [#firstRowNotOfLength] first
  public VectorColumn asVector(int width) {
    int ragged = firstRowNotOfLength(width);
    if (ragged >= 0) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found %d elements, expected %d as in the other rows"
              .formatted(name, ragged, length(ragged), width));
    }
    long total = (long) rows * width;
    boolean even = offsets[first + rows] - offsets[first] == total;
    for (int i = 0; even && i < rows; i++) {
      even = length(i) == width;
    }
    if (even) {
      return new VectorColumn(
          name,
          type,
          rows,
          width,
          data.asSlice(offsets[first] * type.bytes(), total * type.bytes()),
          validity,
          elements.slice(offsets[first]));
    }
    return spread(width, total);
  }

  /// Gives null rows the width of the others. Rare, so the garbage collector may own the copy.
  private VectorColumn spread(int width, long total) {
    Arena arena = Arena.ofAuto();
    MemorySegment even = arena.allocate(Math.max(1, total * type.bytes()));
    MemorySegment bits = arena.allocate(Math.max(1, (total + 7) >>> 3)).fill((byte) 0xFF);
    long row = (long) width * type.bytes();
    for (int i = 0; i < rows; i++) {
      if (!validity.isValid(i)) {
        continue;
      }
      MemorySegment.copy(data, start(i) * type.bytes(), even, i * row, row);
      for (int j = 0; !elements.isAll() && j < width; j++) {
        if (!elements.isValid(start(i) + j)) {
          long bit = (long) i * width + j;
          byte old = bits.get(ValueLayout.JAVA_BYTE, bit >>> 3);
          bits.set(ValueLayout.JAVA_BYTE, bit >>> 3, (byte) (old & ~(1 << (bit & 7))));
        }
      }
    }
    return new VectorColumn(
        name,
        type,
        rows,
        width,
        even.asSlice(0, total * type.bytes()),
        validity,
        elements.isAll() ? Validity.ALL : new Validity(bits, 0));
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
