package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Memory;
import java.util.Arrays;

/// Dot products of all rows of one matrix with all rows of another: `out_ij = sum_k x_ik y_jk`. The
/// kernel behind everything that compares all pairs of rows.
///
/// Columns are taken in blocks of [#BLOCK]; in a block a product is one chain of fma in the order
/// of the columns, from 0, and blocks are added in float64. So every pair has the same bits
/// wherever its rows are in a matrix, on every vector width. What the chain is rounded to is the
/// caller's choice: float64 ([#rows]), or float32 ([#narrow]), which is twice as fast and has the
/// error of [#error(boolean, int)].
///
/// NaN and infinities propagate into their pairs; with [#narrow] a chain that leaves the range of
/// float32 is infinite or NaN. Rows without columns give 0.
public abstract sealed class PairwiseProducts
    permits PairwiseProducts.Scalar, PairwiseProducts.Simd {
  private PairwiseProducts() {}

  /// Columns of a block.
  public static final int BLOCK = 256;

  /// Largest error of a product, as a share of `|x_i| |y_j|` (by Cauchy and Schwarz, of the sum of
  /// magnitudes): a chain of n roundings to u has `n u / (1 - n u)` (Higham, *Accuracy and
  /// Stability of Numerical Algorithms*, lemma 3.1).
  ///
  /// @param narrow whether by [#narrow]
  public static double error(boolean narrow, int dim) {
    double wide = (BLOCK + dim / BLOCK + 2) * 0x1p-53;
    return 1.01 * (narrow ? Math.min(BLOCK, dim) * 0x1p-24 + wide : wide);
  }

  /// Products of rows, in float64 from the first product on.
  ///
  /// @param y of the type and the columns of x
  /// @param out `x.rows() x y.rows()`, row-major
  /// @param scratch the calling thread's
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, Matrix y, double[] out, Scratch scratch) {
    check(x, y, out);
    try (Operand a = Operand.readWidened("x", x);
        Operand b = Operand.readWidened("y", y)) {
      rows(a, x.rows(), b, y.rows(), x.columns(), out, scratch);
    }
  }

  /// Products of rows of up to 32 bits, each block rounded to float32 on its way.
  ///
  /// @throws IllegalArgumentException for rows of float64
  public final void narrow(Matrix x, Matrix y, double[] out, Scratch scratch) {
    check(x, y, out);
    if (x.type() == FloatType.FLOAT64) {
      throw new IllegalArgumentException(
          "operand 'x': found float64, expected rows of at most 32 bits for chains of float32");
    }
    try (Operand a = Operand.readWidened("x", x);
        Operand b = Operand.readWidened("y", y)) {
      narrow(a, x.rows(), b, y.rows(), x.columns(), out, scratch);
    }
  }

  /// The loop behind [#rows(Matrix, Matrix, double[], Scratch)], on checked operands.
  abstract void rows(
      Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch);

  /// The loop behind [#narrow(Matrix, Matrix, double[], Scratch)], on checked operands of float32.
  abstract void narrow(
      Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch);

  /// Memory that a call works in, to be used again: grown where it is too small, never shrunk. One
  /// thread at a time.
  public static final class Scratch {
    private float[] x32 = {};
    private float[] y32 = {};
    private double[] x64 = {};
    private double[] y64 = {};
    private double[] sums = {};

    float[] x32(int length) {
      x32 = x32.length < length ? new float[length] : x32;
      return x32;
    }

    float[] y32(int length) {
      y32 = y32.length < length ? new float[length] : y32;
      return y32;
    }

    double[] x64(int length) {
      x64 = x64.length < length ? new double[length] : x64;
      return x64;
    }

    double[] y64(int length) {
      y64 = y64.length < length ? new double[length] : y64;
      return y64;
    }

    /// Zeros.
    double[] sums(int length) {
      if (sums.length < length) {
        sums = new double[length];
      } else {
        Arrays.fill(sums, 0, length, 0);
      }
      return sums;
    }

    /// What products of `rows` by `rows` rows of any type and length take at most, up to padding.
    public static long bytes(int rows) {
      return Double.BYTES * rows * (2L * CHUNK + rows);
    }
  }

  /// Columns that are packed at a time: rows are read in long runs, and no number of columns takes
  /// more memory than this.
  public static final int CHUNK = 8 * BLOCK;

  private static void check(Matrix x, Matrix y, double[] out) {
    if (y.type() != x.type() || y.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "operand 'y': found %s of %d columns, expected %s of %d as in 'x'"
              .formatted(y.type(), y.columns(), x.type(), x.columns()));
    }
    if (out.length < (long) x.rows() * y.rows()) {
      throw new IndexOutOfBoundsException(
          "operand 'out': found %d entries, expected %d x %d"
              .formatted(out.length, x.rows(), y.rows()));
    }
  }

  /// Plain loops.
  static final class Scalar extends PairwiseProducts {
    @Override
    void rows(Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      Chain chain =
          switch (x.type()) {
            case FLOAT64 -> Scalar::chain64;
            case FLOAT32 -> Scalar::chainWide;
            case FLOAT16, BFLOAT16 -> throw x.notWidened();
          };
      all(chain, x.type().bytes(), x, rowsX, y, rowsY, dim, out);
    }

    @Override
    void narrow(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      all(Scalar::chain32, Float.BYTES, x, rowsX, y, rowsY, dim, out);
    }

    /// The products of some columns of two rows.
    private interface Chain {
      double of(long a, long b, int columns);
    }

    private static void all(
        Chain chain, int bytes, Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out) {
      long row = (long) dim * bytes;
      for (int i = 0; i < rowsX; i++) {
        for (int j = 0; j < rowsY; j++) {
          double total = 0;
          for (int from = 0; from < dim; from += BLOCK) {
            long at = (long) from * bytes;
            total +=
                chain.of(
                    x.address() + i * row + at,
                    y.address() + j * row + at,
                    Math.min(BLOCK, dim - from));
          }
          out[i * rowsY + j] = total;
        }
      }
    }

    private static double chain32(long a, long b, int columns) {
      float chain = 0;
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Float.BYTES;
        chain = Math.fma(Memory.f32(a + at), Memory.f32(b + at), chain);
      }
      return chain;
    }

    private static double chainWide(long a, long b, int columns) {
      double chain = 0;
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Float.BYTES;
        chain = Math.fma(Memory.f32(a + at), Memory.f32(b + at), chain);
      }
      return chain;
    }

    private static double chain64(long a, long b, int columns) {
      double chain = 0;
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Double.BYTES;
        chain = Math.fma(Memory.f64(a + at), Memory.f64(b + at), chain);
      }
      return chain;
    }
  }

  /// Vector loops over packed rows, [PairwisePanels].
  static final class Simd extends PairwiseProducts {
    @Override
    void rows(Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      new PairwisePanels.Wide(x.type().bytes(), rowsX, rowsY, dim, scratch).products(x, y, out);
    }

    @Override
    void narrow(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      new PairwisePanels.Narrow(rowsX, rowsY, dim, scratch).products(x, y, out);
    }
  }
}
