package io.lanewise.noise;

import java.lang.foreign.MemorySegment;

/// No noise: every draw is +0. Spec `zero`.
public record ZeroNoise() implements Noise {
  @Override
  public void normalsF32(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Float.BYTES, out);
    out.asSlice(0, count * Float.BYTES).fill((byte) 0);
  }

  @Override
  public void normalsF64(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Double.BYTES, out);
    out.asSlice(0, count * Double.BYTES).fill((byte) 0);
  }

  @Override
  public String toString() {
    return "zero";
  }
}
