package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The reparameterized sample of a diagonal Gaussian, per value: `z = fma(exp(logvar / 2), eps,
/// mu)`.
///
/// Computed in float64 and rounded once to the element type. NaN propagates. `z` may be one of the
/// inputs.
///
/// In [Precision#SINGLE] float32 samples are computed in float32 ([Exp32]): within 2 ulp of the
/// exact one unless mu and the product cancel.
public sealed interface Reparameterize
    permits Reparameterize.Scalar,
        Reparameterize.Simd,
        Reparameterize.SingleScalar,
        Reparameterize.SingleSimd {
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

  /// The form in which float32 data is computed in float32.
  Reparameterize single();

  /// Plain loops.
  final class Scalar implements Reparameterize {
    @Override
    public Reparameterize single() {
      return new SingleScalar();
    }

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
        double sigma = Exp.of(0.5 * Memory.f32(logvar + at));
        Memory.f32(
            z + at,
            (float) Math.fma(sigma, (double) Memory.f32(eps + at), (double) Memory.f32(mu + at)));
      }
    }

    static void each64(long mu, long logvar, long eps, long z, long n) {
      for (long i = 0; i < n; i++) {
        long at = i * Double.BYTES;
        double sigma = Exp.of(0.5 * Memory.f64(logvar + at));
        Memory.f64(z + at, Math.fma(sigma, Memory.f64(eps + at), Memory.f64(mu + at)));
      }
    }
  }

  /// Tile by tile: half the log-variances, [Exp], then fma.
  final class Simd implements Reparameterize {
    @Override
    public Reparameterize single() {
      return new SingleSimd();
    }

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
        double s = Memory.f64(sigma + (long) i * Double.BYTES);
        Memory.f32(
            z + at,
            (float) Math.fma(s, (double) Memory.f32(eps + at), (double) Memory.f32(mu + at)));
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
        double s = Memory.f64(sigma + (long) i * Double.BYTES);
        Memory.f64(z + at, Math.fma(s, Memory.f64(eps + at), Memory.f64(mu + at)));
      }
    }
  }

  /// Plain loops in float32.
  final class SingleScalar implements Reparameterize {
    private final Scalar plain = new Scalar();

    @Override
    public Reparameterize single() {
      return this;
    }

    @Override
    public void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      each(mu.address(), logvar.address(), eps.address(), z.address(), 0, n);
    }

    static void each(long mu, long logvar, long eps, long z, long from, long to) {
      for (long i = from; i < to; i++) {
        long at = i * Float.BYTES;
        float sigma = Exp32.of(0.5f * Memory.f32(logvar + at));
        Memory.f32(z + at, Math.fma(sigma, Memory.f32(eps + at), Memory.f32(mu + at)));
      }
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      plain.eachF64(mu, logvar, eps, z, n);
    }
  }

  /// One vector loop in float32.
  final class SingleSimd implements Reparameterize {
    private static final FloatVector HALF = FloatVector.broadcast(F32, 0.5f);

    private final Simd simd = new Simd();

    @Override
    public Reparameterize single() {
      return this;
    }

    @Override
    public void eachF32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      long m = mu.address();
      long v = logvar.address();
      long e = eps.address();
      long o = z.address();
      for (long i = vectors(m, v, e, o, 0, n); i < n; i = vectors(m, v, e, o, i, n)) {
        long end = Math.min(i + L32, n);
        SingleScalar.each(m, v, e, o, i, end);
        i = end;
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or leaves [Exp32#PLAIN].
    private static long vectors(long mu, long logvar, long eps, long z, long from, long n) {
      long i = from;
      for (; i <= n - L32; i += L32) {
        long at = i * Float.BYTES;
        FloatVector h = FloatVector.fromMemorySegment(F32, MEMORY, logvar + at, NATIVE).mul(HALF);
        if (!h.abs().compare(LE, Exp32.Simd.V_PLAIN).allTrue()) {
          break;
        }
        FloatVector t = h.fma(Exp32.Simd.V_INV_LN2, Exp32.Simd.V_MAGIC);
        FloatVector k = t.sub(Exp32.Simd.V_MAGIC);
        FloatVector rh = k.fma(Exp32.Simd.MINUS_LN2_HI, h);
        FloatVector r = k.fma(Exp32.Simd.MINUS_LN2_LO, rh);
        FloatVector s = rh.add(Exp32.Simd.ONE);
        FloatVector low = k.fma(Exp32.Simd.MINUS_LN2_LO, rh.sub(s.sub(Exp32.Simd.ONE)));
        FloatVector zz = r.mul(r);
        FloatVector odd = Exp32.Simd.V5.fma(zz, Exp32.Simd.V3).fma(zz, Exp32.Simd.V1);
        FloatVector q = Exp32.Simd.V4.fma(zz, Exp32.Simd.V2).fma(r, odd).fma(r, Exp32.Simd.V0);
        FloatVector scale =
            t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector sigma = s.add(zz.fma(q, low)).mul(scale);
        sigma
            .fma(
                FloatVector.fromMemorySegment(F32, MEMORY, eps + at, NATIVE),
                FloatVector.fromMemorySegment(F32, MEMORY, mu + at, NATIVE))
            .intoMemorySegment(MEMORY, z + at, NATIVE);
      }
      return i;
    }

    @Override
    public void eachF64(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      simd.eachF64(mu, logvar, eps, z, n);
    }
  }
}
