package io.lanewise.noise;

import java.lang.foreign.MemorySegment;

/// A column of the input supplies the noise, so there is nothing to draw. Spec `given`.
public record GivenNoise() implements Noise {

  /// Throws `IllegalStateException`: the caller must read the column instead.
  @Override
  public void normalsF32(long first, long count, int step, MemorySegment out) {
    throw refusal();
  }

  /// Throws `IllegalStateException`: the caller has to read the column instead.
  @Override
  public void normalsF64(long first, long count, int step, MemorySegment out) {
    throw refusal();
  }

  private static IllegalStateException refusal() {
    return new IllegalStateException(
        "noise 'given': found a request to draw, expected a column that supplies the noise");
  }

  @Override
  public String toString() {
    return "given";
  }
}
