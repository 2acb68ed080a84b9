package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.noise.CounterDraw;
import io.lanewise.kernel.noise.CounterStream;
import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.PhiloxStream;
import io.lanewise.kernel.noise.ThreefryStream;
import java.lang.foreign.MemorySegment;

/// Random numbers of a counter-based generator: each is computed from seed, step and its index.
/// `io.lanewise.noise.CounterNoise` says which words make which number. Both forms have the same
/// bits.
public final class CounterRandom {
  private final CounterStream stream;
  private final Deviates deviates;

  private CounterRandom(CounterStream stream, Deviates deviates) {
    this.stream = stream;
    this.deviates = deviates;
  }

  static CounterRandom plainPhilox() {
    return new CounterRandom(new PhiloxStream.Scalar(), new Deviates.Scalar());
  }

  static CounterRandom vectorPhilox() {
    return new CounterRandom(new PhiloxStream.Simd(), new Deviates.Simd());
  }

  static CounterRandom plainThreefry() {
    return new CounterRandom(new ThreefryStream.Scalar(), new Deviates.Scalar());
  }

  static CounterRandom vectorThreefry() {
    return new CounterRandom(new ThreefryStream.Simd(), new Deviates.Simd());
  }

  /// Standard normals of elements `[first, first + count)` of stream `step`.
  ///
  /// @param type float64, or float32 for all smaller types
  /// @param out at least `count` elements of that type, in native byte order
  /// @throws IndexOutOfBoundsException if `out` is too short
  public void normals(
      FloatType type, long seed, long first, long count, int step, MemorySegment out) {
    CounterDraw draw =
        switch (type) {
          case FLOAT64 -> CounterDraw.NORMALS_F64;
          case FLOAT32, FLOAT16, BFLOAT16 -> CounterDraw.NORMALS_F32;
        };
    draw.fill(stream, deviates, seed, first, count, step, out);
  }

  /// Uniforms in [0, 1) as float64, otherwise as [#normals].
  public void uniforms(long seed, long first, long count, int step, MemorySegment out) {
    CounterDraw.UNIFORMS_F64.fill(stream, deviates, seed, first, count, step, out);
  }
}
