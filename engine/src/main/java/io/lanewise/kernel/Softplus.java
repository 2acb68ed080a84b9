package io.lanewise.kernel;

import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.load32;
import static io.lanewise.kernel.Species.load64;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

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
      double ax = Math.abs(x);
      double e = Exp.of(-(ax > Exp.PLAIN && x > 0 ? Exp.PLAIN : ax));
      boolean upper = e > LIMIT;
      double f = upper ? Math.fma(0.5, e, -0.5) : e;
      double log = Log.of(upper ? 1.0 : 0.0, f, 0);
      return (x > 0 ? x : 0) + log;
    }
  }

  /// Vector loops.
  final class Simd implements Softplus {
    private static final DoubleVector HALF = DoubleVector.broadcast(F64, 0.5);
    private static final DoubleVector MINUS_HALF = DoubleVector.broadcast(F64, -0.5);

    @Override
    public void eachF32(Operand x, int n, boolean negate, double[] out) {
      int i = 0;
      while (i < n) {
        i = vectors32(x.address(), i, n, negate, out);
        for (int end = Math.min(i + L, n); i < end; i++) {
          out[i] = Scalar.of(Operand.f32(x.address() + (long) i * Float.BYTES), negate);
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or whose e^x is subnormal.
    private static int vectors32(long x, int from, int n, boolean negate, double[] out) {
      int i = from;
      for (; i <= n - L; i += L) {
        DoubleVector w = load32(x + (long) i * Float.BYTES);
        DoubleVector v = negate ? w.neg() : w;
        if (v.compare(VectorOperators.LT, -Exp.PLAIN).anyTrue()) {
          break;
        }
        of(v).intoArray(out, i);
      }
      return i;
    }

    @Override
    public void eachF64(Operand x, int n, boolean negate, double[] out) {
      int i = 0;
      while (i < n) {
        i = vectors64(x.address(), i, n, negate, out);
        for (int end = Math.min(i + L, n); i < end; i++) {
          out[i] = Scalar.of(Operand.f64(x.address() + (long) i * Double.BYTES), negate);
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or whose e^x is subnormal.
    private static int vectors64(long x, int from, int n, boolean negate, double[] out) {
      int i = from;
      for (; i <= n - L; i += L) {
        DoubleVector w = load64(x + (long) i * Double.BYTES);
        DoubleVector v = negate ? w.neg() : w;
        if (v.compare(VectorOperators.LT, -Exp.PLAIN).anyTrue()) {
          break;
        }
        of(v).intoArray(out, i);
      }
      return i;
    }

    /// ln(1 + e^x) for x >= -708 and NaN.
    static DoubleVector of(DoubleVector x) {
      DoubleVector ax = x.abs();
      DoubleVector e =
          Exp.Simd.of(ax.blend(Exp.PLAIN, ax.compare(VectorOperators.GT, Exp.PLAIN)).neg());
      VectorMask<Double> upper = e.compare(VectorOperators.GT, LIMIT);
      DoubleVector f = e.blend(e.fma(HALF, MINUS_HALF), upper);
      DoubleVector zero = DoubleVector.zero(F64);
      DoubleVector log = Log.Simd.of(zero.blend(1.0, upper), f, zero);
      return zero.blend(x, x.compare(VectorOperators.GT, 0.0)).add(log);
    }
  }
}
