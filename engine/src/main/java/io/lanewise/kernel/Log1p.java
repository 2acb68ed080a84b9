package io.lanewise.kernel;

import static io.lanewise.kernel.Log.OFFSET;
import static io.lanewise.kernel.Log.TWO52_BIASED;
import static io.lanewise.kernel.Log.TWO52_BITS;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.I64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/// ln(1 + x) in float64, plain and in vectors, agreeing to the bit.
///
/// k is the exponent of `1 + x`; `f = (2^-k - 1) + 2^-k x` in two parts, from x itself, so that
/// nothing of a small x is lost; then as [Log].
final class Log1p {
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
    private static final DoubleVector MINUS_ONE = DoubleVector.broadcast(F64, -1.0);
    private static final DoubleVector V_LARGE = DoubleVector.broadcast(F64, LARGE);
    private static final LongVector EXPONENTS = LongVector.broadcast(I64, 2047L << 52);
    private static final LongVector V_SIGN = LongVector.broadcast(I64, SIGN);

    private Simd() {}

    /// `y_i = ln(1 + x_i)` for n float64 at two addresses, which may be the same.
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
        if (!v.compare(GT, MINUS_ONE).and(v.compare(LT, V_LARGE)).allTrue()) {
          break;
        }
        LongVector e =
            v.add(Log.Simd.ONE)
                .reinterpretAsLongs()
                .sub(Log.Simd.V_OFFSET)
                .lanewise(VectorOperators.LSHR, 52);
        DoubleVector k =
            e.or(Log.Simd.V_TWO52_BITS).reinterpretAsDoubles().sub(Log.Simd.V_TWO52_BIASED);
        DoubleVector scale =
            EXPONENTS.sub(e.lanewise(VectorOperators.LSHL, 52)).reinterpretAsDoubles();
        DoubleVector a = scale.sub(Log.Simd.ONE);
        DoubleVector b = scale.mul(v);
        DoubleVector f = a.add(b);
        DoubleVector s = f.div(f.add(Log.Simd.TWO));
        DoubleVector z = s.mul(s);
        DoubleVector zz = z.mul(z);
        DoubleVector even =
            Log.Simd.V6.fma(zz, Log.Simd.V4).fma(zz, Log.Simd.V2).fma(zz, Log.Simd.V0);
        DoubleVector odd = Log.Simd.V5.fma(zz, Log.Simd.V3).fma(zz, Log.Simd.V1);
        DoubleVector half = f.mul(Log.Simd.HALF);
        DoubleVector inner = odd.fma(z, even).fma(z, half.mul(f));
        DoubleVector w = s.fma(inner, k.mul(Log.Simd.V_LN2_LO));
        DoubleVector whole = k.mul(Log.Simd.V_LN2_HI);
        DoubleVector h = whole.add(f);
        DoubleVector rest = f.sub(h.sub(whole)).add(b.sub(f.sub(a)));
        h.add(half.neg().fma(f, w).add(rest))
            .reinterpretAsLongs()
            .or(v.reinterpretAsLongs().and(V_SIGN))
            .reinterpretAsDoubles()
            .intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }
  }
}
