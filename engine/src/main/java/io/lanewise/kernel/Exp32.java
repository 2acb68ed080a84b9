package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// e^x and e^x - 1 - x in float32, for [Precision#SINGLE]; plain and in vectors, agreeing to the
/// bit. The vector loops stand where they are used, each in one piece with what it feeds.
///
/// As [Exp], with a polynomial of degree 5 (relative error 1e-8; Chebyshev interpolation at 300
/// bits, mpmath 1.3.0).
final class Exp32 {
  /// Terms below e to this count as 0.
  static final float ZERO_BELOW = -87;

  /// Up to here (either sign) no special value occurs.
  static final float PLAIN = 80;

  private static final float INV_LN2 = 0x1.715476p+0f;

  /// Added to a number below 2^21, leaves it rounded to an integer n in the low bits, as n + 127:
  /// the biased exponent of 2^n. (No number below 2^22 but 0 is half an odd integer over
  /// [#INV_LN2], whose last bit is set, so that the odd bias decides no tie.)
  private static final float MAGIC = 0x1.8p23f + 127;

  private static final float LN2_HI = 0x1.62e43p-1f;
  private static final float LN2_LO = -0x1.05c61p-29f;
  private static final float C0 = 0.5f;
  private static final float C1 = 0x1.555556p-3f;
  private static final float C2 = 0x1.555518p-5f;
  private static final float C3 = 0x1.1110f6p-7f;
  private static final float C4 = 0x1.6d117cp-10f;
  private static final float C5 = 0x1.a0f8d4p-13f;

  private Exp32() {}

  /// e^x for x <= 0 or NaN, below 0.7 ulp of float32; 0 below [#ZERO_BELOW].
  static float ofNonPositive(float x) {
    return x < ZERO_BELOW ? 0 : plain(x);
  }

  private static float plain(float x) {
    float t = Math.fma(x, INV_LN2, MAGIC);
    float k = t - MAGIC;
    float rh = Math.fma(k, -LN2_HI, x);
    float r = Math.fma(k, -LN2_LO, rh);
    float s = 1 + rh;
    float low = Math.fma(k, -LN2_LO, rh - (s - 1));
    return (s + Math.fma(r * r, q(r), low)) * scale(t);
  }

  /// e^x for every x, below 0.7 ulp of float32 for |x| <= [#PLAIN] and 0.51 beyond; NaN: NaN.
  static float of(float x) {
    if (Math.abs(x) <= PLAIN) {
      return plain(x);
    }
    return (float) Exp.of(x);
  }

  /// e^x - 1 - x for |x| <= [#PLAIN]; relative error below 1e-6, below 2e-7 for |x| < 0.34. Never
  /// negative.
  static float remainder(float x) {
    float t = Math.fma(x, INV_LN2, MAGIC);
    float k = t - MAGIC;
    float r = Math.fma(k, -LN2_LO, Math.fma(k, -LN2_HI, x));
    float scale = scale(t);
    float line = Math.fma(scale, r, scale - 1 - x);
    return Math.fma(scale, r * r * q(r), line);
  }

  /// `(e^r - 1 - r)/r^2`.
  private static float q(float r) {
    float z = r * r;
    float odd = Math.fma(Math.fma(C5, z, C3), z, C1);
    float even = Math.fma(C4, z, C2);
    return Math.fma(Math.fma(even, r, odd), r, C0);
  }

  /// 2^k from `k + MAGIC`, for k in [-126, 127].
  private static float scale(float t) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
  }

  /// The same in vectors.
  static final class Simd {
    static final FloatVector ONE = FloatVector.broadcast(F32, 1.0f);
    static final FloatVector V_INV_LN2 = FloatVector.broadcast(F32, INV_LN2);
    static final FloatVector V_MAGIC = FloatVector.broadcast(F32, MAGIC);
    static final FloatVector MINUS_LN2_HI = FloatVector.broadcast(F32, -LN2_HI);
    static final FloatVector MINUS_LN2_LO = FloatVector.broadcast(F32, -LN2_LO);
    static final FloatVector V0 = FloatVector.broadcast(F32, C0);
    static final FloatVector V1 = FloatVector.broadcast(F32, C1);
    static final FloatVector V2 = FloatVector.broadcast(F32, C2);
    static final FloatVector V3 = FloatVector.broadcast(F32, C3);
    static final FloatVector V4 = FloatVector.broadcast(F32, C4);
    static final FloatVector V5 = FloatVector.broadcast(F32, C5);
    static final FloatVector V_ZERO_BELOW = FloatVector.broadcast(F32, ZERO_BELOW);
    static final FloatVector V_PLAIN = FloatVector.broadcast(F32, PLAIN);

    private Simd() {}

    /// `y_i = e^(x_i - max)` for n float32 at two addresses, which may be the same; no x is above
    /// max.
    static void map(long x, long y, int n, float max) {
      FloatVector zero = FloatVector.zero(F32);
      FloatVector m = FloatVector.broadcast(F32, max);
      int i = 0;
      for (; i <= n - L32; i += L32) {
        long at = (long) i * Float.BYTES;
        FloatVector v = FloatVector.fromMemorySegment(F32, MEMORY, x + at, NATIVE).sub(m);
        VectorMask<Float> tiny = v.compare(LT, V_ZERO_BELOW);
        FloatVector t = v.fma(V_INV_LN2, V_MAGIC);
        FloatVector k = t.sub(V_MAGIC);
        FloatVector rh = k.fma(MINUS_LN2_HI, v);
        FloatVector r = k.fma(MINUS_LN2_LO, rh);
        FloatVector s = rh.add(ONE);
        FloatVector low = k.fma(MINUS_LN2_LO, rh.sub(s.sub(ONE)));
        FloatVector z = r.mul(r);
        FloatVector odd = V5.fma(z, V3).fma(z, V1);
        FloatVector q = V4.fma(z, V2).fma(r, odd).fma(r, V0);
        FloatVector scale =
            t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        s.add(z.fma(q, low)).mul(scale).blend(zero, tiny).intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      for (; i < n; i++) {
        long at = (long) i * Float.BYTES;
        Memory.f32(y + at, ofNonPositive(Memory.f32(x + at) - max));
      }
    }
  }
}
