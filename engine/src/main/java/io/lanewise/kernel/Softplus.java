package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.GT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/// softplus(x) = ln(1 + e^x) or softplus(-x), per value: binary cross-entropy with logits, and
/// minus log-sigmoid.
///
/// `max(x, 0) + ln(1 + e^-|x|)` in float64, below 2 ulp for every x. NaN gives NaN, +infinity gives
/// +infinity, -infinity gives 0. minus `softplus(-x)` is ln sigmoid(x).
public sealed interface Softplus permits Softplus.Scalar, Softplus.Simd {
  /// Softplus of float32.
  ///
  /// @param x logits, `n` float32
  /// @param negate whether to take softplus(-x)
  /// @param out one number per value
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment x, int n, boolean negate, double[] out) {
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.read("x", x, n, 1, Float.BYTES)) {
      eachF32(a, n, negate, out);
    }
  }

  /// The same on float64.
  default void f64(MemorySegment x, int n, boolean negate, double[] out) {
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.read("x", x, n, 1, Double.BYTES)) {
      eachF64(a, n, negate, out);
    }
  }

  /// The loop behind [#f32], on a checked operand.
  void eachF32(Operand x, int n, boolean negate, double[] out);

  /// The loop behind [#f64], on a checked operand.
  void eachF64(Operand x, int n, boolean negate, double[] out);

  /// Above this, `1 + e` has exponent 1: sqrt(2) - 1.
  double LIMIT = 0x1.a827999fcef32p-2;

  /// Plain loops.
  final class Scalar implements Softplus {
    @Override
    public void eachF32(Operand x, int n, boolean negate, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(Operand.f32(x.address() + (long) i * Float.BYTES), negate);
      }
    }

    @Override
    public void eachF64(Operand x, int n, boolean negate, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(Operand.f64(x.address() + (long) i * Double.BYTES), negate);
      }
    }

    /// softplus(x), or softplus(-x).
    static double of(double x, boolean negate) {
      return of(negate ? -x : x);
    }

    /// ln(1 + e^x).
    static double of(double x) {
      return of(x, Exp.of(-Math.abs(x)));
    }

    /// `max(x, 0) + ln(1 + e)` for e in [0, 1].
    static double of(double x, double e) {
      boolean upper = e > LIMIT;
      double f = upper ? Math.fma(0.5, e, -0.5) : e;
      double log = Log.of(upper ? 1.0 : 0.0, f, 0);
      return (x > 0 ? x : 0) + log;
    }
  }

  /// Tile by tile: x (or -x) and -|x|, [Exp] of the latter, then ln(1 + e) for e in [0, 1] and the
  /// sum.
  final class Simd implements Softplus {
    private static final DoubleVector V_LIMIT = DoubleVector.broadcast(F64, LIMIT);
    private static final DoubleVector MINUS_HALF = DoubleVector.broadcast(F64, -0.5);

    @Override
    public void eachF32(Operand x, int n, boolean negate, double[] out) {
      try (Arena arena = Arena.ofConfined()) {
        long y = Tiles.allocate(arena);
        double sign = negate ? -1 : 1;
        Tiles.each(
            n,
            (from, count, tile) -> {
              Tiles.Simd.fill32(x.address() + from * Float.BYTES, count, sign, 0, y);
              finish(y, tile, count, out, (int) from);
            });
      }
    }

    @Override
    public void eachF64(Operand x, int n, boolean negate, double[] out) {
      try (Arena arena = Arena.ofConfined()) {
        long y = Tiles.allocate(arena);
        double sign = negate ? -1 : 1;
        Tiles.each(
            n,
            (from, count, tile) -> {
              Tiles.Simd.fill64(x.address() + from * Double.BYTES, count, sign, 0, y);
              finish(y, tile, count, out, (int) from);
            });
      }
    }

    private static void finish(long y, long e, int n, double[] out, int from) {
      minusAbs(y, n, e);
      Exp.Simd.map(e, e, n);
      int i = add(y, e, n, out, from);
      for (; i < n; i++) {
        long at = (long) i * Double.BYTES;
        out[from + i] = Scalar.of(Operand.f64(y + at), Operand.f64(e + at));
      }
    }

    private static void minusAbs(long y, int n, long e) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE)
            .abs()
            .neg()
            .intoMemorySegment(MEMORY, e + at, NATIVE);
      }
      for (; i < n; i++) {
        long at = (long) i * Double.BYTES;
        Operand.f64(e + at, -Math.abs(Operand.f64(y + at)));
      }
    }

    /// `out = max(y, 0) + ln(1 + e)`. Returns where it stopped, before the last incomplete vector.
    private static int add(long y, long e, int n, double[] out, int from) {
      DoubleVector zero = DoubleVector.zero(F64);
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, e + at, NATIVE);
        VectorMask<Double> upper = v.compare(GT, V_LIMIT);
        DoubleVector f = v.blend(v.fma(Log.Simd.HALF, MINUS_HALF), upper);
        DoubleVector k = zero.blend(Log.Simd.ONE, upper);
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
        DoubleVector log = h.add(half.neg().fma(f, w).add(f.sub(h.sub(whole))));
        DoubleVector x = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
        zero.blend(x, x.compare(GT, zero)).add(log).intoArray(out, from + i);
      }
      return i;
    }
  }
}
