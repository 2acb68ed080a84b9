package io.lanewise.kernel;

import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.load32;
import static io.lanewise.kernel.Species.load64;
import static io.lanewise.kernel.Species.store64;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;

/// The divergence of a diagonal Gaussian from the standard one, per row, in nats: `KL(N(mu,
/// e^logvar) || N(0, 1)) = 1/2 sum (mu^2 + expm1(logvar) - logvar)`.
///
/// The form with expm1 is the one of conventions.md 1.3; `expm1(v) - v` is computed in one piece
/// ([ExpRemainder]), so that a term is never negative and keeps its digits near 0. Everything is
/// float64, in the order of [Lanes]; the empty row gives 0. NaN propagates; an infinite mean or an
/// infinite log-variance of either sign gives infinity.
public sealed interface GaussianKl permits GaussianKl.Scalar, GaussianKl.Simd {
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

  /// Plain loops.
  final class Scalar implements GaussianKl {
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
      double m = Operand.f32(mu + i * Float.BYTES);
      return Math.fma(m, m, ExpRemainder.of(Operand.f32(logvar + i * Float.BYTES)));
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
      double m = Operand.f64(mu + i * Double.BYTES);
      return Math.fma(m, m, ExpRemainder.of(Operand.f64(logvar + i * Double.BYTES)));
    }
  }

  /// Vector loops.
  final class Simd implements GaussianKl {
    @Override
    public void rowsF32(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums(
          rows,
          dim,
          out,
          (from, count, tile) ->
              terms32(
                  mu.address() + from * Float.BYTES,
                  logvar.address() + from * Float.BYTES,
                  count,
                  tile));
      halve(out, rows);
    }

    private static void terms32(long mu, long logvar, int count, long tile) {
      int i = 0;
      while (i < count) {
        i = vectors32(mu, logvar, i, count, tile);
        for (int end = Math.min(i + L, count); i < end; i++) {
          Operand.f64(tile + (long) i * Double.BYTES, Scalar.term32(mu, logvar, i));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs
    /// [ExpRemainder#of(double)].
    private static int vectors32(long mu, long logvar, int from, int count, long tile) {
      int i = from;
      for (; i <= count - L; i += L) {
        DoubleVector v = load32(logvar + (long) i * Float.BYTES);
        if (!Exp.Simd.plain(v)) {
          break;
        }
        DoubleVector m = load32(mu + (long) i * Float.BYTES);
        store64(m.fma(m, ExpRemainder.Simd.of(v)), tile + (long) i * Double.BYTES);
      }
      return i;
    }

    @Override
    public void rowsF64(Operand mu, Operand logvar, int rows, int dim, double[] out) {
      Tiles.rowSums(
          rows,
          dim,
          out,
          (from, count, tile) ->
              terms64(
                  mu.address() + from * Double.BYTES,
                  logvar.address() + from * Double.BYTES,
                  count,
                  tile));
      halve(out, rows);
    }

    private static void terms64(long mu, long logvar, int count, long tile) {
      int i = 0;
      while (i < count) {
        i = vectors64(mu, logvar, i, count, tile);
        for (int end = Math.min(i + L, count); i < end; i++) {
          Operand.f64(tile + (long) i * Double.BYTES, Scalar.term64(mu, logvar, i));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs
    /// [ExpRemainder#of(double)].
    private static int vectors64(long mu, long logvar, int from, int count, long tile) {
      int i = from;
      for (; i <= count - L; i += L) {
        DoubleVector v = load64(logvar + (long) i * Double.BYTES);
        if (!Exp.Simd.plain(v)) {
          break;
        }
        DoubleVector m = load64(mu + (long) i * Double.BYTES);
        store64(m.fma(m, ExpRemainder.Simd.of(v)), tile + (long) i * Double.BYTES);
      }
      return i;
    }

    private static void halve(double[] out, int rows) {
      for (int r = 0; r < rows; r++) {
        out[r] *= 0.5;
      }
    }
  }
}
