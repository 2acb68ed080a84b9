package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;

/// Arrow's list views: a place and a size for each row, in any order, which may share elements.
/// They are gathered into lists that follow each other.
///
/// @param offsets where each row starts in `data`, in elements
/// @param sizes how many elements it has
/// @param wide whether both have 64 bits
/// @param end the number of elements
/// @param data the elements, as the file stores them
/// @param elements which of them are null
record ListViewChunk(
    ColumnType column,
    Element element,
    MemorySegment offsets,
    MemorySegment sizes,
    boolean wide,
    long end,
    MemorySegment data,
    Validity rows,
    Validity elements)
    implements ColumnChunk {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    long[] starts = new long[count];
    long[] at = new long[count + 1];
    for (int i = 0; i < count; i++) {
      long start = number(offsets, from + i);
      long size = rows.isValid(from + i) ? number(sizes, from + i) : 0;
      if (size < 0 || (size > 0 && (start < 0 || start > end - size))) {
        throw scratch.unusable(
            column.name(),
            i,
            "found a list of %d elements at %d, expected it within %d elements"
                .formatted(size, start, end));
      }
      starts[i] = start;
      at[i + 1] = at[i] + size;
      if (at[i + 1] > Integer.MAX_VALUE) {
        throw scratch.unusable(
            column.name(),
            i,
            "found more than %d elements in %d rows, expected fewer"
                .formatted(Integer.MAX_VALUE, i + 1));
      }
    }
    DType type = column.type();
    MemorySegment values = scratch.allocate(at[count] * type.bytes());
    byte[] valid = new byte[(int) ((at[count] + 7) / 8)];
    for (int i = 0; i < count; i++) {
      long size = at[i + 1] - at[i];
      element.widen(data, starts[i], 1, false, values, at[i], 1, size);
      for (long k = 0; k < size; k++) {
        long to = at[i] + k;
        boolean isValid = elements.isValid(starts[i] + k);
        valid[(int) (to >> 3)] |= (byte) (isValid ? 1 << (to & 7) : 0);
        if (isValid && element == Element.UINT64 && values.get(JAVA_LONG_UNALIGNED, to << 3) < 0) {
          throw NumberChunk.beyondInt64(
              scratch, column.name(), i, values.get(JAVA_LONG_UNALIGNED, to << 3));
        }
      }
    }
    return new SequenceColumn(
        column.name(),
        type,
        count,
        at,
        0,
        values,
        rows.slice(from),
        elements.isAll() ? Validity.ALL : new Validity(MemorySegment.ofArray(valid), 0));
  }

  private long number(MemorySegment of, long i) {
    return wide ? of.get(JAVA_LONG_UNALIGNED, i << 3) : of.get(JAVA_INT_UNALIGNED, i << 2);
  }
}
