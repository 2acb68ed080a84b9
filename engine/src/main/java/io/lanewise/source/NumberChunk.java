package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.MemorySegment;

/// Scalars or vectors, row after row.
///
/// @param data at least the elements of all rows
/// @param swap whether they are in the other byte order
/// @param elements which elements are null; [Validity#ALL] for scalars
record NumberChunk(
    ColumnType column,
    Element element,
    boolean swap,
    MemorySegment data,
    Validity rows,
    Validity elements)
    implements ColumnChunk {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    long start = from * column.width();
    long n = (long) count * column.width();
    MemorySegment values;
    if (element.isWide() && !swap) {
      values = data.asSlice(start * element.bytes(), n * element.bytes());
    } else {
      values = scratch.allocate(n * element.type().bytes());
      element.widen(data, start, 1, swap, values, 0, 1, n);
    }
    return column(column, element, values, rows.slice(from), elements.slice(start), count, scratch);
  }

  /// The column over widened values, once they are known to be in range.
  static Column column(
      ColumnType column,
      Element element,
      MemorySegment values,
      Validity rows,
      Validity elements,
      int count,
      Scratch scratch) {
    boolean unsigned =
        element == Element.UINT64 && column.shape() == Shape.SCALAR && scratch.isKey(column.name());
    if (element == Element.UINT64 && !unsigned) {
      checkRange(column, values, rows, elements, count, scratch);
    }
    return column.shape() == Shape.SCALAR
        ? new ScalarColumn(column.name(), column.type(), count, values, rows, unsigned)
        : new VectorColumn(
            column.name(), column.type(), count, column.width(), values, rows, elements);
  }

  private static void checkRange(
      ColumnType column,
      MemorySegment values,
      Validity rows,
      Validity elements,
      int count,
      Scratch scratch) {
    long n = (long) count * column.width();
    for (long i = 0; i < n; i++) {
      long value = values.get(JAVA_LONG_UNALIGNED, i << 3);
      // What a null slot holds is undefined, and nobody's fault.
      if (value < 0 && elements.isValid(i) && rows.isValid(i / column.width())) {
        throw beyondInt64(scratch, column.name(), i / column.width(), value);
      }
    }
  }

  static DataException beyondInt64(Scratch scratch, String column, long row, long value) {
    return scratch.unusable(
        column,
        row,
        "found %s, expected at most %d, the largest int64"
            .formatted(Long.toUnsignedString(value), Long.MAX_VALUE));
  }
}
