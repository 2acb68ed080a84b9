package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.TileLoops;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The divergence of a diagonal Gaussian from the standard one, per row, in nats: `KL(N(mu,
/// e^logvar) || N(0, 1)) = 1/2 sum (mu^2 + expm1(logvar) - logvar)`.
///
/// The form with expm1 is the one of conventions.md 1.3; `expm1(v) - v` is computed in one piece
/// ([ExpRemainder]), so that a term is never negative and keeps its digits near 0. Everything is
/// float64, in the order of [Lanes]; the empty row gives 0. NaN propagates; an infinite mean or an
/// infinite log-variance of either sign gives infinity.
///
/// In [Precision#SINGLE] the terms of float32 data are float32 ([Exp32]): within 1.1e-6 of their
/// size, 3e-7 where |logvar| < 0.34, never negative, infinite above 3.4e38; a sum of many is within
/// about 1e-7.
public abstract sealed class GaussianKl
    permits GaussianKl.Scalar, GaussianKl.Simd, GaussianKl.SingleScalar, GaussianKl.SingleSimd {
  private GaussianKl() {}

  /// Divergences of rows.
  ///
  /// @param mu means
  /// @param logvar natural logarithms of the variances, of the type and shape of mu
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix mu, Matrix logvar, double[] out) {
    Operand.checkAlike("logvar", logvar, mu);
    Operand.checkRows("out", out.length, mu.rows());
    try (Operand m = Operand.readWidened("mu", mu);
        Operand v = Operand.readWidened("logvar", logvar)) {
      rows(m, v, mu.rows(), mu.columns(), out);
    }
  }

  /// The loop behind [#rows(Matrix, Matrix, double[])], on checked operands.
  abstract void rows(Operand mu, Operand logvar, int rows, int dim, double[] out);

  /// The form in which float32 data is computed in float32.
  public abstract GaussianKl single();

  /// Plain loops.
  static final class Scalar extends GaussianKl {
    @Override
    public GaussianKl single() {
      return new SingleScalar();
    }

    @Override
    void rows(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim;
        for (int i = 0; i < dim; i++) {
          double m = mu.get(at + i);
          lanes[i & 15] += Math.fma(m, m, ExpRemainder.of(logvar.get(at + i)));
        }
        out[r] = 0.5 * Lanes.reduce(lanes);
      }
    }
  }

  /// Vector loops over tiles: [ExpRemainder] of the log-variances, plus the squared means.
  static final class Simd extends GaussianKl {
    @Override
    public GaussianKl single() {
      return new SingleSimd();
    }

    @Override
    void rows(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums(
          rows,
          dim,
          out,
          (from, count, tile) -> {
            long scratch = tile + Tiles.SCRATCH;
            switch (mu.type()) {
              case FLOAT64 -> {
                ExpRemainder.Simd.map64(logvar.at(from), tile, count, scratch);
                TileLoops.Simd.addSquares64(mu.at(from), tile, count);
              }
              case FLOAT32 -> {
                ExpRemainder.Simd.map32(logvar.at(from), tile, count, scratch);
                TileLoops.Simd.addSquares32(mu.at(from), tile, count);
              }
              case FLOAT16, BFLOAT16 -> throw mu.notWidened();
            }
          });
      halve(out, rows);
    }

    static void halve(double[] out, int rows) {
      for (int r = 0; r < rows; r++) {
        out[r] *= 0.5;
      }
    }
  }

  /// Plain loops in float32.
  static final class SingleScalar extends GaussianKl {
    private final Scalar plain = new Scalar();

    @Override
    public GaussianKl single() {
      return this;
    }

    @Override
    void rows(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      switch (mu.type()) {
        case FLOAT64 -> plain.rows(mu, logvar, rows, dim, out);
        case FLOAT32 -> rows32(mu, logvar, rows, dim, out);
        case FLOAT16, BFLOAT16 -> throw mu.notWidened();
      }
    }

    private static void rows32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Float.BYTES;
        for (int i = 0; i < dim; i++) {
          lanes[i & 15] += term(mu.address() + at, logvar.address() + at, i);
        }
        out[r] = 0.5 * Lanes.reduce(lanes);
      }
    }

    static float term(long mu, long logvar, long i) {
      float m = Memory.f32(mu + i * Float.BYTES);
      float v = Memory.f32(logvar + i * Float.BYTES);
      float rest = Math.abs(v) <= Exp32.PLAIN ? Exp32.remainder(v) : (float) ExpRemainder.of(v);
      return Math.fma(m, m, rest);
    }
  }

  /// Vector loops in float32.
  static final class SingleSimd extends GaussianKl {
    private final Simd simd = new Simd();

    @Override
    public GaussianKl single() {
      return this;
    }

    @Override
    void rows(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      switch (mu.type()) {
        case FLOAT64 -> simd.rows(mu, logvar, rows, dim, out);
        case FLOAT32 -> rows32(mu, logvar, rows, dim, out);
        case FLOAT16, BFLOAT16 -> throw mu.notWidened();
      }
    }

    private static void rows32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums32(
          rows,
          dim,
          out,
          (from, count, tile) ->
              terms(
                  mu.address() + from * Float.BYTES,
                  logvar.address() + from * Float.BYTES,
                  count,
                  tile));
      Simd.halve(out, rows);
    }

    private static void terms(long mu, long logvar, int n, long tile) {
      for (int i = vectors(mu, logvar, 0, n, tile); i < n; i = vectors(mu, logvar, i, n, tile)) {
        for (int end = Math.min(i + L32, n); i < end; i++) {
          Memory.f32(tile + (long) i * Float.BYTES, SingleScalar.term(mu, logvar, i));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or leaves [Exp32#PLAIN].
    private static int vectors(long mu, long logvar, int from, int n, long tile) {
      int i = from;
      for (; i <= n - L32; i += L32) {
        long at = (long) i * Float.BYTES;
        FloatVector v = FloatVector.fromMemorySegment(F32, MEMORY, logvar + at, NATIVE);
        if (!v.abs().compare(LE, Exp32.Simd.V_PLAIN).allTrue()) {
          break;
        }
        FloatVector t = v.fma(Exp32.Simd.V_INV_LN2, Exp32.Simd.V_MAGIC);
        FloatVector k = t.sub(Exp32.Simd.V_MAGIC);
        FloatVector r = k.fma(Exp32.Simd.MINUS_LN2_LO, k.fma(Exp32.Simd.MINUS_LN2_HI, v));
        FloatVector z = r.mul(r);
        FloatVector odd = Exp32.Simd.V5.fma(z, Exp32.Simd.V3).fma(z, Exp32.Simd.V1);
        FloatVector q = Exp32.Simd.V4.fma(z, Exp32.Simd.V2).fma(r, odd).fma(r, Exp32.Simd.V0);
        FloatVector scale =
            t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector line = scale.fma(r, scale.sub(Exp32.Simd.ONE).sub(v));
        FloatVector m = FloatVector.fromMemorySegment(F32, MEMORY, mu + at, NATIVE);
        m.fma(m, scale.fma(z.mul(q), line)).intoMemorySegment(MEMORY, tile + at, NATIVE);
      }
      return i;
    }
  }
}
