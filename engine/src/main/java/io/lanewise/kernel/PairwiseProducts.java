package io.lanewise.kernel;

import static io.lanewise.kernel.RegisterBlock.HEIGHT;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
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
        chain = Math.fma(Memory.f32(a + at), Memory.f32(b + at), chain);
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
        chain = Math.fma(Memory.f32(a + at), Memory.f32(b + at), chain);
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
        chain = Math.fma(Memory.f64(a + at), Memory.f64(b + at), chain);
      }
      return chain;
    }
  }

  /// Vector loops: rows of both matrices are packed into panels of a few rows, column by column,
  /// and a [RegisterBlock] passes over a block of columns of two panels. Sums over blocks are kept
  /// in the order in which register blocks are passed over, and become a row-major matrix with the
  /// last block. Of rows with themselves, the same memory twice, half of the products are computed.
  ///
  /// What takes the time are short methods that are called often, so that C2 has them compiled
  /// after the first milliseconds; with loops in loops in one method it takes seconds.
  final class Simd implements PairwiseProducts {
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
      int strip = strip(rowsX, STRIP_BYTES / BLOCK / Float.BYTES);
      products(
          new Narrow(strip, rowsY, dim, scratch), strip, x, rowsX, y, rowsY, dim, out, scratch);
    }

    @Override
    public void productsWide(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      int strip = strip(rowsX, STRIP_BYTES / BLOCK / Double.BYTES);
      Wide panels = new Wide(Float.BYTES, strip, rowsY, dim, scratch);
      products(panels, strip, x, rowsX, y, rowsY, dim, out, scratch);
    }

    @Override
    public void productsF64(
        Operand x, int rowsX, Operand y, int rowsY, int dim, double[] out, Scratch scratch) {
      int strip = strip(rowsX, STRIP_BYTES / BLOCK / Double.BYTES);
      Wide panels = new Wide(Double.BYTES, strip, rowsY, dim, scratch);
      products(panels, strip, x, rowsX, y, rowsY, dim, out, scratch);
    }

    /// Panels of x and of y, of one type. Each call passes over hundreds of columns or rows, so
    /// that which type it is costs nothing.
    private sealed interface Panels permits Narrow, Wide {
      /// Rows of a panel of y; one of x has [RegisterBlock#HEIGHT].
      int width();

      /// Bytes of a value before it is packed.
      int bytes();

      /// Packs `columns` columns of three rows of x.
      void packX(long row0, long row1, long row2, int columns, int to);

      /// Packs `columns` columns of three rows of y.
      void packY(long row0, long row1, long row2, int columns, int to);

      /// Adds the products of `rows` rows of x with a panel of y to sums.
      void sweep(int x, int rows, int y, int columns, double[] sums, int at);
    }

    private static void products(
        Panels panels,
        int most,
        Operand x,
        int rowsX,
        Operand y,
        int rowsY,
        int dim,
        double[] out,
        Scratch scratch) {
      if (dim == 0) {
        Arrays.fill(out, 0, rowsX * rowsY, 0);
      }
      boolean same = x.address() == y.address() && rowsX == rowsY;
      long row = (long) dim * panels.bytes();
      int width = panels.width();
      // Strip after strip, each of as many panels as y has: what a strip has summed up is its own.
      double[] sums = scratch.sums(up(rowsX, HEIGHT) * up(rowsY, width));
      for (int start = 0; start < dim; start += CHUNK) {
        int columns = Math.min(CHUNK, dim - start);
        long from = (long) start * panels.bytes();
        pack(panels, true, y.address() + from, rowsY, row, columns);
        for (int i0 = 0; i0 < rowsX; i0 += most) {
          int strip = Math.min(most, rowsX - i0);
          pack(panels, false, x.address() + i0 * row + from, strip, row, columns);
          int at = i0 * up(rowsY, width);
          // Below the diagonal nothing is computed: rows of a strip, given where a panel ends.
          int above = same ? i0 : Integer.MIN_VALUE / 2;
          for (int k = 0; k < columns; k += BLOCK) {
            int depth = Math.min(BLOCK, columns - k);
            pass(panels, k, depth, strip, rowsY, above, sums, at);
          }
          if (start + columns == dim) {
            unpack(sums, at, strip, rowsY, above, width, out, i0 * rowsY);
          }
        }
      }
      if (same) {
        mirror(out, rowsX);
      }
    }

    /// One strip of x with all of y, over one block of columns.
    private static void pass(
        Panels panels,
        int from,
        int depth,
        int strip,
        int rowsY,
        int above,
        double[] sums,
        int at) {
      int width = panels.width();
      int padded = up(strip, HEIGHT);
      int y = from * up(rowsY, width);
      for (int j = 0; j < rowsY; j += width) {
        int rows = Math.min(strip, j + width - above);
        panels.sweep(from * padded, rows, y + j * depth, depth, sums, at + j * padded);
      }
    }

    private static void unpack(
        double[] sums, int at, int strip, int rowsY, int above, int width, double[] out, int to) {
      int padded = up(strip, HEIGHT);
      for (int j = 0; j < rowsY; j += width) {
        int rows = Math.min(strip, j + width - above);
        copy(sums, at + j * padded, width, rows, Math.min(width, rowsY - j), out, to + j, rowsY);
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

    /// Packs some columns of some rows into panels, column by column, all panels of a block of
    /// columns before those of the next: what a block passes over is then one run of memory, which
    /// the second-level cache can hold. A panel that rows do not fill repeats the last: its
    /// products go nowhere.
    private static void pack(
        Panels panels, boolean ofY, long first, int rows, long row, int columns) {
      int padded = up(rows, ofY ? panels.width() : HEIGHT);
      long last = first + (rows - 1) * row;
      for (int r = 0; r < padded; r += HEIGHT) {
        long at = first + r * row;
        pack(
            panels,
            ofY,
            r,
            Math.min(at, last),
            Math.min(at + row, last),
            Math.min(at + 2 * row, last),
            padded,
            columns);
      }
    }

    private static void pack(
        Panels panels,
        boolean ofY,
        int r,
        long row0,
        long row1,
        long row2,
        int padded,
        int columns) {
      int height = ofY ? panels.width() : HEIGHT;
      for (int k = 0; k < columns; k += BLOCK) {
        int depth = Math.min(BLOCK, columns - k);
        long at = (long) k * panels.bytes();
        int to = k * padded + r / height * height * depth + r % height;
        if (ofY) {
          panels.packY(row0 + at, row1 + at, row2 + at, depth, to);
        } else {
          panels.packX(row0 + at, row1 + at, row2 + at, depth, to);
        }
      }
    }

    /// The products below the diagonal, of rows with themselves, square by square: a column of a
    /// square is in the cache when its next entry is read.
    private static void mirror(double[] out, int rows) {
      int side = 32;
      for (int i = 0; i < rows; i += side) {
        for (int j = 0; j <= i; j += side) {
          mirror(out, rows, i, Math.min(i + side, rows), j, j + side);
        }
      }
    }

    private static void mirror(double[] out, int rows, int i0, int i1, int j0, int j1) {
      for (int i = i0; i < i1; i++) {
        for (int j = j0; j < Math.min(j1, i); j++) {
          out[i * rows + j] = out[j * rows + i];
        }
      }
    }

    /// Panels of float32.
    private static final class Narrow implements Panels {
      private static final int WIDTH = 3 * L32;

      /// Where the first panel of y begins: large arrays begin 16 bytes after a cache line.
      private static final int START = 12;

      private final float[] x;
      private final float[] y;
      private final float[] block = new float[HEIGHT * WIDTH];

      Narrow(int strip, int rowsY, int dim, Scratch scratch) {
        int chunk = Math.min(CHUNK, dim);
        x = scratch.x32(strip * chunk);
        y = scratch.y32(START + up(rowsY, WIDTH) * chunk);
      }

      @Override
      public int width() {
        return WIDTH;
      }

      @Override
      public int bytes() {
        return Float.BYTES;
      }

      @Override
      public void packX(long row0, long row1, long row2, int columns, int to) {
        pack32(row0, row1, row2, columns, x, to, HEIGHT);
      }

      @Override
      public void packY(long row0, long row1, long row2, int columns, int to) {
        pack32(row0, row1, row2, columns, y, START + to, WIDTH);
      }

      @Override
      public void sweep(int ofX, int rows, int ofY, int columns, double[] sums, int at) {
        for (int i = 0; i < rows; i += HEIGHT) {
          RegisterBlock.f32(x, ofX + i * columns, y, START + ofY, columns, block);
          add32(block, sums, at + i * WIDTH);
        }
      }
    }

    /// Panels of float64.
    private static final class Wide implements Panels {
      private static final int WIDTH = 3 * L;

      /// As in [Narrow].
      private static final int START = 6;

      private final int bytes;
      private final double[] x;
      private final double[] y;
      private final double[] block = new double[HEIGHT * WIDTH];

      Wide(int bytes, int strip, int rowsY, int dim, Scratch scratch) {
        this.bytes = bytes;
        int chunk = Math.min(CHUNK, dim);
        x = scratch.x64(strip * chunk);
        y = scratch.y64(START + up(rowsY, WIDTH) * chunk);
      }

      @Override
      public int width() {
        return WIDTH;
      }

      @Override
      public int bytes() {
        return bytes;
      }

      @Override
      public void packX(long row0, long row1, long row2, int columns, int to) {
        pack(row0, row1, row2, columns, x, to, HEIGHT);
      }

      @Override
      public void packY(long row0, long row1, long row2, int columns, int to) {
        pack(row0, row1, row2, columns, y, START + to, WIDTH);
      }

      private void pack(
          long row0, long row1, long row2, int columns, double[] panels, int to, int height) {
        if (bytes == Float.BYTES) {
          packWide(row0, row1, row2, columns, panels, to, height);
        } else {
          pack64(row0, row1, row2, columns, panels, to, height);
        }
      }

      @Override
      public void sweep(int ofX, int rows, int ofY, int columns, double[] sums, int at) {
        for (int i = 0; i < rows; i += HEIGHT) {
          Arrays.fill(block, 0);
          RegisterBlock.f64(x, ofX + i * columns, y, START + ofY, columns, block, 0);
          add64(block, sums, at + i * WIDTH);
        }
      }
    }

    private static void pack32(
        long row0, long row1, long row2, int columns, float[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Float.BYTES;
        panels[to + k * height] = Memory.f32(row0 + at);
        panels[to + k * height + 1] = Memory.f32(row1 + at);
        panels[to + k * height + 2] = Memory.f32(row2 + at);
      }
    }

    private static void packWide(
        long row0, long row1, long row2, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Float.BYTES;
        panels[to + k * height] = Memory.f32(row0 + at);
        panels[to + k * height + 1] = Memory.f32(row1 + at);
        panels[to + k * height + 2] = Memory.f32(row2 + at);
      }
    }

    private static void pack64(
        long row0, long row1, long row2, int columns, double[] panels, int to, int height) {
      for (int k = 0; k < columns; k++) {
        long at = (long) k * Double.BYTES;
        panels[to + k * height] = Memory.f64(row0 + at);
        panels[to + k * height + 1] = Memory.f64(row1 + at);
        panels[to + k * height + 2] = Memory.f64(row2 + at);
      }
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
  }
}
