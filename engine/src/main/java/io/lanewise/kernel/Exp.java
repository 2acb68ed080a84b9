package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// e^x in float64, plain and in vectors, with the same constants in the same order of operations:
/// both agree to the bit.
///
/// `x = n ln2 + r`, |r| <= ln2/2; `e^r = 1 + r + r^2 Q(r)`; Q a near-minimax polynomial (Chebyshev
/// interpolation of `(e^r - 1 - r)/r^2` at 300 bits, mpmath 1.3.0) of degree 10. `1 + r` is kept in
/// two parts, so that the last addition is the only rounding that counts.
final class Exp {
  static final double INV_LN2 = 0x1.71547652b82fep0;

  /// Added to a number below 2^50, leaves it rounded to an integer n in the low bits, as n + 1023:
  /// the biased exponent of 2^n. (No number times [#INV_LN2] is exactly between two integers, so
  /// that the odd bias decides no tie.)
  static final double MAGIC = 0x1.8p52 + 1023;

  /// ln 2 in two parts; the first has 33 bits, so that its products with exponents are exact.
  static final double LN2_HI = 0x1.62e42fefp-1;

  static final double LN2_LO = 0x1.473de6af278edp-34;

  /// Up to here (either sign) the scale 2^n is a normal number and no special value occurs.
  static final double PLAIN = 708;

  /// Below this the result rounds to 0.
  static final double ZERO_BELOW = -745.2;

  static final double C0 = 0.5;
  static final double C1 = 0x1.5555555555556p-3;
  static final double C2 = 0x1.5555555555555p-5;
  static final double C3 = 0x1.11111111109adp-7;
  static final double C4 = 0x1.6c16c16c167dep-10;
  static final double C5 = 0x1.a01a01a7c8d47p-13;
  static final double C6 = 0x1.a01a01a47db6fp-16;
  static final double C7 = 0x1.71de0d9c145d0p-19;
  static final double C8 = 0x1.27e4e1ea0f53ap-22;
  static final double C9 = 0x1.af38d53857513p-26;
  static final double C10 = 0x1.1f66f85dfa20ap-29;

  private Exp() {}

  /// e^x for every x; below 0.65 ulp (1.1 where the result is subnormal).
  static double of(double x) {
    if (Math.abs(x) <= PLAIN) {
      double t = Math.fma(x, INV_LN2, MAGIC);
      return mantissa(x, t - MAGIC) * scale(t);
    }
    if (x > 709.8) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < ZERO_BELOW) {
      return 0;
    }
    // The scale itself would overflow or be subnormal; halves of it are not. (NaN: NaN.)
    double n = Math.rint(x * INV_LN2);
    double half = Math.rint(n / 2);
    return mantissa(x, n) * power(half) * power(n - half);
  }

  /// `1 + r + r^2 Q(r)`, in [0.7, 1.42], where `x = n ln2 + r`.
  private static double mantissa(double x, double n) {
    double rh = Math.fma(n, -LN2_HI, x);
    double r = Math.fma(n, -LN2_LO, rh);
    double s = 1 + rh;
    double low = Math.fma(n, -LN2_LO, rh - (s - 1));
    return s + Math.fma(r * r, q(r), low);
  }

  /// `(e^r - 1 - r)/r^2`.
  static double q(double r) {
    double z = r * r;
    double odd = Math.fma(Math.fma(Math.fma(Math.fma(C9, z, C7), z, C5), z, C3), z, C1);
    double even = Math.fma(Math.fma(Math.fma(Math.fma(C10, z, C8), z, C6), z, C4), z, C2);
    return Math.fma(Math.fma(even, r, odd), r, C0);
  }

  /// 2^n from `n + MAGIC`, for n in [-1022, 1023].
  static double scale(double t) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(t) << 52);
  }

  private static double power(double n) {
    return scale(n + MAGIC);
  }

  /// The same in vectors: constants, and the one loop over a tile.
  static final class Simd {
    static final DoubleVector ONE = DoubleVector.broadcast(F64, 1.0);
    static final DoubleVector V_INV_LN2 = DoubleVector.broadcast(F64, INV_LN2);
    static final DoubleVector V_MAGIC = DoubleVector.broadcast(F64, MAGIC);
    static final DoubleVector MINUS_LN2_HI = DoubleVector.broadcast(F64, -LN2_HI);
    static final DoubleVector MINUS_LN2_LO = DoubleVector.broadcast(F64, -LN2_LO);
    static final DoubleVector V_PLAIN = DoubleVector.broadcast(F64, PLAIN);
    static final DoubleVector V_ZERO_BELOW = DoubleVector.broadcast(F64, ZERO_BELOW);
    static final DoubleVector V0 = DoubleVector.broadcast(F64, C0);
    static final DoubleVector V1 = DoubleVector.broadcast(F64, C1);
    static final DoubleVector V2 = DoubleVector.broadcast(F64, C2);
    static final DoubleVector V3 = DoubleVector.broadcast(F64, C3);
    static final DoubleVector V4 = DoubleVector.broadcast(F64, C4);
    static final DoubleVector V5 = DoubleVector.broadcast(F64, C5);
    static final DoubleVector V6 = DoubleVector.broadcast(F64, C6);
    static final DoubleVector V7 = DoubleVector.broadcast(F64, C7);
    static final DoubleVector V8 = DoubleVector.broadcast(F64, C8);
    static final DoubleVector V9 = DoubleVector.broadcast(F64, C9);
    static final DoubleVector V10 = DoubleVector.broadcast(F64, C10);

    private Simd() {}

    /// `y_i = e^x_i` for n float64 at two addresses, which may be the same.
    static void map(long x, long y, int n) {
      for (int i = vectors(x, y, 0, n); i < n; i = vectors(x, y, i, n)) {
        for (int end = Math.min(i + L, n); i < end; i++) {
          Memory.f64(y + (long) i * Double.BYTES, of(Memory.f64(x + (long) i * Double.BYTES)));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or holds a NaN, an overflow or
    /// a subnormal result.
    private static int vectors(long x, long y, int from, int n) {
      int i = from;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        VectorMask<Double> zero = v.compare(LT, V_ZERO_BELOW);
        if (!v.abs().compare(LE, V_PLAIN).or(zero).allTrue()) {
          break;
        }
        DoubleVector t = v.fma(V_INV_LN2, V_MAGIC);
        DoubleVector k = t.sub(V_MAGIC);
        DoubleVector rh = k.fma(MINUS_LN2_HI, v);
        DoubleVector r = k.fma(MINUS_LN2_LO, rh);
        DoubleVector s = rh.add(ONE);
        DoubleVector low = k.fma(MINUS_LN2_LO, rh.sub(s.sub(ONE)));
        DoubleVector z = r.mul(r);
        DoubleVector odd = V9.fma(z, V7).fma(z, V5).fma(z, V3).fma(z, V1);
        DoubleVector even = V10.fma(z, V8).fma(z, V6).fma(z, V4).fma(z, V2);
        DoubleVector q = even.fma(r, odd).fma(r, V0);
        DoubleVector scale =
            t.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles();
        s.add(z.fma(q, low))
            .mul(scale)
            .blend(DoubleVector.zero(F64), zero)
            .intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }
  }
}
