package io.lanewise.kernel;

import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.load32;
import static io.lanewise.kernel.Species.load64;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;

/// -ln p or -ln(1 - p), per value, in nats: surprisal, and the two terms of binary cross-entropy
/// from probabilities.
///
/// float64, below 1 ulp ([Log], [Log1p]: 1 - p is never formed). p = 0 (or 1, for the complement)
/// gives +infinity; a logarithm of a number below zero gives NaN, as does NaN. A result of zero is
/// +0.
public sealed interface NegativeLog permits NegativeLog.Scalar, NegativeLog.Simd {
  /// Negative logarithms of float32.
  ///
  /// @param p probabilities, `n` float32
  /// @param complement whether to take -ln(1 - p)
  /// @param out one number per value
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment p, int n, boolean complement, double[] out) {
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.read("p", p, n, 1, Float.BYTES)) {
      eachF32(a, n, complement, out);
    }
  }

  /// The same on float64.
  default void f64(MemorySegment p, int n, boolean complement, double[] out) {
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.read("p", p, n, 1, Double.BYTES)) {
      eachF64(a, n, complement, out);
    }
  }

  /// The loop behind [#f32], on a checked operand.
  void eachF32(Operand p, int n, boolean complement, double[] out);

  /// The loop behind [#f64], on a checked operand.
  void eachF64(Operand p, int n, boolean complement, double[] out);

  /// Plain loops.
  final class Scalar implements NegativeLog {
    @Override
    public void eachF32(Operand p, int n, boolean complement, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(Operand.f32(p.address() + (long) i * Float.BYTES), complement);
      }
    }

    @Override
    public void eachF64(Operand p, int n, boolean complement, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(Operand.f64(p.address() + (long) i * Double.BYTES), complement);
      }
    }

    static double of(double p, boolean complement) {
      // 0 - y, not -y: ln 1 gives +0.
      return 0 - (complement ? Log1p.of(-p) : Log.of(p));
    }
  }

  /// Vector loops.
  final class Simd implements NegativeLog {
    @Override
    public void eachF32(Operand p, int n, boolean complement, double[] out) {
      int i = 0;
      while (i < n) {
        i = vectors32(p.address(), i, n, complement, out);
        for (int end = Math.min(i + L, n); i < end; i++) {
          out[i] = Scalar.of(Operand.f32(p.address() + (long) i * Float.BYTES), complement);
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs the plain form.
    private static int vectors32(long p, int from, int n, boolean complement, double[] out) {
      int i = from;
      for (; i <= n - L; i += L) {
        DoubleVector v = load32(p + (long) i * Float.BYTES);
        if (complement) {
          DoubleVector q = v.neg();
          if (!Log1p.Simd.plain(q)) {
            break;
          }
          DoubleVector.zero(F64).sub(Log1p.Simd.of(q)).intoArray(out, i);
        } else {
          if (!Log.Simd.plain(v)) {
            break;
          }
          DoubleVector.zero(F64).sub(Log.Simd.of(v)).intoArray(out, i);
        }
      }
      return i;
    }

    @Override
    public void eachF64(Operand p, int n, boolean complement, double[] out) {
      int i = 0;
      while (i < n) {
        i = vectors64(p.address(), i, n, complement, out);
        for (int end = Math.min(i + L, n); i < end; i++) {
          out[i] = Scalar.of(Operand.f64(p.address() + (long) i * Double.BYTES), complement);
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs the plain form.
    private static int vectors64(long p, int from, int n, boolean complement, double[] out) {
      int i = from;
      for (; i <= n - L; i += L) {
        DoubleVector v = load64(p + (long) i * Double.BYTES);
        if (complement) {
          DoubleVector q = v.neg();
          if (!Log1p.Simd.plain(q)) {
            break;
          }
          DoubleVector.zero(F64).sub(Log1p.Simd.of(q)).intoArray(out, i);
        } else {
          if (!Log.Simd.plain(v)) {
            break;
          }
          DoubleVector.zero(F64).sub(Log.Simd.of(v)).intoArray(out, i);
        }
      }
      return i;
    }
  }
}
