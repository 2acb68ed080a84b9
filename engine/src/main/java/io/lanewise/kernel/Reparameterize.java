package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

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
      each32(mu.address(), logvar.address(), eps.address(), z.address(), n);
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      each64(mu.address(), logvar.address(), eps.address(), z.address(), n);
    }

    static void each32(long mu, long logvar, long eps, long z, long n) {
      for (long i = 0; i < n; i++) {
        long at = i * Float.BYTES;
        double sigma = Exp.of(0.5 * Operand.f32(logvar + at));
        Operand.f32(
            z + at,
            (float) Math.fma(sigma, (double) Operand.f32(eps + at), (double) Operand.f32(mu + at)));
      }
    }

    static void each64(long mu, long logvar, long eps, long z, long n) {
      for (long i = 0; i < n; i++) {
        long at = i * Double.BYTES;
        double sigma = Exp.of(0.5 * Operand.f64(logvar + at));
        Operand.f64(z + at, Math.fma(sigma, Operand.f64(eps + at), Operand.f64(mu + at)));
      }
    }
  }

  /// Tile by tile: half the log-variances, [Exp], then fma.
  final class Simd implements Reparameterize {
    @Override
    public void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      Tiles.each(
          n,
          (from, count, tile) -> {
            long at = from * Float.BYTES;
            Tiles.Simd.fill32(logvar.address() + at, count, 0.5, 0, tile);
            Exp.Simd.map(tile, tile, count);
            combine32(tile, eps.address() + at, mu.address() + at, count, z.address() + at);
          });
    }

    private static void combine32(long sigma, long eps, long mu, int n, long z) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = (long) i * Float.BYTES;
        DoubleVector s =
            DoubleVector.fromMemorySegment(F64, MEMORY, sigma + (long) i * Double.BYTES, NATIVE);
        DoubleVector e =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, eps + at, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector m =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, mu + at, NATIVE)
                    .convertShape(F2D, F64, 0);
        ((FloatVector) s.fma(e, m).convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, z + at, NATIVE);
      }
      for (; i < n; i++) {
        long at = (long) i * Float.BYTES;
        double s = Operand.f64(sigma + (long) i * Double.BYTES);
        Operand.f32(
            z + at,
            (float) Math.fma(s, (double) Operand.f32(eps + at), (double) Operand.f32(mu + at)));
      }
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      Tiles.each(
          n,
          (from, count, tile) -> {
            long at = from * Double.BYTES;
            Tiles.Simd.fill64(logvar.address() + at, count, 0.5, 0, tile);
            Exp.Simd.map(tile, tile, count);
            combine64(tile, eps.address() + at, mu.address() + at, count, z.address() + at);
          });
    }

    private static void combine64(long sigma, long eps, long mu, int n, long z) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector s =
            DoubleVector.fromMemorySegment(F64, MEMORY, sigma + (long) i * Double.BYTES, NATIVE);
        DoubleVector e = DoubleVector.fromMemorySegment(F64, MEMORY, eps + at, NATIVE);
        DoubleVector m = DoubleVector.fromMemorySegment(F64, MEMORY, mu + at, NATIVE);
        s.fma(e, m).intoMemorySegment(MEMORY, z + at, NATIVE);
      }
      for (; i < n; i++) {
        long at = (long) i * Double.BYTES;
        double s = Operand.f64(sigma + (long) i * Double.BYTES);
        Operand.f64(z + at, Math.fma(s, Operand.f64(eps + at), Operand.f64(mu + at)));
      }
    }
  }
}
