package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.LN2_HI;
import static io.lanewise.kernel.Exp.LN2_LO;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.I64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/// ln x in float64, plain and in vectors, agreeing to the bit.
///
/// `x = 2^k (1 + f)`, 1 + f in [sqrt(1/2), sqrt(2)); `s = f/(2 + f)`; `ln(1 + f) = f - (f^2/2 - s
/// (f^2/2 + R(s^2)))`, the form of fdlibm's `e_log.c`, with our own near-minimax R (Chebyshev
/// interpolation at 300 bits, mpmath 1.3.0) and `k ln2 + f` kept in two parts.
final class Log {
  /// Bits of sqrt(1/2) less 1024 exponents: subtracted from the bits of x, leaves k + 1024 above
  /// bit 52.
  static final long OFFSET = 0x3fe6a09e667f3bcdL - (1024L << 52);

  private static final long EXPONENT = 0xfff0000000000000L;

  /// 2^52 as bits, and 2^52 + 1024: an integer becomes a double without a conversion instruction.
  static final long TWO52_BITS = 0x4330000000000000L;

  static final double TWO52_BIASED = 0x1.0p52 + 1024;

  static final double R0 = 0x1.5555555555558p-1;
  static final double R1 = 0x1.9999999995273p-2;
  static final double R2 = 0x1.2492492dfd86cp-2;
  static final double R3 = 0x1.c71c62d5e53e0p-3;
  static final double R4 = 0x1.7462b91b8df65p-3;
  static final double R5 = 0x1.39fdcceb4bb45p-3;
  static final double R6 = 0x1.2b5f68a50d903p-3;

  private Log() {}

  /// ln x for every x; below 0.8 ulp. Zero of either sign gives -infinity, below zero gives NaN.
  static double of(double x) {
    if (x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE) {
      return normal(x, 0);
    }
    if (x > 0 && x < 1) {
      return normal(x * 0x1.0p54, -54);
    }
    if (x == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return x > 0 ? x : Double.NaN;
  }

  private static double normal(double x, int exponent) {
    long bits = Double.doubleToRawLongBits(x);
    long u = bits - OFFSET;
    double k = Double.longBitsToDouble((u >>> 52) | TWO52_BITS) - TWO52_BIASED + exponent;
    double m = Double.longBitsToDouble(bits - (u & EXPONENT) + (1024L << 52));
    return of(k, m - 1, 0);
  }

  /// `k ln2 + ln(1 + f + low)` for f in [-0.2929, 0.4143] and a low that is below the last place of
  /// f.
  static double of(double k, double f, double low) {
    double s = f / (2 + f);
    double z = s * s;
    double zz = z * z;
    double even = Math.fma(Math.fma(Math.fma(R6, zz, R4), zz, R2), zz, R0);
    double odd = Math.fma(Math.fma(R5, zz, R3), zz, R1);
    double half = 0.5 * f;
    double inner = Math.fma(Math.fma(odd, z, even), z, half * f);
    double w = Math.fma(s, inner, k * LN2_LO);
    double whole = k * LN2_HI;
    double h = whole + f;
    double rest = f - (h - whole) + low;
    return h + (Math.fma(-half, f, w) + rest);
  }

  /// The same in vectors: constants, and the one loop over a tile.
  static final class Simd {
    static final DoubleVector ONE = DoubleVector.broadcast(F64, 1.0);
    static final DoubleVector TWO = DoubleVector.broadcast(F64, 2.0);
    static final DoubleVector HALF = DoubleVector.broadcast(F64, 0.5);
    static final DoubleVector V_LN2_HI = DoubleVector.broadcast(F64, LN2_HI);
    static final DoubleVector V_LN2_LO = DoubleVector.broadcast(F64, LN2_LO);
    static final LongVector V_OFFSET = LongVector.broadcast(I64, OFFSET);
    static final LongVector V_TWO52_BITS = LongVector.broadcast(I64, TWO52_BITS);
    static final DoubleVector V_TWO52_BIASED = DoubleVector.broadcast(F64, TWO52_BIASED);
    static final DoubleVector V0 = DoubleVector.broadcast(F64, R0);
    static final DoubleVector V1 = DoubleVector.broadcast(F64, R1);
    static final DoubleVector V2 = DoubleVector.broadcast(F64, R2);
    static final DoubleVector V3 = DoubleVector.broadcast(F64, R3);
    static final DoubleVector V4 = DoubleVector.broadcast(F64, R4);
    static final DoubleVector V5 = DoubleVector.broadcast(F64, R5);
    static final DoubleVector V6 = DoubleVector.broadcast(F64, R6);
    private static final LongVector V_EXPONENT = LongVector.broadcast(I64, EXPONENT);
    private static final LongVector BIAS = LongVector.broadcast(I64, 1024L << 52);
    private static final DoubleVector SMALLEST = DoubleVector.broadcast(F64, Double.MIN_NORMAL);
    private static final DoubleVector LARGEST = DoubleVector.broadcast(F64, Double.MAX_VALUE);

    private Simd() {}

    /// `y_i = ln x_i` for n float64 at two addresses, which may be the same.
    static void map(long x, long y, int n) {
      for (int i = vectors(x, y, 0, n); i < n; i = vectors(x, y, i, n)) {
        for (int end = Math.min(i + L, n); i < end; i++) {
          Memory.f64(y + (long) i * Double.BYTES, of(Memory.f64(x + (long) i * Double.BYTES)));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or holds what is not normal,
    /// finite and positive.
    private static int vectors(long x, long y, int from, int n) {
      int i = from;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        if (!v.compare(GE, SMALLEST).and(v.compare(LE, LARGEST)).allTrue()) {
          break;
        }
        LongVector bits = v.reinterpretAsLongs();
        LongVector u = bits.sub(V_OFFSET);
        DoubleVector k =
            u.lanewise(VectorOperators.LSHR, 52)
                .or(V_TWO52_BITS)
                .reinterpretAsDoubles()
                .sub(V_TWO52_BIASED);
        DoubleVector f = bits.sub(u.and(V_EXPONENT)).add(BIAS).reinterpretAsDoubles().sub(ONE);
        DoubleVector s = f.div(f.add(TWO));
        DoubleVector z = s.mul(s);
        DoubleVector zz = z.mul(z);
        DoubleVector even = V6.fma(zz, V4).fma(zz, V2).fma(zz, V0);
        DoubleVector odd = V5.fma(zz, V3).fma(zz, V1);
        DoubleVector half = f.mul(HALF);
        DoubleVector inner = odd.fma(z, even).fma(z, half.mul(f));
        DoubleVector w = s.fma(inner, k.mul(V_LN2_LO));
        DoubleVector whole = k.mul(V_LN2_HI);
        DoubleVector h = whole.add(f);
        DoubleVector rest = f.sub(h.sub(whole));
        h.add(half.neg().fma(f, w).add(rest)).intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }
  }
}
