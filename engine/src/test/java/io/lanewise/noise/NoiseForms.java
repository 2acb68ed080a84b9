package io.lanewise.noise;

import io.lanewise.kernel.noise.CounterDraw;
import io.lanewise.kernel.noise.CounterStream;
import java.lang.foreign.MemorySegment;

/// Noise by the plain or the vector kernels whichever this process uses, for the tests of kernels.
public final class NoiseForms {
  private NoiseForms() {}

  /// Normals of elements from 64 on, step 3.
  ///
  /// @param kernels `scalar`, or anything that begins with `simd`
  /// @param bytes 4 or 8 an element
  public static void normals(
      String kernels, String spec, int bytes, long count, MemorySegment out) {
    CounterNoise noise = (CounterNoise) Noise.parse(spec);
    NoiseLoops form = NoiseLoops.of(kernels);
    CounterDraw draw = bytes == Float.BYTES ? CounterDraw.NORMALS_F32 : CounterDraw.NORMALS_F64;
    CounterStream stream = noise instanceof PhiloxNoise ? form.philox() : form.threefry();
    draw.fill(stream, form.deviates(), noise.seed(), 64, count, 3, out);
  }
}
