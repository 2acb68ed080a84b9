package io.lanewise.kernel;

import static io.lanewise.kernel.Species.F32;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.L32;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

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
      for (int i = 0; i < rowsX; i++) {
        long a = x.address() + (long) i * dim * Float.BYTES;
        for (int j = 0; j < rowsY; j++) {
          long b = y.address() + (long) j * dim * Float.BYTES;
          double total = 0;
          for (int from = 0; from < dim; from += BLOCK) {
            total += productsF32Chain(a, b, from, Math.min(from + BLOCK, dim));
          }
          out[i * rowsY + j] = total;
        }
      }
    }

    private static float productsF32Chain(long a, long b, int from, int to) {
      float chain = 0;
      for (int k = from; k < to; k++) {
        long at = (long) k * Float.BYTES;
        chain = Math.fma(Operand.f32(a + at), Operand.f32(b + at), chain);
      }
      return chain;
    }

    @Override
    public void productsWide(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      for (int i = 0; i < rowsX; i++) {
        long a = x.address() + (long) i * dim * Float.BYTES;
        for (int j = 0; j < rowsY; j++) {
          long b = y.address() + (long) j * dim * Float.BYTES;
          double total = 0;
          for (int from = 0; from < dim; from += BLOCK) {
            total += productsWideChain(a, b, from, Math.min(from + BLOCK, dim));
          }
          out[i * rowsY + j] = total;
        }
      }
    }

    private static double productsWideChain(long a, long b, int from, int to) {
      double chain = 0;
      for (int k = from; k < to; k++) {
        long at = (long) k * Float.BYTES;
        chain = Math.fma(Operand.f32(a + at), Operand.f32(b + at), chain);
      }
      return chain;
    }

    @Override
    public void productsF64(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      for (int i = 0; i < rowsX; i++) {
        long a = x.address() + (long) i * dim * Double.BYTES;
        for (int j = 0; j < rowsY; j++) {
          long b = y.address() + (long) j * dim * Double.BYTES;
          double total = 0;
          for (int from = 0; from < dim; from += BLOCK) {
            total += productsF64Chain(a, b, from, Math.min(from + BLOCK, dim));
          }
          out[i * rowsY + j] = total;
        }
      }
    }

    private static double productsF64Chain(long a, long b, int from, int to) {
      double chain = 0;
      for (int k = from; k < to; k++) {
        long at = (long) k * Double.BYTES;
        chain = Math.fma(Operand.f64(a + at), Operand.f64(b + at), chain);
      }
      return chain;
    }
  }

  /// Vector loops: rows of both matrices are packed into panels of a few rows, column by column; a
  /// micro-kernel keeps three rows by three vectors of products in registers while it passes over a
  /// block of columns (Goto and van de Geijn 2008; why three by three: [CrossProducts.Simd]). Sums
  /// over blocks are kept in the order in which register blocks are passed over, and become a
  /// row-major matrix with the last block. Of rows with themselves, the same memory twice, half of
  /// the products are computed.
  final class Simd implements PairwiseProducts {
    /// Rows of a register block.
    private static final int HEIGHT = 3;

    /// Bytes of x that one block of columns passes over: half of the smallest second-level cache.
    private static final int STRIP_BYTES = 240 * BLOCK * Float.BYTES;

    /// Rows of a strip, of equal ones none of which is longer than `most`.
    private static int strip(int rows, int most) {
      int strips = Math.max(1, (rows + most - 1) / most);
      return up((rows + strips - 1) / strips, HEIGHT);
    }

    private static int up(int rows, int height) {
      return (rows + height - 1) / height * height;
    }

    @Override
    public void productsF32(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      products32(x, rowsX, y, rowsY, dim, out, scratch);
    }

    @Override
    public void productsWide(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      products64(x, rowsX, y, rowsY, dim, true, out, scratch);
    }

    @Override
    public void productsF64(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      products64(x, rowsX, y, rowsY, dim, false, out, scratch);
    }

    private static void products32(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      int width = 3 * L32;
      int most = strip(rowsX, STRIP_BYTES / BLOCK / Float.BYTES);
      if (dim == 0) {
        Arrays.fill(out, 0, rowsX * rowsY, 0);
      }
      int chunk = Math.min(CHUNK, dim);
      boolean same = x.address() == y.address() && rowsX == rowsY;
      float[] b = scratch.y32(up(rowsY, width) * chunk);
      float[] a = scratch.x32(up(Math.min(rowsX, most), HEIGHT) * chunk);
      float[] c = new float[HEIGHT * width];
      // Strip after strip, each of as many panels as y has: what a strip has summed up is its own.
      double[] sums = scratch.sums(up(rowsX, HEIGHT) * up(rowsY, width));
      for (int start = 0; start < dim; start += CHUNK) {
        int columns = Math.min(CHUNK, dim - start);
        pack32(y.address(), 0, rowsY, dim, start, columns, width, b);
        int at = 0;
        for (int i0 = 0; i0 < rowsX; i0 += most) {
          int strip = Math.min(most, rowsX - i0);
          pack32(x.address(), i0, strip, dim, start, columns, HEIGHT, a);
          int first = at;
          for (int k = 0; k < columns; k += BLOCK) {
            int depth = Math.min(BLOCK, columns - k);
            int ofA = k * up(strip, HEIGHT);
            int ofB = k * up(rowsY, width);
            boolean last = start + k + depth == dim;
            at = first;
            for (int j = 0; j < rowsY; j += width) {
              for (int i = 0; i < strip; i += HEIGHT, at += HEIGHT * width) {
                if (same && i0 + i >= j + width) {
                  continue;
                }
                block32(a, ofA + i * depth, b, ofB + j * depth, depth, c);
                add32(c, sums, at);
                if (last) {
                  int rows = Math.min(HEIGHT, strip - i);
                  copy(
                      sums,
                      at,
                      width,
                      rows,
                      Math.min(width, rowsY - j),
                      out,
                      (i0 + i) * rowsY + j,
                      rowsY);
                }
              }
            }
          }
        }
      }
      if (same) {
        mirror(out, rowsX);
      }
    }

    private static void products64(
        Operand x,
        int rowsX,
        Operand y,
        int rowsY,
        int dim,
        boolean wide,
        double[] out,
        Scratch scratch) {
      int width = 3 * L;
      int most = strip(rowsX, STRIP_BYTES / BLOCK / Double.BYTES);
      if (dim == 0) {
        Arrays.fill(out, 0, rowsX * rowsY, 0);
      }
      int chunk = Math.min(CHUNK, dim);
      boolean same = x.address() == y.address() && rowsX == rowsY;
      double[] b = scratch.y64(up(rowsY, width) * chunk);
      double[] a = scratch.x64(up(Math.min(rowsX, most), HEIGHT) * chunk);
      double[] c = new double[HEIGHT * width];
      // Strip after strip, each of as many panels as y has: what a strip has summed up is its own.
      double[] sums = scratch.sums(up(rowsX, HEIGHT) * up(rowsY, width));
      for (int start = 0; start < dim; start += CHUNK) {
        int columns = Math.min(CHUNK, dim - start);
        if (wide) {
          packWide(y.address(), 0, rowsY, dim, start, columns, width, b);
        } else {
          pack64(y.address(), 0, rowsY, dim, start, columns, width, b);
        }
        int at = 0;
        for (int i0 = 0; i0 < rowsX; i0 += most) {
          int strip = Math.min(most, rowsX - i0);
          if (wide) {
            packWide(x.address(), i0, strip, dim, start, columns, HEIGHT, a);
          } else {
            pack64(x.address(), i0, strip, dim, start, columns, HEIGHT, a);
          }
          int first = at;
          for (int k = 0; k < columns; k += BLOCK) {
            int depth = Math.min(BLOCK, columns - k);
            int ofA = k * up(strip, HEIGHT);
            int ofB = k * up(rowsY, width);
            boolean last = start + k + depth == dim;
            at = first;
            for (int j = 0; j < rowsY; j += width) {
              for (int i = 0; i < strip; i += HEIGHT, at += HEIGHT * width) {
                if (same && i0 + i >= j + width) {
                  continue;
                }
                block64(a, ofA + i * depth, b, ofB + j * depth, depth, c);
                add64(c, sums, at);
                if (last) {
                  int rows = Math.min(HEIGHT, strip - i);
                  copy(
                      sums,
                      at,
                      width,
                      rows,
                      Math.min(width, rowsY - j),
                      out,
                      (i0 + i) * rowsY + j,
                      rowsY);
                }
              }
            }
          }
        }
      }
      if (same) {
        mirror(out, rowsX);
      }
    }

    /// Packs some columns of some rows into panels of `height` rows, a multiple of three, column by
    /// column, all panels of a block of columns before those of the next: what a block passes over
    /// is then one run of memory, which the second-level cache can hold. Rows past the last are 0.
    private static void pack32(
        long x, int first, int rows, int dim, int from, int columns, int height, float[] panels) {
      long row = (long) dim * Float.BYTES;
      int padded = up(rows, height);
      for (int r = 0; r < padded; r += HEIGHT) {
        for (int k = 0; k < columns; k += BLOCK) {
          int depth = Math.min(BLOCK, columns - k);
          long at = x + (first + r) * row + (long) (from + k) * Float.BYTES;
          int to = k * padded + r / height * height * depth + r % height;
          if (r + HEIGHT <= rows) {
            pack32(at, row, depth, panels, to, height);
          } else {
            pack32(at, row, Math.max(rows - r, 0), depth, panels, to, height);
          }
        }
      }
    }

    private static void pack32(long x, long row, int columns, float[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Float.BYTES;
        panels[to + k * height] = Operand.f32(at);
        panels[to + k * height + 1] = Operand.f32(at + row);
        panels[to + k * height + 2] = Operand.f32(at + 2 * row);
      }
    }

    private static void pack32(
        long x, long row, int rows, int columns, float[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Float.BYTES;
        for (int r = 0; r < HEIGHT; r++) {
          panels[to + k * height + r] = r < rows ? Operand.f32(at + r * row) : 0;
        }
      }
    }

    private static void packWide(
        long x, int first, int rows, int dim, int from, int columns, int height, double[] panels) {
      long row = (long) dim * Float.BYTES;
      int padded = up(rows, height);
      for (int r = 0; r < padded; r += HEIGHT) {
        for (int k = 0; k < columns; k += BLOCK) {
          int depth = Math.min(BLOCK, columns - k);
          long at = x + (first + r) * row + (long) (from + k) * Float.BYTES;
          int to = k * padded + r / height * height * depth + r % height;
          if (r + HEIGHT <= rows) {
            packWide(at, row, depth, panels, to, height);
          } else {
            packWide(at, row, Math.max(rows - r, 0), depth, panels, to, height);
          }
        }
      }
    }

    private static void packWide(
        long x, long row, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Float.BYTES;
        panels[to + k * height] = Operand.f32(at);
        panels[to + k * height + 1] = Operand.f32(at + row);
        panels[to + k * height + 2] = Operand.f32(at + 2 * row);
      }
    }

    private static void packWide(
        long x, long row, int rows, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Float.BYTES;
        for (int r = 0; r < HEIGHT; r++) {
          panels[to + k * height + r] = r < rows ? Operand.f32(at + r * row) : 0;
        }
      }
    }

    private static void pack64(
        long x, int first, int rows, int dim, int from, int columns, int height, double[] panels) {
      long row = (long) dim * Double.BYTES;
      int padded = up(rows, height);
      for (int r = 0; r < padded; r += HEIGHT) {
        for (int k = 0; k < columns; k += BLOCK) {
          int depth = Math.min(BLOCK, columns - k);
          long at = x + (first + r) * row + (long) (from + k) * Double.BYTES;
          int to = k * padded + r / height * height * depth + r % height;
          if (r + HEIGHT <= rows) {
            pack64(at, row, depth, panels, to, height);
          } else {
            pack64(at, row, Math.max(rows - r, 0), depth, panels, to, height);
          }
        }
      }
    }

    private static void pack64(long x, long row, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Double.BYTES;
        panels[to + k * height] = Operand.f64(at);
        panels[to + k * height + 1] = Operand.f64(at + row);
        panels[to + k * height + 2] = Operand.f64(at + 2 * row);
      }
    }

    private static void pack64(
        long x, long row, int rows, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = x + (long) k * Double.BYTES;
        for (int r = 0; r < HEIGHT; r++) {
          panels[to + k * height + r] = r < rows ? Operand.f64(at + r * row) : 0;
        }
      }
    }

    private static void block32(float[] a, int at, float[] b, int bt, int depth, float[] out) {
      FloatVector c00 = FloatVector.zero(F32);
      FloatVector c01 = FloatVector.zero(F32);
      FloatVector c02 = FloatVector.zero(F32);
      FloatVector c10 = FloatVector.zero(F32);
      FloatVector c11 = FloatVector.zero(F32);
      FloatVector c12 = FloatVector.zero(F32);
      FloatVector c20 = FloatVector.zero(F32);
      FloatVector c21 = FloatVector.zero(F32);
      FloatVector c22 = FloatVector.zero(F32);
      for (int k = 0; k < depth; k++) {
        FloatVector b0 = FloatVector.fromArray(F32, b, bt + k * 3 * L32);
        FloatVector b1 = FloatVector.fromArray(F32, b, bt + k * 3 * L32 + L32);
        FloatVector b2 = FloatVector.fromArray(F32, b, bt + k * 3 * L32 + 2 * L32);
        FloatVector a0 = FloatVector.broadcast(F32, a[at + k * 3]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        FloatVector a1 = FloatVector.broadcast(F32, a[at + k * 3 + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        FloatVector a2 = FloatVector.broadcast(F32, a[at + k * 3 + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
      }
      c00.intoArray(out, 0);
      c01.intoArray(out, L32);
      c02.intoArray(out, 2 * L32);
      c10.intoArray(out, 3 * L32);
      c11.intoArray(out, 4 * L32);
      c12.intoArray(out, 5 * L32);
      c20.intoArray(out, 6 * L32);
      c21.intoArray(out, 7 * L32);
      c22.intoArray(out, 8 * L32);
    }

    private static void block64(double[] a, int at, double[] b, int bt, int depth, double[] out) {
      DoubleVector c00 = DoubleVector.zero(F64);
      DoubleVector c01 = DoubleVector.zero(F64);
      DoubleVector c02 = DoubleVector.zero(F64);
      DoubleVector c10 = DoubleVector.zero(F64);
      DoubleVector c11 = DoubleVector.zero(F64);
      DoubleVector c12 = DoubleVector.zero(F64);
      DoubleVector c20 = DoubleVector.zero(F64);
      DoubleVector c21 = DoubleVector.zero(F64);
      DoubleVector c22 = DoubleVector.zero(F64);
      for (int k = 0; k < depth; k++) {
        DoubleVector b0 = DoubleVector.fromArray(F64, b, bt + k * 3 * L);
        DoubleVector b1 = DoubleVector.fromArray(F64, b, bt + k * 3 * L + L);
        DoubleVector b2 = DoubleVector.fromArray(F64, b, bt + k * 3 * L + 2 * L);
        DoubleVector a0 = DoubleVector.broadcast(F64, a[at + k * 3]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        DoubleVector a1 = DoubleVector.broadcast(F64, a[at + k * 3 + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        DoubleVector a2 = DoubleVector.broadcast(F64, a[at + k * 3 + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
      }
      c00.intoArray(out, 0);
      c01.intoArray(out, L);
      c02.intoArray(out, 2 * L);
      c10.intoArray(out, 3 * L);
      c11.intoArray(out, 4 * L);
      c12.intoArray(out, 5 * L);
      c20.intoArray(out, 6 * L);
      c21.intoArray(out, 7 * L);
      c22.intoArray(out, 8 * L);
    }

    private static void add32(float[] c, double[] sums, int at) {
      for (int i = 0; i < 18 * L; i += L) {
        ((DoubleVector) FloatVector.fromArray(F32_HALF, c, i).convertShape(F2D, F64, 0))
            .add(DoubleVector.fromArray(F64, sums, at + i))
            .intoArray(sums, at + i);
      }
    }

    private static void add64(double[] c, double[] sums, int at) {
      for (int i = 0; i < 9 * L; i += L) {
        DoubleVector.fromArray(F64, c, i)
            .add(DoubleVector.fromArray(F64, sums, at + i))
            .intoArray(sums, at + i);
      }
    }

    /// The products below the diagonal, of rows with themselves.
    private static void mirror(double[] out, int rows) {
      for (int i = 1; i < rows; i++) {
        for (int j = 0; j < i; j++) {
          out[i * rows + j] = out[j * rows + i];
        }
      }
    }

    private static void copy(
        double[] sums,
        int from,
        int width,
        int rows,
        int columns,
        double[] out,
        int to,
        int stride) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(sums, from + i * width, out, to + i * stride, columns);
      }
    }
  }
}
