package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;

/// Arrow lists of numbers.
///
/// @param data the child's elements
/// @param elements which of them are null
record SequenceChunk(
    ColumnType column,
    Element element,
    Offsets offsets,
    MemorySegment data,
    Validity rows,
    Validity elements)
    implements ColumnChunk {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    long[] at = offsets.cut(column.name(), from, count, scratch);
    long start = at[0];
    long n = at[count] - start;
    for (int i = 0; i <= count; i++) {
      at[i] -= start;
    }
    Validity rowsOfCut = rows.slice(from);
    Validity elementsOfCut = elements.slice(start);
    MemorySegment values;
    if (element.isWide()) {
      values = data.asSlice(start * element.bytes(), n * element.bytes());
    } else {
      values = scratch.allocate(n * element.type().bytes());
      element.widen(data, start, 1, false, values, 0, 1, n);
    }
    if (element == Element.UINT64) {
      checkRange(at, values, rowsOfCut, elementsOfCut, scratch);
    }
    return new SequenceColumn(
        column.name(), column.type(), count, at, 0, values, rowsOfCut, elementsOfCut);
  }

  private void checkRange(
      long[] at, MemorySegment values, Validity rows, Validity elements, Scratch scratch) {
    for (int row = 0; row < at.length - 1; row++) {
      for (long i = at[row]; i < at[row + 1]; i++) {
        long value = values.get(JAVA_LONG_UNALIGNED, i << 3);
        if (value < 0 && elements.isValid(i) && rows.isValid(row)) {
          throw NumberChunk.beyondInt64(scratch, column.name(), row, value);
        }
      }
    }
  }
}
