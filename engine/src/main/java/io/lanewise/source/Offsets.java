package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Arrow's list offsets: row `i` of a column is `[offset i, offset i + 1)` of its child.
///
/// @param data one more offset than there are rows
/// @param wide whether they have 64 bits (`LargeList`, `LargeUtf8`)
/// @param end the length of the child
/// @param scale elements that one entry of the child stands for: more than 1 where it holds lists
///   of fixed size
record Offsets(MemorySegment data, boolean wide, long end, int scale) {
  Offsets(MemorySegment data, boolean wide, long end) {
    this(data, wide, end, 1);
  }

  /// Bytes an offset takes.
  static int bytes(boolean wide) {
    return wide ? 8 : 4;
  }

  /// The offsets of rows `[from, from + count)`, checked: each at least the one before, none beyond
  /// the child. In elements.
  long[] cut(String column, long from, int count, Scratch scratch) {
    long[] cut = new long[count + 1];
    long before = 0;
    for (int i = 0; i <= count; i++) {
      long at = from + i;
      long offset =
          wide ? data.get(JAVA_LONG_UNALIGNED, at << 3) : data.get(JAVA_INT_UNALIGNED, at << 2);
      if (offset < before || offset > end) {
        throw scratch.unusable(
            column,
            Math.max(0, i - 1),
            "found list offset %d, expected one in [%d, %d]".formatted(offset, before, end));
      }
      cut[i] = offset * scale;
      before = offset;
    }
    return cut;
  }
}
