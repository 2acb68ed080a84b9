package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.MAGIC;
import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;

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

    /// `y_i = e^x_i - 1 - x_i` for n float64 at two addresses, which may be the same.
    static void map(long x, long y, int n) {
      for (int i = vectors(x, y, 0, n); i < n; i = vectors(x, y, i, n)) {
        for (int end = Math.min(i + L, n); i < end; i++) {
          Operand.f64(y + (long) i * Double.BYTES, of(Operand.f64(x + (long) i * Double.BYTES)));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs [#of(double)].
    private static int vectors(long x, long y, int from, int n) {
      int i = from;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        if (!v.abs().compare(LE, Exp.Simd.V_PLAIN).allTrue()) {
          break;
        }
        DoubleVector t = v.fma(Exp.Simd.V_INV_LN2, Exp.Simd.V_MAGIC);
        DoubleVector k = t.sub(Exp.Simd.V_MAGIC);
        DoubleVector rh = k.fma(Exp.Simd.MINUS_LN2_HI, v);
        DoubleVector r = k.fma(Exp.Simd.MINUS_LN2_LO, rh);
        DoubleVector z = r.mul(r);
        DoubleVector odd =
            Exp.Simd.V9
                .fma(z, Exp.Simd.V7)
                .fma(z, Exp.Simd.V5)
                .fma(z, Exp.Simd.V3)
                .fma(z, Exp.Simd.V1);
        DoubleVector even =
            Exp.Simd.V10
                .fma(z, Exp.Simd.V8)
                .fma(z, Exp.Simd.V6)
                .fma(z, Exp.Simd.V4)
                .fma(z, Exp.Simd.V2);
        DoubleVector q = even.fma(r, odd).fma(r, Exp.Simd.V0);
        DoubleVector scale =
            t.reinterpretAsLongs()
                .lanewise(VectorOperators.LSHL, 52)
                .add(Exp.Simd.EXPONENT_OF_ONE)
                .reinterpretAsDoubles();
        DoubleVector line = scale.fma(r, scale.sub(Exp.Simd.ONE).sub(v));
        scale.fma(z.mul(q), line).intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }
  }
}
