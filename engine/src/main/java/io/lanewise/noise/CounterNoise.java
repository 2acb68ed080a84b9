package io.lanewise.noise;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.CounterRandom;
import io.lanewise.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/// Noise of a counter-based generator: each element is computed from seed, step and its index, so
/// any range costs what it holds, wherever it lies. The generators differ in their words only.
///
/// **Words.** The key is the seed (low half first; the rest of a longer key is 0), the counter is
/// (block low, block high, step, tag), where the tag keeps apart float32 normals (0), float64
/// normals (1) and uniforms (2). Blocks come in tiles of 16: word `w` of block `16 t + l` is word
/// `64 t + 16 w + l` of the stream, and two neighbouring words, the first one low, make one 64-bit
/// word.
///
/// **Elements.** A float32 normal takes one 32-bit word, at the position of the element; a float64
/// normal or uniform takes one 64-bit word. Normals are made in pairs by Box-Muller. With `n` the
/// words per row (16 of 32 bits, 8 of 64 bits), the words at `2 n i + l` (radius) and `2 n i + n +
/// l` (angle) make the elements at the same two positions: with `k` and `h` the low `b` bits of the
/// two words (`b` = 31 or 52),
///
///     u = (k + 1/2) / 2^b,   v = (h + 1/2) / 2^b,   r = sqrt(-2 ln u)
///     first = r sin(pi/2 (1 - v)),   second = r sin(pi/2 v)
///
/// and the highest bit of each word is the sign of its element. Neither zero nor infinity occurs:
/// float32 normals reach `sqrt(64 ln 2)` = 6.6604, float64 normals `sqrt(106 ln 2)` = 8.5717, and
/// the tail is as fine as `u`, in steps of 2^-31 and 2^-52: a radius beyond 6 has 33 possible
/// values in float32, one beyond 5 has 8003. A uniform is the high 53 bits of its word over 2^53.
///
/// **Accuracy**, against exact Box-Muller of the same bits: at most 5 ulp in float32 and 4 ulp in
/// float64 (`DeviatesAccuracyTest` prints what it finds; 4.45 and 3.32 in long runs, 0.6 on
/// average). Scalar and vector code agree to the bit.
///
/// References: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011;
/// Box, Muller, *A note on the generation of random normal deviates*, 1958.
public sealed interface CounterNoise extends Noise permits PhiloxNoise, ThreefryNoise {

  /// The seed; all 64 bits count.
  long seed();

  @Override
  default void normalsF32(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Float.BYTES, out);
    of(NoiseKernels.FLOAT32).normals(FloatType.FLOAT32, seed(), first, count, step, out);
  }

  @Override
  default void normalsF64(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Double.BYTES, out);
    of(NoiseKernels.FLOAT64).normals(FloatType.FLOAT64, seed(), first, count, step, out);
  }

  /// Writes uniforms in [0, 1) of elements `[first, first + count)` of stream `step` as float64,
  /// multiples of 2^-53; otherwise as [#normalsF64].
  default void uniformsF64(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Double.BYTES, out);
    of(NoiseKernels.FLOAT64).uniforms(seed(), first, count, step, out);
  }

  private CounterRandom of(Kernels kernels) {
    return switch (this) {
      case PhiloxNoise _ -> kernels.philox();
      case ThreefryNoise _ -> kernels.threefry();
    };
  }
}
