package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.ColumnMomentsLoops;

/// First and second moments of every column, so that mean and variance do not depend on how rows
/// are batched.
///
/// For `d = x - shift_j` (float64) the sums of d and of d^2 are kept as double-doubles (TwoSum,
/// TwoProduct by fma: Ogita, Rump, Oishi 2005), added in row order: any split into batches, in
/// order, gives the same bits. With the first row as shift a constant column has moments of exactly
/// 0. NaN and infinities turn their column's moments into NaN.
public abstract sealed class ColumnMoments permits ColumnMoments.Scalar, ColumnMoments.Simd {
  private ColumnMoments() {}

  /// Adds rows to the moments.
  ///
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param sumHi sums of d, high parts: updated, zeros before the first batch
  /// @param sumLo their low parts
  /// @param sqHi sums of d^2, high parts
  /// @param sqLo their low parts
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(
      Matrix x, double[] shift, double[] sumHi, double[] sumLo, double[] sqHi, double[] sqLo) {
    checkColumns(x.columns(), shift, sumHi, sumLo, sqHi, sqLo);
    try (Operand a = Operand.readWidened("x", x)) {
      rows(a, x.rows(), x.columns(), shift, sumHi, sumLo, sqHi, sqLo);
    }
  }

  /// The mean of a column of n values: `shift + sum / n`.
  public static double mean(long n, double shift, double sumHi, double sumLo) {
    return shift + (sumHi + sumLo) / n;
  }

  /// The variance of a column of n values with divisor `n - ddof`: `(sq - sum^2 / n) / (n - ddof)`,
  /// the numerator in double-double.
  public static double variance(
      long n, int ddof, double sumHi, double sumLo, double sqHi, double sqLo) {
    double p = sumHi * sumHi;
    double e = Math.fma(sumHi, sumHi, -p) + 2 * (sumHi * sumLo);
    double q = p / n;
    double rest = (Math.fma(-q, (double) n, p) + e) / n;
    double d = sqHi - q;
    double b = d - sqHi;
    double low = (sqHi - (d - b)) - (q + b);
    return (d + (low + (sqLo - rest))) / (n - ddof);
  }

  /// The loop behind [#rows(Matrix, double[], double[], double[], double[], double[])], on a
  /// checked operand.
  abstract void rows(
      Operand x,
      int rows,
      int dim,
      double[] shift,
      double[] sumHi,
      double[] sumLo,
      double[] sqHi,
      double[] sqLo);

  private static void checkColumns(int dim, double[]... columns) {
    for (double[] c : columns) {
      if (c.length < dim) {
        throw new IndexOutOfBoundsException(
            "column moments: found an array of "
                + c.length
                + " entries, expected one for each of "
                + dim
                + " columns");
      }
    }
  }

  /// Plain loops.
  static final class Scalar extends ColumnMoments {
    @Override
    void rows(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      switch (x.type()) {
        case FLOAT64 ->
            ColumnMomentsLoops.Scalar.columns64(
                x.address(), 0, rows, 0, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
        case FLOAT32 ->
            ColumnMomentsLoops.Scalar.columns32(
                x.address(), 0, rows, 0, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Vector loops: across columns, a few rows at a time, so that a row is read in sequence and the
  /// sums stay in registers.
  static final class Simd extends ColumnMoments {
    @Override
    void rows(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      switch (x.type()) {
        case FLOAT64 ->
            ColumnMomentsLoops.Simd.columns64(
                x.address(), rows, dim, shift, sumHi, sumLo, sqHi, sqLo);
        case FLOAT32 ->
            ColumnMomentsLoops.Simd.columns32(
                x.address(), rows, dim, shift, sumHi, sumLo, sqHi, sqLo);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }
}
