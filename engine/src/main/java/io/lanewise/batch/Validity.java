package io.lanewise.batch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// An Arrow validity bitmap, or its absence: bit `offset + i` (least significant first) is 1 where
/// row `i` is valid.
///
/// @param bits the bitmap; null means that every row is valid
/// @param offset the bit of row 0
public record Validity(@Nullable MemorySegment bits, long offset) {
  /// Every row is valid.
  public static final Validity ALL = new Validity(null, 0);

  /// Whether row `i` is valid.
  public boolean isValid(long i) {
    if (bits == null) {
      return true;
    }
    long bit = offset + i;
    return (bits.get(ValueLayout.JAVA_BYTE, bit >>> 3) & (1 << (bit & 7))) != 0;
  }

  /// Whether no row can be null, without looking at the bits.
  public boolean isAll() {
    return bits == null;
  }

  /// The number of nulls among rows `[0, rows)`.
  public long nulls(long rows) {
    long nulls = 0;
    if (bits != null) {
      long i = 0;
      for (; i < rows && ((offset + i) & 7) != 0; i++) {
        nulls += isValid(i) ? 0 : 1;
      }
      for (; i + 64 <= rows; i += 64) {
        long word = bits.get(ValueLayout.JAVA_LONG_UNALIGNED, (offset + i) >>> 3);
        nulls += 64 - Long.bitCount(word);
      }
      for (; i < rows; i++) {
        nulls += isValid(i) ? 0 : 1;
      }
    }
    return nulls;
  }

  /// The first null among rows `[from, to)`, or -1 if there is none.
  public long firstNull(long from, long to) {
    if (bits == null) {
      return -1;
    }
    long i = from;
    while (i < to) {
      long bit = offset + i;
      int octet = bits.get(ValueLayout.JAVA_BYTE, bit >>> 3) & 0xFF;
      if ((bit & 7) == 0 && octet == 0xFF && to - i >= 8) {
        i += 8;
      } else if ((octet & (1 << (bit & 7))) == 0) {
        return i;
      } else {
        i++;
      }
    }
    return -1;
  }

  /// The same bitmap seen from row `from`.
  public Validity slice(long from) {
    return bits == null ? this : new Validity(bits, offset + from);
  }
}
