package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.MAGIC;

import jdk.incubator.vector.DoubleVector;

/// e^x - 1 - x in float64: what is left of e^x after its tangent at 0, and the variance part of
/// every Gaussian KL.
///
/// Never negative; near 0 it is `x^2 Q(x)` ([Exp]) with full relative accuracy, where `expm1(x) -
/// x` would keep the difference of two nearly equal numbers. Plain and vector forms agree to the
/// bit.
final class ExpRemainder {
  private ExpRemainder() {}

  /// e^x - 1 - x for every x; below 8 ulp (the worst is just outside |x| = ln2 / 2; below 2 ulp
  /// inside).
  static double of(double x) {
    if (Math.abs(x) <= Exp.PLAIN) {
      double t = Math.fma(x, Exp.INV_LN2, MAGIC);
      double n = t - MAGIC;
      double r = Math.fma(n, -Exp.LN2_LO, Math.fma(n, -Exp.LN2_HI, x));
      double scale = Exp.scale(t);
      // For n = 0 the line is exactly 0: scale - 1 = 0 and r = x.
      double line = Math.fma(scale, r, scale - 1 - x);
      return Math.fma(scale, r * r * Exp.q(r), line);
    }
    if (x < 0) {
      return -x - 1; // e^x is below 2^-1000; at -infinity: +infinity
    }
    return Exp.of(x); // 1 + x is below the last place; NaN: NaN
  }

  /// The same in vectors.
  static final class Simd {
    private Simd() {}

    /// e^x - 1 - x for |x| <= 708 and NaN, see [Exp.Simd#plain(DoubleVector)].
    static DoubleVector of(DoubleVector x) {
      DoubleVector t = x.fma(Exp.Simd.V_INV_LN2, Exp.Simd.V_MAGIC);
      DoubleVector n = t.sub(Exp.Simd.V_MAGIC);
      DoubleVector r = n.fma(Exp.Simd.V_LN2_LO, n.fma(Exp.Simd.V_LN2_HI, x));
      DoubleVector scale = Exp.Simd.scale(t);
      DoubleVector line = scale.fma(r, scale.sub(1.0).sub(x));
      return scale.fma(r.mul(r).mul(Exp.Simd.q(r)), line);
    }
  }
}
