package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.Species;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// First and second moments of every column, so that mean and variance do not depend on how rows
/// are batched.
///
/// For `d = x - shift_j` (float64) the sums of d and of d^2 are kept as double-doubles (TwoSum,
/// TwoProduct by fma: Ogita, Rump, Oishi 2005), added in row order: any split into batches, in
/// order, gives the same bits. With the first row as shift a constant column has moments of exactly
/// 0. NaN and infinities turn their column's moments into NaN.
public sealed interface ColumnMoments permits ColumnMoments.Scalar, ColumnMoments.Simd {
  /// Adds rows of float32 to the moments.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param sumHi sums of d, high parts: updated, zeros before the first batch
  /// @param sumLo their low parts
  /// @param sqHi sums of d^2, high parts
  /// @param sqLo their low parts
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment x,
      int rows,
      int dim,
      double[] shift,
      double[] sumHi,
      double[] sumLo,
      double[] sqHi,
      double[] sqLo) {
    checkColumns(dim, shift, sumHi, sumLo, sqHi, sqLo);
    try (Operand a = Operand.read("x", x, rows, dim, Float.BYTES)) {
      rowsF32(a, rows, dim, shift, sumHi, sumLo, sqHi, sqLo);
    }
  }

  /// Adds rows of float64 to the moments.
  ///
  /// @param x `rows x dim` float64, row-major
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param sumHi sums of d, high parts: updated, zeros before the first batch
  /// @param sumLo their low parts
  /// @param sqHi sums of d^2, high parts
  /// @param sqLo their low parts
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f64(
      MemorySegment x,
      int rows,
      int dim,
      double[] shift,
      double[] sumHi,
      double[] sumLo,
      double[] sqHi,
      double[] sqLo) {
    checkColumns(dim, shift, sumHi, sumLo, sqHi, sqLo);
    try (Operand a = Operand.read("x", x, rows, dim, Double.BYTES)) {
      rowsF64(a, rows, dim, shift, sumHi, sumLo, sqHi, sqLo);
    }
  }

  /// The mean of a column of n values: `shift + sum / n`.
  static double mean(long n, double shift, double sumHi, double sumLo) {
    return shift + (sumHi + sumLo) / n;
  }

  /// The variance of a column of n values with divisor `n - ddof`: `(sq - sum^2 / n) / (n - ddof)`,
  /// the numerator in double-double.
  static double variance(long n, int ddof, double sumHi, double sumLo, double sqHi, double sqLo) {
    double p = sumHi * sumHi;
    double e = Math.fma(sumHi, sumHi, -p) + 2 * (sumHi * sumLo);
    double q = p / n;
    double rest = (Math.fma(-q, (double) n, p) + e) / n;
    double d = sqHi - q;
    double b = d - sqHi;
    double low = (sqHi - (d - b)) - (q + b);
    return (d + (low + (sqLo - rest))) / (n - ddof);
  }

  /// The loop behind [#f32], on a checked operand.
  void rowsF32(
      Operand x,
      int rows,
      int dim,
      double[] shift,
      double[] sumHi,
      double[] sumLo,
      double[] sqHi,
      double[] sqLo);

  /// The loop behind [#f64], on a checked operand.
  void rowsF64(
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
  final class Scalar implements ColumnMoments {
    @Override
    public void rowsF32(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      columns32(x.address(), 0, rows, 0, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
    }

    static void columns32(
        long x,
        int firstRow,
        int rows,
        int first,
        int last,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      for (int r = firstRow; r < rows; r++) {
        for (int j = first; j < last; j++) {
          double d = Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
          add(d, j, sumHi, sumLo, sqHi, sqLo);
        }
      }
    }

    @Override
    public void rowsF64(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      columns64(x.address(), 0, rows, 0, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
    }

    static void columns64(
        long x,
        int firstRow,
        int rows,
        int first,
        int last,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      for (int r = firstRow; r < rows; r++) {
        for (int j = first; j < last; j++) {
          double d = Memory.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
          add(d, j, sumHi, sumLo, sqHi, sqLo);
        }
      }
    }

    private static void add(
        double d, int j, double[] sumHi, double[] sumLo, double[] sqHi, double[] sqLo) {
      double h = sumHi[j];
      double s = h + d;
      double b = s - h;
      sumHi[j] = s;
      sumLo[j] += (h - (s - b)) + (d - b);
      double p = d * d;
      double e = Math.fma(d, d, -p);
      double g = sqHi[j];
      double t = g + p;
      double c = t - g;
      sqHi[j] = t;
      sqLo[j] += ((g - (t - c)) + (p - c)) + e;
    }
  }

  /// Vector loops: across columns, a few rows at a time, so that a row is read in sequence and the
  /// sums stay in registers.
  final class Simd implements ColumnMoments {
    private static final int ROWS = 8;

    @Override
    public void rowsF32(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      int whole = dim - dim % L;
      for (int r = 0; r < rows; r += ROWS) {
        int last = Math.min(r + ROWS, rows);
        vectors32(x.address(), r, last, whole, dim, shift, sumHi, sumLo, sqHi, sqLo);
        Scalar.columns32(x.address(), r, last, whole, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
      }
    }

    private static void vectors32(
        long x,
        int first,
        int last,
        int whole,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      for (int j = 0; j < whole; j += L) {
        DoubleVector m = DoubleVector.fromArray(Species.F64, shift, j);
        DoubleVector h = DoubleVector.fromArray(Species.F64, sumHi, j);
        DoubleVector l = DoubleVector.fromArray(Species.F64, sumLo, j);
        DoubleVector g = DoubleVector.fromArray(Species.F64, sqHi, j);
        DoubleVector k = DoubleVector.fromArray(Species.F64, sqLo, j);
        for (int r = first; r < last; r++) {
          DoubleVector d =
              ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + ((long) r * dim + j) * Float.BYTES, NATIVE)
                          .convertShape(F2D, F64, 0))
                  .sub(m);
          DoubleVector s = h.add(d);
          DoubleVector b = s.sub(h);
          l = l.add(h.sub(s.sub(b)).add(d.sub(b)));
          h = s;
          DoubleVector p = d.mul(d);
          DoubleVector e = d.fma(d, p.neg());
          DoubleVector t = g.add(p);
          DoubleVector c = t.sub(g);
          k = k.add(g.sub(t.sub(c)).add(p.sub(c)).add(e));
          g = t;
        }
        h.intoArray(sumHi, j);
        l.intoArray(sumLo, j);
        g.intoArray(sqHi, j);
        k.intoArray(sqLo, j);
      }
    }

    @Override
    public void rowsF64(
        Operand x,
        int rows,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      int whole = dim - dim % L;
      for (int r = 0; r < rows; r += ROWS) {
        int last = Math.min(r + ROWS, rows);
        vectors64(x.address(), r, last, whole, dim, shift, sumHi, sumLo, sqHi, sqLo);
        Scalar.columns64(x.address(), r, last, whole, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
      }
    }

    private static void vectors64(
        long x,
        int first,
        int last,
        int whole,
        int dim,
        double[] shift,
        double[] sumHi,
        double[] sumLo,
        double[] sqHi,
        double[] sqLo) {
      for (int j = 0; j < whole; j += L) {
        DoubleVector m = DoubleVector.fromArray(Species.F64, shift, j);
        DoubleVector h = DoubleVector.fromArray(Species.F64, sumHi, j);
        DoubleVector l = DoubleVector.fromArray(Species.F64, sumLo, j);
        DoubleVector g = DoubleVector.fromArray(Species.F64, sqHi, j);
        DoubleVector k = DoubleVector.fromArray(Species.F64, sqLo, j);
        for (int r = first; r < last; r++) {
          DoubleVector d =
              DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + ((long) r * dim + j) * Double.BYTES, NATIVE)
                  .sub(m);
          DoubleVector s = h.add(d);
          DoubleVector b = s.sub(h);
          l = l.add(h.sub(s.sub(b)).add(d.sub(b)));
          h = s;
          DoubleVector p = d.mul(d);
          DoubleVector e = d.fma(d, p.neg());
          DoubleVector t = g.add(p);
          DoubleVector c = t.sub(g);
          k = k.add(g.sub(t.sub(c)).add(p.sub(c)).add(e));
          g = t;
        }
        h.intoArray(sumHi, j);
        l.intoArray(sumLo, j);
        g.intoArray(sqHi, j);
        k.intoArray(sqLo, j);
      }
    }
  }
}
