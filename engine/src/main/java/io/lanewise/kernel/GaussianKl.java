package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
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
public sealed interface GaussianKl
    permits GaussianKl.Scalar, GaussianKl.Simd, GaussianKl.SingleScalar, GaussianKl.SingleSimd {
  /// Divergences of rows of float32.
  ///
  /// @param mu means, `rows x dim` float32, row-major
  /// @param logvar natural logarithms of the variances, same shape
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment mu, MemorySegment logvar, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand m = Operand.read("mu", mu, rows, dim, Float.BYTES);
        Operand v = Operand.read("logvar", logvar, rows, dim, Float.BYTES)) {
      rowsF32(m, v, rows, dim, out);
    }
  }

  /// The same on float64.
  default void f64(MemorySegment mu, MemorySegment logvar, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand m = Operand.read("mu", mu, rows, dim, Double.BYTES);
        Operand v = Operand.read("logvar", logvar, rows, dim, Double.BYTES)) {
      rowsF64(m, v, rows, dim, out);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out);

  /// The loop behind [#f64], on checked operands.
  void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out);

  /// The form in which float32 data is computed in float32.
  GaussianKl single();

  /// Plain loops.
  final class Scalar implements GaussianKl {
    @Override
    public GaussianKl single() {
      return new SingleScalar();
    }

    @Override
    public void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Float.BYTES;
        for (int i = 0; i < dim; i++) {
          lanes[i & 15] += term32(mu.address() + at, logvar.address() + at, i);
        }
        out[r] = 0.5 * Lanes.reduce(lanes);
      }
    }

    static double term32(long mu, long logvar, long i) {
      double m = Memory.f32(mu + i * Float.BYTES);
      return Math.fma(m, m, ExpRemainder.of(Memory.f32(logvar + i * Float.BYTES)));
    }

    @Override
    public void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Double.BYTES;
        for (int i = 0; i < dim; i++) {
          lanes[i & 15] += term64(mu.address() + at, logvar.address() + at, i);
        }
        out[r] = 0.5 * Lanes.reduce(lanes);
      }
    }

    static double term64(long mu, long logvar, long i) {
      double m = Memory.f64(mu + i * Double.BYTES);
      return Math.fma(m, m, ExpRemainder.of(Memory.f64(logvar + i * Double.BYTES)));
    }
  }

  /// Vector loops over tiles: [ExpRemainder] of the log-variances, plus the squared means.
  final class Simd implements GaussianKl {
    @Override
    public GaussianKl single() {
      return new SingleSimd();
    }

    @Override
    public void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums(
          rows,
          dim,
          out,
          (from, count, tile) -> {
            ExpRemainder.Simd.map32(
                logvar.address() + from * Float.BYTES, tile, count, tile + Tiles.SCRATCH);
            addSquares32(mu.address() + from * Float.BYTES, count, tile);
          });
      halve(out, rows);
    }

    private static void addSquares32(long mu, int n, long tile) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = tile + (long) i * Double.BYTES;
        DoubleVector m =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, mu + (long) i * Float.BYTES, NATIVE)
                    .convertShape(F2D, F64, 0);
        m.fma(m, DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE))
            .intoMemorySegment(MEMORY, at, NATIVE);
      }
      for (; i < n; i++) {
        long at = tile + (long) i * Double.BYTES;
        double m = Memory.f32(mu + (long) i * Float.BYTES);
        Memory.f64(at, Math.fma(m, m, Memory.f64(at)));
      }
    }

    @Override
    public void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums(
          rows,
          dim,
          out,
          (from, count, tile) -> {
            ExpRemainder.Simd.map64(
                logvar.address() + from * Double.BYTES, tile, count, tile + Tiles.SCRATCH);
            addSquares64(mu.address() + from * Double.BYTES, count, tile);
          });
      halve(out, rows);
    }

    private static void addSquares64(long mu, int n, long tile) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = tile + (long) i * Double.BYTES;
        DoubleVector m =
            DoubleVector.fromMemorySegment(F64, MEMORY, mu + (long) i * Double.BYTES, NATIVE);
        m.fma(m, DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE))
            .intoMemorySegment(MEMORY, at, NATIVE);
      }
      for (; i < n; i++) {
        long at = tile + (long) i * Double.BYTES;
        double m = Memory.f64(mu + (long) i * Double.BYTES);
        Memory.f64(at, Math.fma(m, m, Memory.f64(at)));
      }
    }

    static void halve(double[] out, int rows) {
      for (int r = 0; r < rows; r++) {
        out[r] *= 0.5;
      }
    }
  }

  /// Plain loops in float32.
  final class SingleScalar implements GaussianKl {
    private final Scalar plain = new Scalar();

    @Override
    public GaussianKl single() {
      return this;
    }

    @Override
    public void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
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

    @Override
    public void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      plain.rowsF64(mu, logvar, rows, dim, out);
    }
  }

  /// Vector loops in float32.
  final class SingleSimd implements GaussianKl {
    private final Simd simd = new Simd();

    @Override
    public GaussianKl single() {
      return this;
    }

    @Override
    public void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
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

    @Override
    public void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      simd.rowsF64(mu, logvar, rows, dim, out);
    }
  }
}
