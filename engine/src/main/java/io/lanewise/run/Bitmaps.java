package io.lanewise.run;

import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;

/// Validity of computed columns.
final class Bitmaps {
  private Bitmaps() {}

  /// Every row is valid except those left out.
  static Validity valid(boolean[] left, int rows) {
    byte[] bits = new byte[(rows + 7) / 8];
    for (int i = 0; i < rows; i++) {
      if (!left[i]) {
        bits[i >> 3] |= (byte) (1 << (i & 7));
      }
    }
    return new Validity(MemorySegment.ofArray(bits), 0);
  }
}
