package io.lanewise.kernel;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Dot products of all rows of one matrix with all rows of another: `out_ij = sum_k x_ik y_jk`. The
/// kernel behind everything that compares all pairs of rows.
///
/// Columns are taken in blocks of [#BLOCK]; in a block a product is one chain of fma in the order
/// of the columns, from 0, and blocks are added in float64. So every pair has the same bits
/// wherever its rows are in a matrix, on every vector width. What the chain is rounded to is the
/// caller's choice: float64 ([#f64], [#wide]), or float32 ([#f32]), which is twice as fast and has
/// the error of [#error(boolean, int)].
///
/// NaN and infinities propagate into their pairs; with [#f32] a chain that leaves the range of
/// float32 is infinite or NaN. Rows without columns give 0.
public sealed interface PairwiseProducts permits PairwiseProducts.Scalar, PairwiseProducts.Simd {
  /// Columns of a block.
  int BLOCK = 256;

  /// Largest error of a product, as a share of `|x_i| |y_j|` (by Cauchy and Schwarz, of the sum of
  /// magnitudes): a chain of n roundings to u has `n u / (1 - n u)` (Higham, *Accuracy and
  /// Stability of Numerical Algorithms*, lemma 3.1).
  ///
  /// @param narrow whether by [#f32]
  static double error(boolean narrow, int dim) {
    double wide = (BLOCK + dim / BLOCK + 2) * 0x1p-53;
    return 1.01 * (narrow ? Math.min(BLOCK, dim) * 0x1p-24 + wide : wide);
  }

  /// Products of rows of float32, each block rounded to float32 on its way.
  ///
  /// @param x `rowsX x dim` float32, row-major
  /// @param y `rowsY x dim` float32
  /// @param out `rowsX x rowsY`, row-major
  /// @param scratch the calling thread's
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment x,
      int rowsX,
      MemorySegment y,
      int rowsY,
      int dim,
      double[] out,
      Scratch scratch) {
    check(rowsX, rowsY, out);
    try (Operand pX = Operand.read("x", x, rowsX, dim, Float.BYTES);
        Operand pY = Operand.read("y", y, rowsY, dim, Float.BYTES)) {
      productsF32(pX, rowsX, pY, rowsY, dim, out, scratch);
    }
  }

  /// Products of rows of float32, widened to float64 before anything is rounded.
  ///
  /// @param x `rowsX x dim` float32, row-major
  /// @param y `rowsY x dim` float32
  /// @param out `rowsX x rowsY`, row-major
  /// @param scratch the calling thread's
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void wide(
      MemorySegment x,
      int rowsX,
      MemorySegment y,
      int rowsY,
      int dim,
      double[] out,
      Scratch scratch) {
    check(rowsX, rowsY, out);
    try (Operand pX = Operand.read("x", x, rowsX, dim, Float.BYTES);
        Operand pY = Operand.read("y", y, rowsY, dim, Float.BYTES)) {
      productsWide(pX, rowsX, pY, rowsY, dim, out, scratch);
    }
  }

  /// Products of rows of float64.
  ///
  /// @param x `rowsX x dim` float64, row-major
  /// @param y `rowsY x dim` float64
  /// @param out `rowsX x rowsY`, row-major
  /// @param scratch the calling thread's
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f64(
      MemorySegment x,
      int rowsX,
      MemorySegment y,
      int rowsY,
      int dim,
      double[] out,
      Scratch scratch) {
    check(rowsX, rowsY, out);
    try (Operand pX = Operand.read("x", x, rowsX, dim, Double.BYTES);
        Operand pY = Operand.read("y", y, rowsY, dim, Double.BYTES)) {
      productsF64(pX, rowsX, pY, rowsY, dim, out, scratch);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void productsF32(
      Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch);

  /// The loop behind [#wide], on checked operands.
  void productsWide(
      Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch);

  /// The loop behind [#f64], on checked operands.
  void productsF64(
      Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch);

  /// Memory that a call works in, to be used again: grown where it is too small, never shrunk. One
  /// thread at a time.
  final class Scratch {
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
  int CHUNK = 8 * BLOCK;

  private static void check(int rowsX, int rowsY, double[] out) {
    if (out.length < (long) rowsX * rowsY) {
      throw new IndexOutOfBoundsException(
          "operand 'out': found " + out.length + " entries, expected " + rowsX + " x " + rowsY);
    }
  }

  /// Plain loops.
  final class Scalar implements PairwiseProducts {
    @Override
    public void productsF32(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      all(Scalar::chain32, Float.BYTES, x, rowsX, y, rowsY, dim, out);
    }

    @Override
    public void productsWide(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      all(Scalar::chainWide, Float.BYTES, x, rowsX, y, rowsY, dim, out);
    }

    @Override
    public void productsF64(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      all(Scalar::chain64, Double.BYTES, x, rowsX, y, rowsY, dim, out);
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
  final class Simd implements PairwiseProducts {
    @Override
    public void productsF32(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      new PairwisePanels.Narrow(rowsX, rowsY, dim, scratch).products(x, y, out);
    }

    @Override
    public void productsWide(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      new PairwisePanels.Wide(Float.BYTES, rowsX, rowsY, dim, scratch).products(x, y, out);
    }

    @Override
    public void productsF64(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      new PairwisePanels.Wide(Double.BYTES, rowsX, rowsY, dim, scratch).products(x, y, out);
    }
  }
}
