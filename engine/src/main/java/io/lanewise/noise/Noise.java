package io.lanewise.noise;

import io.lanewise.kernel.Kernel;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.Optional;

/// A source of standard normals.
///
/// An element is addressed by its index, `row * dim + column` of the whole input, and by its step:
/// the noise of a batch is one contiguous range, and element `(index, step)` is the same number in
/// every range that contains it. Many threads may use an implementation at once.
public sealed interface Noise permits ZeroNoise, GivenNoise, CounterNoise, NumpyNoise {

  /// The kernel that draws it, if one does.
  default Optional<Kernel> kernel() {
    return Optional.empty();
  }

  /// Writes normals of elements `[first, first + count)` of stream `step` as float32.
  ///
  /// They are written from the start of `out`, in native byte order, at any alignment. Memory
  /// beyond `count` elements is not touched.
  ///
  /// Throws `IllegalArgumentException` if `first`, `count` or `step` is negative, the range ends
  /// beyond `2^63 - 1`, or `out` is too small or read-only.
  void normalsF32(long first, long count, int step, MemorySegment out);

  /// Writes normals of elements `[first, first + count)` of stream `step` as float64; otherwise as
  /// [#normalsF32]. Except for `numpy`, the two are different draws, not roundings of each other.
  void normalsF64(long first, long count, int step, MemorySegment out);

  /// The canonical spec: `Noise.parse(noise.toString())` draws the same numbers.
  @Override
  String toString();

  /// Reads a spec.
  ///
  /// | spec | noise |
  /// |---|---|
  /// | `zero` | all zeros |
  /// | `given` | a column supplies it; drawing is an error |
  /// | `philox:SEED` | Philox4x32-10, SEED in [0, 2^64) |
  /// | `threefry:SEED` | Threefry4x32-13, faster; SEED in [0, 2^64) |
  /// | `numpy:SEED` | the normals of `numpy.random.default_rng(SEED)`, SEED any integer from 0 on |
  /// | `numpy:SEED@SKIP` | the same without the first SKIP of them |
  ///
  /// Throws `IllegalArgumentException` for anything else.
  static Noise parse(String spec) {
    if (spec.equals("zero")) {
      return new ZeroNoise();
    }
    if (spec.equals("given")) {
      return new GivenNoise();
    }
    if (spec.startsWith("philox:")) {
      return new PhiloxNoise(seed(spec, "philox:"));
    }
    if (spec.startsWith("threefry:")) {
      return new ThreefryNoise(seed(spec, "threefry:"));
    }
    if (spec.startsWith("numpy:")) {
      String rest = spec.substring("numpy:".length());
      int at = rest.indexOf('@');
      BigInteger skip = at < 0 ? BigInteger.ZERO : integer(spec, rest.substring(at + 1));
      if (skip.bitLength() > 63) {
        throw unreadable(spec);
      }
      BigInteger seed = integer(spec, at < 0 ? rest : rest.substring(0, at));
      return new NumpyNoise(seed, skip.longValue());
    }
    throw unreadable(spec);
  }

  private static long seed(String spec, String prefix) {
    BigInteger seed = integer(spec, spec.substring(prefix.length()));
    if (seed.bitLength() > 64) {
      throw unreadable(spec);
    }
    return seed.longValue();
  }

  private static BigInteger integer(String spec, String digits) {
    // Only ASCII digits, and not so many that reading them takes noticeable time.
    if (!digits.matches("[0-9]{1,1000}")) {
      throw unreadable(spec);
    }
    return new BigInteger(digits);
  }

  private static IllegalArgumentException unreadable(String spec) {
    return new IllegalArgumentException(
        "noise: found '"
            + spec
            + "', expected one of zero, given, philox:SEED or threefry:SEED (0 <= SEED <"
            + " 2^64), numpy:SEED or numpy:SEED@SKIP (SEED >= 0, 0 <= SKIP < 2^63), in decimal digits");
  }
}
