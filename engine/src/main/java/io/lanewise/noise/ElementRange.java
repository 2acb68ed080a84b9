package io.lanewise.noise;

import java.lang.foreign.MemorySegment;

/// The one door of all fills: arguments are judged here, loops behind it trust them.
final class ElementRange {
  private ElementRange() {}

  static void check(long first, long count, int step, int elementBytes, MemorySegment out) {
    if (first < 0 || count < 0 || first > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "noise: found elements from "
              + first
              + " and count "
              + count
              + ", expected a range within 0 and 2^63 - 1");
    }
    if (step < 0) {
      throw new IllegalArgumentException("noise: found step " + step + ", expected 0 or more");
    }
    if (out.isReadOnly()) {
      throw new IllegalArgumentException(
          "noise: found a read-only segment, expected a writable one");
    }
    if (out.byteSize() / elementBytes < count) {
      throw new IllegalArgumentException(
          "noise: found room for "
              + out.byteSize() / elementBytes
              + " elements of "
              + elementBytes
              + " bytes, expected at least "
              + count);
    }
  }
}
