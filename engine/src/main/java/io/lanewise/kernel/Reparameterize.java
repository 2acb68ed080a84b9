package io.lanewise.kernel;

import static io.lanewise.kernel.Species.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;

/// The reparameterized sample of a diagonal Gaussian, per value: `z = fma(exp(logvar / 2), eps,
/// mu)`.
///
/// Computed in float64 and rounded once to the element type. NaN propagates. `z` may be one of the
/// inputs.
public sealed interface Reparameterize permits Reparameterize.Scalar, Reparameterize.Simd {
  /// Samples in float32; the result is within 0.51 ulp (float32) of the exact one unless mu and the
  /// product cancel.
  ///
  /// @param mu means, `n` float32
  /// @param logvar natural logarithms of the variances, `n` float32
  /// @param eps standard normal noise, `n` float32
  /// @param z written, `n` float32; may be `mu`, `logvar` or `eps`
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment mu, MemorySegment logvar, MemorySegment eps, MemorySegment z, long n) {
    try (Operand m = Operand.read("mu", mu, n, 1, Float.BYTES);
        Operand v = Operand.read("logvar", logvar, n, 1, Float.BYTES);
        Operand e = Operand.read("eps", eps, n, 1, Float.BYTES);
        Operand o = Operand.write("z", z, n, 1, Float.BYTES)) {
      eachF32(m, v, e, o, n);
    }
  }

  /// The same on float64.
  default void f64(
      MemorySegment mu, MemorySegment logvar, MemorySegment eps, MemorySegment z, long n) {
    try (Operand m = Operand.read("mu", mu, n, 1, Double.BYTES);
        Operand v = Operand.read("logvar", logvar, n, 1, Double.BYTES);
        Operand e = Operand.read("eps", eps, n, 1, Double.BYTES);
        Operand o = Operand.write("z", z, n, 1, Double.BYTES)) {
      eachF64(m, v, e, o, n);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n);

  /// The loop behind [#f64], on checked operands.
  void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n);

  /// Plain loops.
  final class Scalar implements Reparameterize {
    @Override
    public void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      each32(mu.address(), logvar.address(), eps.address(), z.address(), 0, n);
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      each64(mu.address(), logvar.address(), eps.address(), z.address(), 0, n);
    }

    static void each32(long mu, long logvar, long eps, long z, long from, long to) {
      for (long i = from; i < to; i++) {
        long at = i * Float.BYTES;
        double sigma = Exp.of(0.5 * Operand.f32(logvar + at));
        Operand.f32(
            z + at,
            (float) Math.fma(sigma, (double) Operand.f32(eps + at), (double) Operand.f32(mu + at)));
      }
    }

    static void each64(long mu, long logvar, long eps, long z, long from, long to) {
      for (long i = from; i < to; i++) {
        long at = i * Double.BYTES;
        double sigma = Exp.of(0.5 * Operand.f64(logvar + at));
        Operand.f64(z + at, Math.fma(sigma, Operand.f64(eps + at), Operand.f64(mu + at)));
      }
    }
  }

  /// Vector loops.
  final class Simd implements Reparameterize {
    @Override
    public void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      long m = mu.address();
      long v = logvar.address();
      long e = eps.address();
      long o = z.address();
      for (long i = 0; i < n; ) {
        i = vectors32(m, v, e, o, i, n);
        long end = Math.min(i + L, n);
        Scalar.each32(m, v, e, o, i, end);
        i = end;
      }
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      long m = mu.address();
      long v = logvar.address();
      long e = eps.address();
      long o = z.address();
      for (long i = 0; i < n; ) {
        i = vectors64(m, v, e, o, i, n);
        long end = Math.min(i + L, n);
        Scalar.each64(m, v, e, o, i, end);
        i = end;
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or beyond [Exp#PLAIN].
    private static long vectors32(long mu, long logvar, long eps, long z, long from, long n) {
      long i = from;
      for (; i <= n - L; i += L) {
        long at = i * Float.BYTES;
        DoubleVector half = Species.load32(logvar + at).mul(0.5);
        if (!Exp.Simd.plain(half)) {
          break;
        }
        DoubleVector sigma = Exp.Simd.of(half);
        Species.store32(sigma.fma(Species.load32(eps + at), Species.load32(mu + at)), z + at);
      }
      return i;
    }

    private static long vectors64(long mu, long logvar, long eps, long z, long from, long n) {
      long i = from;
      for (; i <= n - L; i += L) {
        long at = i * Double.BYTES;
        DoubleVector half = Species.load64(logvar + at).mul(0.5);
        if (!Exp.Simd.plain(half)) {
          break;
        }
        DoubleVector sigma = Exp.Simd.of(half);
        Species.store64(sigma.fma(Species.load64(eps + at), Species.load64(mu + at)), z + at);
      }
      return i;
    }
  }
}
