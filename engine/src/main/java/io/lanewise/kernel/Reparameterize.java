package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.TileLoops;
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
public abstract sealed class Reparameterize
    permits Reparameterize.Scalar,
        Reparameterize.Simd,
        Reparameterize.SingleScalar,
        Reparameterize.SingleSimd {
  private Reparameterize() {}

  /// Samples; a float32 result is within 0.51 ulp (float32) of the exact one unless mu and the
  /// product cancel.
  ///
  /// @param mu means
  /// @param logvar natural logarithms of the variances, of the type and shape of mu
  /// @param eps standard normal noise, of the type and shape of mu
  /// @param z written; may be `mu`, `logvar` or `eps`
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void each(Matrix mu, Matrix logvar, Matrix eps, Matrix z) {
    Operand.checkAlike("logvar", logvar, mu);
    Operand.checkAlike("eps", eps, mu);
    Operand.checkTakes("z", z, mu);
    try (Operand m = Operand.readWidened("mu", mu);
        Operand v = Operand.readWidened("logvar", logvar);
        Operand e = Operand.readWidened("eps", eps);
        Operand o = Operand.write("z", z)) {
      each(m, v, e, o, mu.elements());
    }
  }

  /// The loop behind [#each(Matrix, Matrix, Matrix, Matrix)], on checked operands.
  abstract void each(Operand mu, Operand logvar, Operand eps, Operand z, long n);

  /// The form in which float32 data is computed in float32.
  public abstract Reparameterize single();

  /// Plain loops.
  static final class Scalar extends Reparameterize {
    @Override
    public Reparameterize single() {
      return new SingleScalar();
    }

    @Override
    void each(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      for (long i = 0; i < n; i++) {
        double sigma = Exp.of(0.5 * logvar.get(i));
        z.put(i, Math.fma(sigma, eps.get(i), mu.get(i)));
      }
    }
  }

  /// Tile by tile: half the log-variances, [Exp], then fma.
  static final class Simd extends Reparameterize {
    @Override
    public Reparameterize single() {
      return new SingleSimd();
    }

    @Override
    void each(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      Tiles.each(
          n,
          (from, count, tile) -> {
            Tiles.Simd.fill(logvar, from, count, 0.5, 0, tile);
            Exp.Simd.map(tile, tile, count);
            long e = eps.at(from);
            long m = mu.at(from);
            switch (mu.type()) {
              case FLOAT64 -> TileLoops.Simd.combine64(tile, e, m, z.at(from), count);
              case FLOAT32 -> TileLoops.Simd.combine32(tile, e, m, z.at(from), count);
              case FLOAT16, BFLOAT16 -> throw mu.notWidened();
            }
          });
    }
  }

  /// Plain loops in float32.
  static final class SingleScalar extends Reparameterize {
    private final Scalar plain = new Scalar();

    @Override
    public Reparameterize single() {
      return this;
    }

    @Override
    void each(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      switch (mu.type()) {
        case FLOAT64 -> plain.each(mu, logvar, eps, z, n);
        case FLOAT32 -> each(mu.address(), logvar.address(), eps.address(), z.address(), 0, n);
        case FLOAT16, BFLOAT16 -> throw mu.notWidened();
      }
    }

    static void each(long mu, long logvar, long eps, long z, long from, long to) {
      for (long i = from; i < to; i++) {
        long at = i * Float.BYTES;
        float sigma = Exp32.of(0.5f * Memory.f32(logvar + at));
        Memory.f32(z + at, Math.fma(sigma, Memory.f32(eps + at), Memory.f32(mu + at)));
      }
    }
  }

  /// One vector loop in float32.
  static final class SingleSimd extends Reparameterize {
    private static final FloatVector HALF = FloatVector.broadcast(F32, 0.5f);

    private final Simd simd = new Simd();

    @Override
    public Reparameterize single() {
      return this;
    }

    @Override
    void each(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
      switch (mu.type()) {
        case FLOAT64 -> simd.each(mu, logvar, eps, z, n);
        case FLOAT32 -> each32(mu, logvar, eps, z, n);
        case FLOAT16, BFLOAT16 -> throw mu.notWidened();
      }
    }

    private static void each32(Operand mu, Operand logvar, Operand eps, Operand z, long n) {
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
  }
}
