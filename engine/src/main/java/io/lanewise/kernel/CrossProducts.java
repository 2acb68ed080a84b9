package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// The cross-products behind a covariance: `C += (x - shift)^T (x - shift)`, float64, row-major
/// `dim x dim`.
///
/// Every element is a chain of fma in row order, so that any split of the rows into batches, in
/// order, gives the same bits, on every vector width. Only the upper triangle (j >= i) is promised;
/// what is below the diagonal is scratch until [#mirror]. Rows of C are grouped into tiles of
/// [#TILE]; callers may give disjoint tile ranges to different threads. NaN and infinities
/// propagate into the elements of their columns.
public sealed interface CrossProducts permits CrossProducts.Scalar, CrossProducts.Simd {
  /// Rows of C per tile.
  int TILE = 96;

  /// How many tiles C has.
  static int tiles(int dim) {
    return (dim + TILE - 1) / TILE;
  }

  /// Copies the upper triangle to the lower one.
  static void mirror(double[] c, int dim) {
    for (int i = 1; i < dim; i++) {
      for (int j = 0; j < i; j++) {
        c[i * dim + j] = c[j * dim + i];
      }
    }
  }

  /// Rows that are packed at a time.
  int DEPTH = 192;

  /// The length of an array for up to [#DEPTH] packed rows.
  int packed(int dim);

  /// Packs rows of float32, less the shift and widened, for [#add]: once for all tiles. Disjoint
  /// rows may be packed by different threads.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param block [#packed] elements; its rows from `at` on are written
  /// @param at the row of the block that the first row becomes
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void pack32(MemorySegment x, int rows, int dim, double[] shift, double[] block, int at) {
    checkBlock(dim, block, at + rows);
    Operand.checkRows("shift", shift.length, dim);
    try (Operand a = Operand.read("x", x, rows, dim, Float.BYTES)) {
      rowsF32(a.address(), rows, dim, shift, block, at);
    }
  }

  /// The same of float64.
  default void pack64(MemorySegment x, int rows, int dim, double[] shift, double[] block, int at) {
    checkBlock(dim, block, at + rows);
    Operand.checkRows("shift", shift.length, dim);
    try (Operand a = Operand.read("x", x, rows, dim, Double.BYTES)) {
      rowsF64(a.address(), rows, dim, shift, block, at);
    }
  }

  /// Adds the cross-products of packed rows to some tiles of C.
  ///
  /// @param block as [#pack32] and [#pack64] left it
  /// @param rows how many of its rows to take
  /// @param c `dim x dim`: updated, zeros before the first batch
  /// @param tileFrom first tile of C, see [#tiles(int)]
  /// @param tileTo one past the last
  /// @throws IndexOutOfBoundsException if an operand is too short or a tile does not exist
  default void add(double[] block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
    checkBlock(dim, block, rows);
    checkTiles(dim, c, tileFrom, tileTo);
    tiles(block, rows, dim, c, tileFrom, tileTo);
  }

  /// The loop behind [#pack32], on a checked operand.
  void rowsF32(long x, int rows, int dim, double[] shift, double[] block, int at);

  /// The loop behind [#pack64], on a checked operand.
  void rowsF64(long x, int rows, int dim, double[] shift, double[] block, int at);

  /// The loop behind [#add], on checked operands.
  void tiles(double[] block, int rows, int dim, double[] c, int tileFrom, int tileTo);

  private void checkBlock(int dim, double[] block, int rows) {
    if (block.length < packed(dim) || rows > DEPTH) {
      throw new IndexOutOfBoundsException(
          "operand 'block': found %d entries for %d rows, expected %d for at most %d"
              .formatted(block.length, rows, packed(dim), DEPTH));
    }
  }

  private static void checkTiles(int dim, double[] c, int tileFrom, int tileTo) {
    if (c.length < (long) dim * dim) {
      throw new IndexOutOfBoundsException(
          "operand 'c': found " + c.length + " entries, expected " + dim + " x " + dim);
    }
    if (tileFrom < 0 || tileFrom > tileTo || tileTo > tiles(dim)) {
      throw new IndexOutOfBoundsException(
          "tiles: found " + tileFrom + " to " + tileTo + ", expected within 0 to " + tiles(dim));
    }
  }

  /// Plain loops, over rows packed one after another.
  final class Scalar implements CrossProducts {
    @Override
    public int packed(int dim) {
      return Math.multiplyExact(DEPTH, dim);
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, double[] block, int at) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block[(at + r) * dim + j] =
              Operand.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, double[] block, int at) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block[(at + r) * dim + j] =
              Operand.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void tiles(double[] block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      int end = Math.min(tileTo * TILE, dim);
      for (int r = 0; r < rows; r++) {
        for (int i = tileFrom * TILE; i < end; i++) {
          for (int j = i; j < dim; j++) {
            c[i * dim + j] = Math.fma(block[r * dim + i], block[r * dim + j], c[i * dim + j]);
          }
        }
      }
    }
  }

  /// Vector loops: rows are centred, widened and packed into panels of a few columns; a
  /// micro-kernel keeps a small block of C in registers while it passes over up to [#DEPTH] rows of
  /// two panels (Goto and van de Geijn 2008). The panels that the rows of a tile need stay in the
  /// second-level cache while the others pass.
  final class Simd implements CrossProducts {
    /// Columns of a panel and of the register block: 3 vectors where there are 32 registers, else
    /// 2.
    private static final int WIDTH = L == 8 ? 3 * L : 2 * L;

    /// Rows of the register block. With 16 registers, 12 accumulators would spill.
    private static final int HEIGHT = L == 8 ? 8 : 4;

    /// Where the first panel begins: large arrays begin 16 bytes after a cache line.
    private static final int START = 6;

    @Override
    public int packed(int dim) {
      return Math.addExact(START, Math.multiplyExact(DEPTH, (dim + WIDTH - 1) / WIDTH * WIDTH));
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, double[] block, int at) {
      int whole = dim / WIDTH * WIDTH;
      for (int k = 0; k < rows; k += 8) {
        int end = Math.min(k + 8, rows);
        for (int j = 0; j < whole; j += WIDTH) {
          panel32(x, k, end, j, dim, shift, block, START + j * DEPTH + at * WIDTH);
        }
        for (int r = k; r < end && whole < dim; r++) {
          int to = START + whole * DEPTH + (at + r) * WIDTH - whole;
          for (int j = whole; j < dim; j++) {
            block[to + j] = Operand.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
          }
          for (int j = dim; j < whole + WIDTH; j++) {
            block[to + j] = 0;
          }
        }
      }
    }

    private static void panel32(
        long x, int from, int to, int column, int dim, double[] shift, double[] block, int panel) {
      DoubleVector s0 = DoubleVector.fromArray(F64, shift, column);
      DoubleVector s1 = DoubleVector.fromArray(F64, shift, column + L);
      DoubleVector s2 = L == 8 ? DoubleVector.fromArray(F64, shift, column + 2 * L) : s0;
      for (int r = from; r < to; r++) {
        long at = x + ((long) r * dim + column) * Float.BYTES;
        int to0 = panel + r * WIDTH;
        ((DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, at, NATIVE)
                    .convertShape(F2D, F64, 0))
            .sub(s0)
            .intoArray(block, to0);
        ((DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, at + (long) L * Float.BYTES, NATIVE)
                    .convertShape(F2D, F64, 0))
            .sub(s1)
            .intoArray(block, to0 + L);
        if (L == 8) {
          ((DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, at + 2L * L * Float.BYTES, NATIVE)
                      .convertShape(F2D, F64, 0))
              .sub(s2)
              .intoArray(block, to0 + 2 * L);
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, double[] block, int at) {
      int whole = dim / WIDTH * WIDTH;
      for (int k = 0; k < rows; k += 8) {
        int end = Math.min(k + 8, rows);
        for (int j = 0; j < whole; j += WIDTH) {
          panel64(x, k, end, j, dim, shift, block, START + j * DEPTH + at * WIDTH);
        }
        for (int r = k; r < end && whole < dim; r++) {
          int to = START + whole * DEPTH + (at + r) * WIDTH - whole;
          for (int j = whole; j < dim; j++) {
            block[to + j] = Operand.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
          }
          for (int j = dim; j < whole + WIDTH; j++) {
            block[to + j] = 0;
          }
        }
      }
    }

    private static void panel64(
        long x, int from, int to, int column, int dim, double[] shift, double[] block, int panel) {
      DoubleVector s0 = DoubleVector.fromArray(F64, shift, column);
      DoubleVector s1 = DoubleVector.fromArray(F64, shift, column + L);
      DoubleVector s2 = L == 8 ? DoubleVector.fromArray(F64, shift, column + 2 * L) : s0;
      for (int r = from; r < to; r++) {
        long at = x + ((long) r * dim + column) * Double.BYTES;
        int to0 = panel + r * WIDTH;
        DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE).sub(s0).intoArray(block, to0);
        DoubleVector.fromMemorySegment(F64, MEMORY, at + (long) L * Double.BYTES, NATIVE)
            .sub(s1)
            .intoArray(block, to0 + L);
        if (L == 8) {
          DoubleVector.fromMemorySegment(F64, MEMORY, at + 2L * L * Double.BYTES, NATIVE)
              .sub(s2)
              .intoArray(block, to0 + 2 * L);
        }
      }
    }

    @Override
    public void tiles(double[] block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      double[] edge = new double[HEIGHT * WIDTH];
      for (int tile = tileFrom * TILE; tile < Math.min(tileTo * TILE, dim); tile += TILE) {
        int end = Math.min(tile + TILE, dim);
        for (int j = tile; j < dim; j += WIDTH) {
          for (int i = tile; i < end && i < j + WIDTH; i += HEIGHT) {
            int a = START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
            int b = START + j * DEPTH;
            if (i + HEIGHT <= dim && j + WIDTH <= dim) {
              block(block, a, b, rows, c, i * dim + j, dim);
            } else {
              edge(block, a, b, rows, c, i, j, dim, edge);
            }
          }
        }
      }
    }

    /// A block that sticks out of C goes through a copy.
    private static void edge(
        double[] p, int a, int b, int depth, double[] c, int i, int j, int dim, double[] edge) {
      int height = Math.min(HEIGHT, dim - i);
      int width = Math.min(WIDTH, dim - j);
      for (int k = 0; k < height; k++) {
        System.arraycopy(c, (i + k) * dim + j, edge, k * WIDTH, width);
      }
      block(p, a, b, depth, edge, 0, WIDTH);
      for (int k = 0; k < height; k++) {
        System.arraycopy(edge, k * WIDTH, c, (i + k) * dim + j, width);
      }
    }

    private static void block(double[] p, int a, int b, int depth, double[] c, int at, int stride) {
      if (L == 8) {
        block8x3(p, a, b, depth, c, at, stride);
      } else {
        block4x2(p, a, b, depth, c, at, stride);
      }
    }

    private static void block4x2(
        double[] p, int a, int b, int depth, double[] c, int at, int stride) {
      DoubleVector c00 = DoubleVector.fromArray(F64, c, at);
      DoubleVector c01 = DoubleVector.fromArray(F64, c, at + L);
      DoubleVector c10 = DoubleVector.fromArray(F64, c, at + stride);
      DoubleVector c11 = DoubleVector.fromArray(F64, c, at + stride + L);
      DoubleVector c20 = DoubleVector.fromArray(F64, c, at + 2 * stride);
      DoubleVector c21 = DoubleVector.fromArray(F64, c, at + 2 * stride + L);
      DoubleVector c30 = DoubleVector.fromArray(F64, c, at + 3 * stride);
      DoubleVector c31 = DoubleVector.fromArray(F64, c, at + 3 * stride + L);
      int ak = a;
      int bk = b;
      for (int k = 0; k < depth; k++) {
        DoubleVector b0 = DoubleVector.fromArray(F64, p, bk);
        DoubleVector b1 = DoubleVector.fromArray(F64, p, bk + L);
        DoubleVector a0 = DoubleVector.broadcast(F64, p[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        DoubleVector a1 = DoubleVector.broadcast(F64, p[ak + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        DoubleVector a2 = DoubleVector.broadcast(F64, p[ak + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        DoubleVector a3 = DoubleVector.broadcast(F64, p[ak + 3]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        ak += WIDTH;
        bk += WIDTH;
      }
      c00.intoArray(c, at);
      c01.intoArray(c, at + L);
      c10.intoArray(c, at + stride);
      c11.intoArray(c, at + stride + L);
      c20.intoArray(c, at + 2 * stride);
      c21.intoArray(c, at + 2 * stride + L);
      c30.intoArray(c, at + 3 * stride);
      c31.intoArray(c, at + 3 * stride + L);
    }

    private static void block8x3(
        double[] p, int a, int b, int depth, double[] c, int at, int stride) {
      DoubleVector c00 = DoubleVector.fromArray(F64, c, at);
      DoubleVector c01 = DoubleVector.fromArray(F64, c, at + L);
      DoubleVector c02 = DoubleVector.fromArray(F64, c, at + 2 * L);
      DoubleVector c10 = DoubleVector.fromArray(F64, c, at + stride);
      DoubleVector c11 = DoubleVector.fromArray(F64, c, at + stride + L);
      DoubleVector c12 = DoubleVector.fromArray(F64, c, at + stride + 2 * L);
      DoubleVector c20 = DoubleVector.fromArray(F64, c, at + 2 * stride);
      DoubleVector c21 = DoubleVector.fromArray(F64, c, at + 2 * stride + L);
      DoubleVector c22 = DoubleVector.fromArray(F64, c, at + 2 * stride + 2 * L);
      DoubleVector c30 = DoubleVector.fromArray(F64, c, at + 3 * stride);
      DoubleVector c31 = DoubleVector.fromArray(F64, c, at + 3 * stride + L);
      DoubleVector c32 = DoubleVector.fromArray(F64, c, at + 3 * stride + 2 * L);
      DoubleVector c40 = DoubleVector.fromArray(F64, c, at + 4 * stride);
      DoubleVector c41 = DoubleVector.fromArray(F64, c, at + 4 * stride + L);
      DoubleVector c42 = DoubleVector.fromArray(F64, c, at + 4 * stride + 2 * L);
      DoubleVector c50 = DoubleVector.fromArray(F64, c, at + 5 * stride);
      DoubleVector c51 = DoubleVector.fromArray(F64, c, at + 5 * stride + L);
      DoubleVector c52 = DoubleVector.fromArray(F64, c, at + 5 * stride + 2 * L);
      DoubleVector c60 = DoubleVector.fromArray(F64, c, at + 6 * stride);
      DoubleVector c61 = DoubleVector.fromArray(F64, c, at + 6 * stride + L);
      DoubleVector c62 = DoubleVector.fromArray(F64, c, at + 6 * stride + 2 * L);
      DoubleVector c70 = DoubleVector.fromArray(F64, c, at + 7 * stride);
      DoubleVector c71 = DoubleVector.fromArray(F64, c, at + 7 * stride + L);
      DoubleVector c72 = DoubleVector.fromArray(F64, c, at + 7 * stride + 2 * L);
      int ak = a;
      int bk = b;
      for (int k = 0; k < depth; k++) {
        DoubleVector b0 = DoubleVector.fromArray(F64, p, bk);
        DoubleVector b1 = DoubleVector.fromArray(F64, p, bk + L);
        DoubleVector b2 = DoubleVector.fromArray(F64, p, bk + 2 * L);
        DoubleVector a0 = DoubleVector.broadcast(F64, p[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        DoubleVector a1 = DoubleVector.broadcast(F64, p[ak + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        DoubleVector a2 = DoubleVector.broadcast(F64, p[ak + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        DoubleVector a3 = DoubleVector.broadcast(F64, p[ak + 3]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        DoubleVector a4 = DoubleVector.broadcast(F64, p[ak + 4]);
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        c42 = a4.fma(b2, c42);
        DoubleVector a5 = DoubleVector.broadcast(F64, p[ak + 5]);
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
        c52 = a5.fma(b2, c52);
        DoubleVector a6 = DoubleVector.broadcast(F64, p[ak + 6]);
        c60 = a6.fma(b0, c60);
        c61 = a6.fma(b1, c61);
        c62 = a6.fma(b2, c62);
        DoubleVector a7 = DoubleVector.broadcast(F64, p[ak + 7]);
        c70 = a7.fma(b0, c70);
        c71 = a7.fma(b1, c71);
        c72 = a7.fma(b2, c72);
        ak += WIDTH;
        bk += WIDTH;
      }
      c00.intoArray(c, at);
      c01.intoArray(c, at + L);
      c02.intoArray(c, at + 2 * L);
      c10.intoArray(c, at + stride);
      c11.intoArray(c, at + stride + L);
      c12.intoArray(c, at + stride + 2 * L);
      c20.intoArray(c, at + 2 * stride);
      c21.intoArray(c, at + 2 * stride + L);
      c22.intoArray(c, at + 2 * stride + 2 * L);
      c30.intoArray(c, at + 3 * stride);
      c31.intoArray(c, at + 3 * stride + L);
      c32.intoArray(c, at + 3 * stride + 2 * L);
      c40.intoArray(c, at + 4 * stride);
      c41.intoArray(c, at + 4 * stride + L);
      c42.intoArray(c, at + 4 * stride + 2 * L);
      c50.intoArray(c, at + 5 * stride);
      c51.intoArray(c, at + 5 * stride + L);
      c52.intoArray(c, at + 5 * stride + 2 * L);
      c60.intoArray(c, at + 6 * stride);
      c61.intoArray(c, at + 6 * stride + L);
      c62.intoArray(c, at + 6 * stride + 2 * L);
      c70.intoArray(c, at + 7 * stride);
      c71.intoArray(c, at + 7 * stride + L);
      c72.intoArray(c, at + 7 * stride + 2 * L);
    }
  }
}
