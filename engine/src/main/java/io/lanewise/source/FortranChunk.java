package io.lanewise.source;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;

/// Vectors stored column after column, as NumPy's Fortran order has it: rows are gathered.
///
/// @param offsets for each element of a row, where row 0 has it in `data`; row `r` has it `r`
///   further
@SuppressWarnings("ArrayRecordComponent") // never written, never compared
record FortranChunk(
    ColumnType column, Element element, boolean swap, MemorySegment data, long[] offsets)
    implements ColumnChunk {

  /// Rows gathered at a time: their target stays in cache while all columns are visited.
  private static final int TILE = 64;

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    int width = column.width();
    MemorySegment values = scratch.allocate((long) count * width * element.type().bytes());
    for (int r = 0; r < count; r += TILE) {
      int rows = Math.min(TILE, count - r);
      for (int c = 0; c < width; c++) {
        element.widen(
            data, offsets[c] + from + r, 1, swap, values, (long) r * width + c, width, rows);
      }
    }
    return NumberChunk.column(column, element, values, Validity.ALL, Validity.ALL, count, scratch);
  }
}
