package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.MAGIC;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.I64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
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
    private static final LongVector V_SIGN = LongVector.broadcast(I64, SIGN);

    private Simd() {}

    /// `y_i = e^x_i - 1` for n float64 at two addresses, which may be the same.
    static void map(long x, long y, int n) {
      for (int i = vectors(x, y, 0, n); i < n; i = vectors(x, y, i, n)) {
        for (int end = Math.min(i + L, n); i < end; i++) {
          Memory.f64(y + (long) i * Double.BYTES, of(Memory.f64(x + (long) i * Double.BYTES)));
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
            t.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles();
        DoubleVector a = rh.mul(scale);
        DoubleVector b = scale.sub(Exp.Simd.ONE);
        DoubleVector h = b.add(a);
        DoubleVector low = a.sub(h.sub(b)).add(scale.sub(b).sub(Exp.Simd.ONE));
        DoubleVector tail = z.fma(q, k.mul(Exp.Simd.MINUS_LN2_LO));
        h.add(tail.fma(scale, low))
            .reinterpretAsLongs()
            .or(v.reinterpretAsLongs().and(V_SIGN))
            .reinterpretAsDoubles()
            .intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }
  }
}
