package io.lanewise.kernel;

import static io.lanewise.kernel.Species.F64;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/// ln(1 + x) in float64, plain and in vectors, agreeing to the bit.
///
/// k is the exponent of `1 + x`; `f = (2^-k - 1) + 2^-k x` in two parts, from x itself, so that
/// nothing of a small x is lost; then as [Log].
final class Log1p {
  private static final long OFFSET = 0x3fe6a09e667f3bcdL - (1024L << 52);
  private static final long TWO52_BITS = 0x4330000000000000L;
  private static final double TWO52_BIASED = 0x1.0p52 + 1024;
  private static final long SIGN = Long.MIN_VALUE;

  /// Above this, x and 1 + x are the same number and 2^-k might be subnormal.
  private static final double LARGE = 0x1.0p1000;

  private Log1p() {}

  /// ln(1 + x) for every x; below 0.8 ulp. Keeps the sign of a zero; -1 gives -infinity, less gives
  /// NaN.
  static double of(double x) {
    if (!(x > -1 && x < LARGE)) {
      return Log.of(1 + x);
    }
    long u = Double.doubleToRawLongBits(1 + x) - OFFSET;
    long e = u >>> 52;
    double k = Double.longBitsToDouble(e | TWO52_BITS) - TWO52_BIASED;
    double scale = Double.longBitsToDouble((2047L << 52) - (e << 52)); // 2^-k
    double a = scale - 1;
    double b = scale * x;
    double f = a + b;
    double y = Log.of(k, f, b - (f - a));
    // A result has the sign of x; only a zero could have lost it.
    return Double.longBitsToDouble(
        Double.doubleToRawLongBits(y) | (Double.doubleToRawLongBits(x) & SIGN));
  }

  /// The same in vectors.
  static final class Simd {
    private Simd() {}

    /// ln(1 + x) for -1 < x < 2^1000; anything else gives garbage, so callers look first
    /// ([#plain(DoubleVector)]).
    static DoubleVector of(DoubleVector x) {
      LongVector u = x.add(1.0).reinterpretAsLongs().sub(OFFSET);
      LongVector e = u.lanewise(VectorOperators.LSHR, 52);
      DoubleVector k =
          e.lanewise(VectorOperators.OR, TWO52_BITS).reinterpretAsDoubles().sub(TWO52_BIASED);
      DoubleVector scale =
          LongVector.broadcast(Species.I64, 2047L << 52)
              .sub(e.lanewise(VectorOperators.LSHL, 52))
              .reinterpretAsDoubles();
      DoubleVector a = scale.sub(1.0);
      DoubleVector b = scale.mul(x);
      DoubleVector f = a.add(b);
      DoubleVector y = Log.Simd.of(k, f, b.sub(f.sub(a)));
      return y.reinterpretAsLongs()
          .lanewise(VectorOperators.OR, x.reinterpretAsLongs().and(SIGN))
          .reinterpretAsDoubles();
    }

    /// Whether every lane is in the range of [#of(DoubleVector)].
    static boolean plain(DoubleVector x) {
      return x.compare(VectorOperators.GT, DoubleVector.broadcast(F64, -1.0))
          .and(x.compare(VectorOperators.LT, LARGE))
          .allTrue();
    }
  }
}
