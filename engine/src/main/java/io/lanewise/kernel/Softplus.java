package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// softplus(x) = ln(1 + e^x) or softplus(-x), per value: binary cross-entropy with logits, and
/// minus log-sigmoid.
///
/// `max(x, 0) + ln(1 + e^-|x|)` in float64, below 2 ulp for every x. NaN gives NaN, +infinity gives
/// +infinity, -infinity gives 0. minus `softplus(-x)` is ln sigmoid(x).
///
/// In [Precision#SINGLE] that of float32 is float32 ([Exp32], and for the logarithm a polynomial of
/// degree 2 of the same making): within 3e-7 of its size, 0 for x below -87.
public abstract sealed class Softplus
    permits Softplus.Scalar, Softplus.Simd, Softplus.SingleScalar, Softplus.SingleSimd {
  private Softplus() {}

  /// Softplus of each value.
  ///
  /// @param x logits
  /// @param negate whether to take softplus(-x)
  /// @param out one number per value
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void each(Matrix x, boolean negate, double[] out) {
    int n = Math.toIntExact(x.elements());
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.readWidened("x", x)) {
      each(a, n, negate, out);
    }
  }

  /// The loop behind [#each(Matrix, boolean, double[])], on a checked operand.
  abstract void each(Operand x, int n, boolean negate, double[] out);

  /// Above this, `1 + e` has exponent 1: sqrt(2) - 1.
  public static final double LIMIT = 0x1.a827999fcef32p-2;

  /// The form in which float32 data is computed in float32.
  public abstract Softplus single();

  /// Plain loops.
  static final class Scalar extends Softplus {
    @Override
    public Softplus single() {
      return new SingleScalar();
    }

    @Override
    void each(Operand x, int n, boolean negate, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(x.get(i), negate);
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
  static final class Simd extends Softplus {
    @Override
    public Softplus single() {
      return new SingleSimd();
    }

    private static final DoubleVector V_LIMIT = DoubleVector.broadcast(F64, LIMIT);
    private static final DoubleVector MINUS_HALF = DoubleVector.broadcast(F64, -0.5);

    @Override
    void each(Operand x, int n, boolean negate, double[] out) {
      try (Arena arena = Arena.ofConfined()) {
        long y = Tiles.allocate(arena);
        double sign = negate ? -1 : 1;
        Tiles.each(
            n,
            (from, count, tile) -> {
              Tiles.Simd.fill(x, from, count, sign, 0, y);
              finish(y, tile, count, out, (int) from);
            });
      }
    }

    private static void finish(long y, long e, int n, double[] out, int from) {
      minusAbs(y, n, e);
      Exp.Simd.map(e, e, n);
      for (int i = 0; i < n; i += Tiles.BLOCK) {
        long at = (long) i * Double.BYTES;
        add(y + at, e + at, Math.min(Tiles.BLOCK, n - i), e + Tiles.SCRATCH, out, from + i);
      }
    }

    /// `out = max(y, 0) + ln(1 + e)`, in two loops as [ExpRemainder], on a block of [Tiles].
    private static void add(long y, long e, int n, long scratch, double[] out, int from) {
      quotients(e, n, scratch);
      int i = logarithms(y, e, n, scratch);
      MemorySegment.copy(MEMORY, JAVA_DOUBLE_UNALIGNED, e, out, from, i);
      for (; i < n; i++) {
        long at = (long) i * Double.BYTES;
        out[from + i] = Scalar.of(Memory.f64(y + at), Memory.f64(e + at));
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
        Memory.f64(e + at, -Math.abs(Memory.f64(y + at)));
      }
    }

    /// `s = f / (2 + f)` and the polynomial in s^2 ([Log]) to the scratch, whole vectors only.
    private static void quotients(long e, int n, long scratch) {
      for (int i = 0; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, e + at, NATIVE);
        DoubleVector f = v.blend(v.fma(Log.Simd.HALF, MINUS_HALF), v.compare(GT, V_LIMIT));
        DoubleVector s = f.div(f.add(Log.Simd.TWO));
        DoubleVector z = s.mul(s);
        DoubleVector zz = z.mul(z);
        DoubleVector even =
            Log.Simd.V6.fma(zz, Log.Simd.V4).fma(zz, Log.Simd.V2).fma(zz, Log.Simd.V0);
        DoubleVector odd = Log.Simd.V5.fma(zz, Log.Simd.V3).fma(zz, Log.Simd.V1);
        s.intoMemorySegment(MEMORY, scratch + at, NATIVE);
        odd.fma(z, even).intoMemorySegment(MEMORY, scratch + Tiles.BLOCK_BYTES + at, NATIVE);
      }
    }

    /// `e = max(y, 0) + ln(1 + e)`. Returns where it stopped, before the last incomplete vector.
    private static int logarithms(long y, long e, int n, long scratch) {
      DoubleVector zero = DoubleVector.zero(F64);
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, e + at, NATIVE);
        VectorMask<Double> upper = v.compare(GT, V_LIMIT);
        DoubleVector f = v.blend(v.fma(Log.Simd.HALF, MINUS_HALF), upper);
        DoubleVector s = DoubleVector.fromMemorySegment(F64, MEMORY, scratch + at, NATIVE);
        DoubleVector p =
            DoubleVector.fromMemorySegment(F64, MEMORY, scratch + Tiles.BLOCK_BYTES + at, NATIVE);
        DoubleVector half = f.mul(Log.Simd.HALF);
        DoubleVector inner = p.fma(s.mul(s), half.mul(f));
        DoubleVector w = s.fma(inner, zero.blend(Log.Simd.V_LN2_LO, upper));
        DoubleVector whole = zero.blend(Log.Simd.V_LN2_HI, upper);
        DoubleVector h = whole.add(f);
        DoubleVector log = h.add(half.neg().fma(f, w).add(f.sub(h.sub(whole))));
        DoubleVector x = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
        zero.blend(x, x.compare(GT, zero)).add(log).intoMemorySegment(MEMORY, e + at, NATIVE);
      }
      return i;
    }
  }

  /// Plain loops in float32: `ln(1 + f) = 2 s + s^3 R(s^2)`, `s = f / (2 + f)`.
  static final class SingleScalar extends Softplus {
    private static final float LIMIT = 0x1.a8279ap-2f;
    private static final float LN2 = 0x1.62e43p-1f;
    private static final float R0 = 0x1.55555cp-1f;
    private static final float R1 = 0x1.997c2ep-2f;
    private static final float R2 = 0x1.2ee656p-2f;

    private final Scalar plain = new Scalar();

    @Override
    public Softplus single() {
      return this;
    }

    @Override
    void each(Operand x, int n, boolean negate, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> plain.each(x, n, negate, out);
        case FLOAT32 -> each(x.address(), 0, n, negate, out);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    static void each(long x, int from, int to, boolean negate, double[] out) {
      for (int i = from; i < to; i++) {
        float v = Memory.f32(x + (long) i * Float.BYTES);
        out[i] = of(negate ? -v : v);
      }
    }

    static float of(float x) {
      float e = Exp32.ofNonPositive(-Math.abs(x));
      boolean upper = e > LIMIT;
      float f = upper ? Math.fma(0.5f, e, -0.5f) : e;
      float s = f / (f + 2);
      float z = s * s;
      float r = Math.fma(Math.fma(R2, z, R1), z, R0);
      float log = Math.fma(s * z, r, s + s) + (upper ? LN2 : 0);
      return (x > 0 ? x : 0) + log;
    }
  }

  /// Vector loops in float32 over tiles: the exponentials, then the logarithms. In one loop a value
  /// passes through so long a chain of operations that the processor cannot look ahead far enough
  /// to others: a quarter slower.
  static final class SingleSimd extends Softplus {
    private static final FloatVector V_LIMIT = FloatVector.broadcast(F32, SingleScalar.LIMIT);
    private static final FloatVector V_LN2 = FloatVector.broadcast(F32, SingleScalar.LN2);
    private static final FloatVector HALF = FloatVector.broadcast(F32, 0.5f);
    private static final FloatVector MINUS_HALF = FloatVector.broadcast(F32, -0.5f);
    private static final FloatVector TWO = FloatVector.broadcast(F32, 2);
    private static final FloatVector R0 = FloatVector.broadcast(F32, SingleScalar.R0);
    private static final FloatVector R1 = FloatVector.broadcast(F32, SingleScalar.R1);
    private static final FloatVector R2 = FloatVector.broadcast(F32, SingleScalar.R2);

    private final Simd simd = new Simd();

    @Override
    public Softplus single() {
      return this;
    }

    @Override
    void each(Operand x, int n, boolean negate, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> simd.each(x, n, negate, out);
        case FLOAT32 -> each32(x, n, negate, out);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    private static void each32(Operand x, int n, boolean negate, double[] out) {
      Tiles.each(
          n,
          (from, count, tile) -> {
            long at = x.address() + from * Float.BYTES;
            exponentials(at, count, tile);
            int done = (int) from + add(at, tile, count, negate ? -1 : 1, out, (int) from);
            SingleScalar.each(x.address(), done, (int) from + count, negate, out);
          });
    }

    /// `e = e^-|x|`, whole vectors only.
    private static void exponentials(long x, int n, long e) {
      FloatVector zero = FloatVector.zero(F32);
      for (int i = 0; i <= n - L32; i += L32) {
        long at = (long) i * Float.BYTES;
        FloatVector a = FloatVector.fromMemorySegment(F32, MEMORY, x + at, NATIVE).abs().neg();
        VectorMask<Float> tiny = a.compare(LT, Exp32.Simd.V_ZERO_BELOW);
        FloatVector t = a.fma(Exp32.Simd.V_INV_LN2, Exp32.Simd.V_MAGIC);
        FloatVector k = t.sub(Exp32.Simd.V_MAGIC);
        FloatVector rh = k.fma(Exp32.Simd.MINUS_LN2_HI, a);
        FloatVector r = k.fma(Exp32.Simd.MINUS_LN2_LO, rh);
        FloatVector m = rh.add(Exp32.Simd.ONE);
        FloatVector low = k.fma(Exp32.Simd.MINUS_LN2_LO, rh.sub(m.sub(Exp32.Simd.ONE)));
        FloatVector zz = r.mul(r);
        FloatVector odd = Exp32.Simd.V5.fma(zz, Exp32.Simd.V3).fma(zz, Exp32.Simd.V1);
        FloatVector q = Exp32.Simd.V4.fma(zz, Exp32.Simd.V2).fma(r, odd).fma(r, Exp32.Simd.V0);
        FloatVector scale =
            t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        m.add(zz.fma(q, low))
            .mul(scale)
            .blend(zero, tiny)
            .intoMemorySegment(MEMORY, e + at, NATIVE);
      }
    }

    /// `out = max(v, 0) + ln(1 + e)`, v of the given sign. Returns where it stopped, before the
    /// last incomplete vector.
    private static int add(long x, long e, int n, float sign, double[] out, int from) {
      FloatVector zero = FloatVector.zero(F32);
      FloatVector one = FloatVector.broadcast(F32, sign);
      int i = 0;
      for (; i <= n - L32; i += L32) {
        long at = (long) i * Float.BYTES;
        FloatVector v = FloatVector.fromMemorySegment(F32, MEMORY, x + at, NATIVE).mul(one);
        FloatVector w = FloatVector.fromMemorySegment(F32, MEMORY, e + at, NATIVE);
        VectorMask<Float> upper = w.compare(GT, V_LIMIT);
        FloatVector f = w.blend(w.fma(HALF, MINUS_HALF), upper);
        FloatVector s = f.div(f.add(TWO));
        FloatVector z = s.mul(s);
        FloatVector log =
            s.mul(z).fma(R2.fma(z, R1).fma(z, R0), s.add(s)).add(zero.blend(V_LN2, upper));
        FloatVector y = zero.blend(v, v.compare(GT, zero)).add(log);
        ((DoubleVector) y.convertShape(F2D, F64, 0)).intoArray(out, from + i);
        ((DoubleVector) y.convertShape(F2D, F64, 1)).intoArray(out, from + i + L);
      }
      return i;
    }
  }
}
