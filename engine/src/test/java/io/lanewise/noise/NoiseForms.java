package io.lanewise.noise;

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
    CounterDraw draw = bytes == Float.BYTES ? CounterDraw.NORMALS_F32 : CounterDraw.NORMALS_F64;
    NoiseKernels form = NoiseKernels.choose(kernels.equals("scalar") ? "scalar" : "simd");
    draw.fill(form, (CounterNoise) Noise.parse(spec), 64, count, 3, out);
  }
}
