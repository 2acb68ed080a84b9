package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.MAGIC;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;

/// e^x - 1 in float64, plain and in vectors, agreeing to the bit. Reduction and polynomial are
/// those of [Exp]: `2^n - 1 + 2^n (r + r^2 Q(r))` with the exact parts added without loss.
final class Expm1 {
  private static final long SIGN = Long.MIN_VALUE;

  private Expm1() {}

  /// e^x - 1 for every x; below 0.8 ulp. Keeps the sign of a zero.
  static double of(double x) {
    if (Math.abs(x) <= Exp.PLAIN) {
      double t = Math.fma(x, Exp.INV_LN2, MAGIC);
      double n = t - MAGIC;
      double rh = Math.fma(n, -Exp.LN2_HI, x);
      double r = Math.fma(n, -Exp.LN2_LO, rh);
      double scale = Exp.scale(t);
      double a = rh * scale;
      double b = scale - 1;
      double h = b + a;
      double low = (a - (h - b)) + ((scale - b) - 1);
      double tail = Math.fma(r * r, Exp.q(r), n * -Exp.LN2_LO);
      double y = h + Math.fma(tail, scale, low);
      // A result has the sign of x; only a zero could have lost it.
      return Double.longBitsToDouble(
          Double.doubleToRawLongBits(y) | (Double.doubleToRawLongBits(x) & SIGN));
    }
    return Exp.of(x) - 1;
  }

  /// The same in vectors.
  static final class Simd {
    private Simd() {}

    /// e^x - 1 for |x| <= 708 and NaN, see [Exp.Simd#plain(DoubleVector)].
    static DoubleVector of(DoubleVector x) {
      DoubleVector t = x.fma(Exp.Simd.V_INV_LN2, Exp.Simd.V_MAGIC);
      DoubleVector n = t.sub(Exp.Simd.V_MAGIC);
      DoubleVector rh = n.fma(Exp.Simd.V_LN2_HI, x);
      DoubleVector r = n.fma(Exp.Simd.V_LN2_LO, rh);
      DoubleVector scale = Exp.Simd.scale(t);
      DoubleVector a = rh.mul(scale);
      DoubleVector b = scale.sub(1.0);
      DoubleVector h = b.add(a);
      DoubleVector low = a.sub(h.sub(b)).add(scale.sub(b).sub(1.0));
      DoubleVector tail = r.mul(r).fma(Exp.Simd.q(r), n.mul(Exp.Simd.V_LN2_LO));
      DoubleVector y = h.add(tail.fma(scale, low));
      return y.reinterpretAsLongs()
          .lanewise(VectorOperators.OR, x.reinterpretAsLongs().and(SIGN))
          .reinterpretAsDoubles();
    }
  }
}
