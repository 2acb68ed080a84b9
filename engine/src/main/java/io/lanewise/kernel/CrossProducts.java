package io.lanewise.kernel;

import static io.lanewise.kernel.RegisterBlock.HEIGHT;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// The cross-products behind a covariance: `C += (x - shift)^T (x - shift)`, float64.
///
/// Every element is a chain of fma in row order, so that any split of the rows into batches, in
/// order, gives the same bits, on every vector width. Only the upper triangle (j >= i) of C is
/// kept, in the order in which the kernel passes over it: element (i, j) is at [#at]. Rows of C are
/// grouped into tiles of [#TILE]; callers may give disjoint tile ranges to different threads. NaN
/// and infinities propagate into the elements of their columns.
///
/// In [Precision#SINGLE] rows of float32 are rounded to float32 when the shift has been subtracted,
/// and the rows of a block are one chain of fma in float32, from 0, which is added to C in float64:
/// twice as fast. The bits then depend on which rows are in a block together; the error of an
/// element is below [#SINGLE_ERROR] times `sum |d_i d_j|`, and of many blocks mostly far below:
/// roundings of different blocks cancel. Products beyond 3.4e38 are infinite.
public sealed interface CrossProducts
    permits CrossProducts.Scalar,
        CrossProducts.Simd,
        CrossProducts.SingleScalar,
        CrossProducts.SingleSimd {
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

  /// Rows that are packed at a time: a panel of [Simd] is half of 32 KiB, the first-level cache.
  /// 256 are no faster in float64, and have a larger [#SINGLE_ERROR].
  int DEPTH = 160;

  /// Largest error of an element in [Precision#SINGLE], as a share of `sum |d_i d_j|`: two
  /// roundings of differences and a chain of [#DEPTH] (Higham, *Accuracy and Stability of Numerical
  /// Algorithms*, lemma 3.1). What the sum of n rows adds in float64 is `n 2^-53`.
  double SINGLE_ERROR = 1.01 * (DEPTH + 2) * 0x1p-24;

  /// What the roundings of a block leave of an element, as a share of the block's `sum |d_i d_j|`,
  /// if they are independent; 0 in float64.
  default double chainError() {
    return 0;
  }

  /// Packed rows: of a kernel's own order, and float32 or float64 as it computes.
  ///
  /// One of [#block32] takes rows of float32, one of [#block64] rows of either type, whose products
  /// are then float64.
  final class Block {
    private final float[] narrow;
    private final double[] wide;

    private Block(int narrow, int wide) {
      this.narrow = new float[narrow];
      this.wide = new double[wide];
    }
  }

  /// Room for up to [#DEPTH] rows of float32.
  default Block block32(int dim) {
    return block64(dim);
  }

  /// Room for up to [#DEPTH] rows of float64.
  default Block block64(int dim) {
    return new Block(0, packed(dim));
  }

  /// The length of an array for up to [#DEPTH] packed rows.
  int packed(int dim);

  /// The form in which products of float32 data are computed in float32.
  CrossProducts single();

  /// The length of an array for C.
  ///
  /// @throws ArithmeticException if an array cannot be that long
  int length(int dim);

  /// Where element (i, j) of C is, `i <= j < dim`. What is nowhere is scratch.
  int at(int dim, int i, int j);

  /// How many elements of a row of C are one run of memory, from a column that is a multiple of
  /// this.
  int run(int dim);

  /// Packs rows of float32, less the shift and widened, for [#add]: once for all tiles. Disjoint
  /// rows may be packed by different threads.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param block of [#block32] or [#block64]; its rows from `at` on are written
  /// @param at the row of the block that the first row becomes
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void pack32(MemorySegment x, int rows, int dim, double[] shift, Block block, int at) {
    checkBlock(dim, Math.max(block.narrow.length, block.wide.length), at + rows);
    Operand.checkRows("shift", shift.length, dim);
    try (Operand a = Operand.read("x", x, rows, dim, Float.BYTES)) {
      rowsF32(a.address(), rows, dim, shift, block, at);
    }
  }

  /// The same of float64, into a block of [#block64].
  default void pack64(MemorySegment x, int rows, int dim, double[] shift, Block block, int at) {
    checkBlock(dim, block.wide.length, at + rows);
    Operand.checkRows("shift", shift.length, dim);
    try (Operand a = Operand.read("x", x, rows, dim, Double.BYTES)) {
      rowsF64(a.address(), rows, dim, shift, block, at);
    }
  }

  /// Adds the cross-products of packed rows to some tiles of C. Different threads may add a block
  /// to disjoint tiles.
  ///
  /// @param block as [#pack32] and [#pack64] left it, or a call of this; has room of its own for
  ///   each tile, which is written
  /// @param rows how many of its rows to take
  /// @param c [#length] elements: updated, zeros before the first batch
  /// @param tileFrom first tile of C, see [#tiles(int)]
  /// @param tileTo one past the last
  /// @throws IndexOutOfBoundsException if an operand is too short or a tile does not exist
  default void add(Block block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
    checkBlock(dim, Math.max(block.narrow.length, block.wide.length), rows);
    checkTiles(dim, c, tileFrom, tileTo);
    tiles(block, rows, dim, c, tileFrom, tileTo);
  }

  /// The loop behind [#pack32], on a checked operand.
  void rowsF32(long x, int rows, int dim, double[] shift, Block block, int at);

  /// The loop behind [#pack64], on a checked operand.
  void rowsF64(long x, int rows, int dim, double[] shift, Block block, int at);

  /// The loop behind [#add], on checked operands.
  void tiles(Block block, int rows, int dim, double[] c, int tileFrom, int tileTo);

  private void checkBlock(int dim, int length, int rows) {
    if (length < packed(dim) || rows > DEPTH) {
      throw new IndexOutOfBoundsException(
          "operand 'block': found %d entries for %d rows, expected %d for at most %d"
              .formatted(length, rows, packed(dim), DEPTH));
    }
  }

  private void checkTiles(int dim, double[] c, int tileFrom, int tileTo) {
    if (c.length < length(dim)) {
      throw new IndexOutOfBoundsException(
          "operand 'c': found %d entries, expected %d for %d columns"
              .formatted(c.length, length(dim), dim));
    }
    if (tileFrom < 0 || tileFrom > tileTo || tileTo > tiles(dim)) {
      throw new IndexOutOfBoundsException(
          "tiles: found " + tileFrom + " to " + tileTo + ", expected within 0 to " + tiles(dim));
    }
  }

  /// Plain loops, over rows packed one after another; C is row-major.
  final class Scalar implements CrossProducts {
    @Override
    public CrossProducts single() {
      return new SingleScalar();
    }

    @Override
    public int packed(int dim) {
      return Math.multiplyExact(DEPTH, dim);
    }

    @Override
    public int length(int dim) {
      return Math.multiplyExact(dim, dim);
    }

    @Override
    public int at(int dim, int i, int j) {
      return i * dim + j;
    }

    @Override
    public int run(int dim) {
      return dim;
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, Block packed, int at) {
      double[] block = packed.wide;
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block[(at + r) * dim + j] = Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, Block packed, int at) {
      double[] block = packed.wide;
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block[(at + r) * dim + j] =
              Memory.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void tiles(Block packed, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      double[] block = packed.wide;
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

  /// Vector loops: rows are centred, widened and packed into panels of a few columns, and a
  /// [RegisterBlock] passes over up to [#DEPTH] rows of two panels. The panels that the rows of a
  /// tile need stay in the second-level cache while the others pass, as strips of as many columns
  /// as a register block is high: beside a panel, one of them is little in the first-level cache.
  ///
  /// C is tile after tile; a tile is its columns from the diagonal on, panel after panel, each
  /// [#TILE] rows of [#WIDTH] elements: memory that is read and written from its start to its end,
  /// where rows of a matrix would be a page apart.
  final class Simd implements CrossProducts {
    /// Columns of a panel, of which [#TILE] is a multiple. A block is its panels, then its strips.
    private static final int WIDTH = 3 * L;

    /// Where the first panel begins: large arrays begin 16 bytes after a cache line.
    private static final int START = 6;

    @Override
    public CrossProducts single() {
      return new SingleSimd();
    }

    @Override
    public int packed(int dim) {
      return Math.addExact(START, Math.multiplyExact(2 * DEPTH, panels(dim) * WIDTH));
    }

    private static int panels(int dim) {
      return (dim + WIDTH - 1) / WIDTH;
    }

    /// Where a tile begins: each one before it lacks as many panels as lie before its diagonal.
    private static long tile(int dim, int tile) {
      long missing = TILE / WIDTH * (tile * (tile - 1L) / 2);
      return START + ((long) tile * panels(dim) - missing) * TILE * WIDTH;
    }

    @Override
    public int length(int dim) {
      return Math.toIntExact(tile(dim, CrossProducts.tiles(dim)));
    }

    @Override
    public int at(int dim, int i, int j) {
      int tile = i / TILE;
      int panel = j / WIDTH - tile * (TILE / WIDTH);
      return (int) tile(dim, tile) + (panel * TILE + i % TILE) * WIDTH + j % WIDTH;
    }

    @Override
    public int run(int dim) {
      return WIDTH;
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, Block packed, int at) {
      double[] block = packed.wide;
      int whole = dim / WIDTH * WIDTH;
      for (int k = 0; k < rows; k += 8) {
        int end = Math.min(k + 8, rows);
        for (int j = 0; j < whole; j += WIDTH) {
          panel32(x, k, end, j, dim, shift, block, START + j * DEPTH + at * WIDTH);
        }
        for (int r = k; r < end && whole < dim; r++) {
          int to = START + whole * DEPTH + (at + r) * WIDTH - whole;
          for (int j = whole; j < dim; j++) {
            block[to + j] = Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
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
      DoubleVector s2 = DoubleVector.fromArray(F64, shift, column + 2 * L);
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
        ((DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, at + 2L * L * Float.BYTES, NATIVE)
                    .convertShape(F2D, F64, 0))
            .sub(s2)
            .intoArray(block, to0 + 2 * L);
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, Block packed, int at) {
      double[] block = packed.wide;
      int whole = dim / WIDTH * WIDTH;
      for (int k = 0; k < rows; k += 8) {
        int end = Math.min(k + 8, rows);
        for (int j = 0; j < whole; j += WIDTH) {
          panel64(x, k, end, j, dim, shift, block, START + j * DEPTH + at * WIDTH);
        }
        for (int r = k; r < end && whole < dim; r++) {
          int to = START + whole * DEPTH + (at + r) * WIDTH - whole;
          for (int j = whole; j < dim; j++) {
            block[to + j] = Memory.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
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
      DoubleVector s2 = DoubleVector.fromArray(F64, shift, column + 2 * L);
      for (int r = from; r < to; r++) {
        long at = x + ((long) r * dim + column) * Double.BYTES;
        int to0 = panel + r * WIDTH;
        DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE).sub(s0).intoArray(block, to0);
        DoubleVector.fromMemorySegment(F64, MEMORY, at + (long) L * Double.BYTES, NATIVE)
            .sub(s1)
            .intoArray(block, to0 + L);
        DoubleVector.fromMemorySegment(F64, MEMORY, at + 2L * L * Double.BYTES, NATIVE)
            .sub(s2)
            .intoArray(block, to0 + 2 * L);
      }
    }

    @Override
    public void tiles(Block packed, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      double[] block = packed.wide;
      int columns = panels(dim) * WIDTH;
      int strips = START + columns * DEPTH;
      for (int tile = tileFrom; tile < tileTo; tile++) {
        int first = tile * TILE;
        int last = Math.min(first + TILE, columns);
        for (int i = first; i < last; i += HEIGHT) {
          int from = START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
          strip(block, from, rows, strips + i * DEPTH);
        }
        int at = (int) tile(dim, tile);
        for (int j = first; j < columns; j += WIDTH) {
          int end = Math.min(last, j + WIDTH);
          panel(block, strips, first, end, START + j * DEPTH, rows, c, at);
          at += TILE * WIDTH;
        }
      }
    }

    /// Three columns of a panel by themselves.
    private static void strip(double[] block, int from, int rows, int to) {
      for (int r = 0; r < rows; r++) {
        block[to + r * HEIGHT] = block[from + r * WIDTH];
        block[to + r * HEIGHT + 1] = block[from + r * WIDTH + 1];
        block[to + r * HEIGHT + 2] = block[from + r * WIDTH + 2];
      }
    }

    private static void panel(
        double[] block, int strips, int first, int end, int b, int rows, double[] c, int at) {
      for (int i = first; i < end; i += HEIGHT) {
        int to = at + (i - first) * WIDTH;
        RegisterBlock.f64(block, strips + i * DEPTH, block, b, rows, c, to);
      }
    }
  }

  /// Plain loops in float32. C is that of [Scalar], and rows of float64 go its way.
  final class SingleScalar implements CrossProducts {
    private final Scalar wide = new Scalar();

    @Override
    public CrossProducts single() {
      return this;
    }

    @Override
    public double chainError() {
      return Math.sqrt(DEPTH) * 0x1p-24;
    }

    @Override
    public Block block32(int dim) {
      return new Block(packed(dim), 0);
    }

    @Override
    public int packed(int dim) {
      return wide.packed(dim);
    }

    @Override
    public int length(int dim) {
      return wide.length(dim);
    }

    @Override
    public int at(int dim, int i, int j) {
      return wide.at(dim, i, j);
    }

    @Override
    public int run(int dim) {
      return wide.run(dim);
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, Block block, int at) {
      if (block.narrow.length == 0) {
        wide.rowsF32(x, rows, dim, shift, block, at);
        return;
      }
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block.narrow[(at + r) * dim + j] =
              (float) (Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j]);
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, Block block, int at) {
      wide.rowsF64(x, rows, dim, shift, block, at);
    }

    @Override
    public void tiles(Block block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      if (block.narrow.length == 0) {
        wide.tiles(block, rows, dim, c, tileFrom, tileTo);
        return;
      }
      float[] p = block.narrow;
      float[] chains = new float[dim];
      for (int i = tileFrom * TILE; i < Math.min(tileTo * TILE, dim); i++) {
        Arrays.fill(chains, 0);
        for (int r = 0; r < rows; r++) {
          for (int j = i; j < dim; j++) {
            chains[j] = Math.fma(p[r * dim + i], p[r * dim + j], chains[j]);
          }
        }
        for (int j = i; j < dim; j++) {
          c[i * dim + j] += chains[j];
        }
      }
    }
  }

  /// Vector loops in float32, shaped as those of [Simd]: panels and register blocks are twice as
  /// wide, and a register block is added to two panels of C.
  final class SingleSimd implements CrossProducts {
    private static final int WIDTH = 3 * L32;

    /// Where the first panel begins: large arrays begin 16 bytes after a cache line.
    private static final int START = 12;

    private final Simd wide = new Simd();

    @Override
    public CrossProducts single() {
      return this;
    }

    @Override
    public double chainError() {
      return Math.sqrt(DEPTH) * 0x1p-24;
    }

    @Override
    public Block block32(int dim) {
      return new Block(Math.addExact(START, Math.multiplyExact(2 * DEPTH, up(dim))), 0);
    }

    private static int up(int dim) {
      return (dim + WIDTH - 1) / WIDTH * WIDTH;
    }

    @Override
    public int packed(int dim) {
      return wide.packed(dim);
    }

    @Override
    public int length(int dim) {
      return wide.length(dim);
    }

    @Override
    public int at(int dim, int i, int j) {
      return wide.at(dim, i, j);
    }

    @Override
    public int run(int dim) {
      return wide.run(dim);
    }

    @Override
    public void rowsF32(long x, int rows, int dim, double[] shift, Block packed, int at) {
      if (packed.narrow.length == 0) {
        wide.rowsF32(x, rows, dim, shift, packed, at);
        return;
      }
      float[] block = packed.narrow;
      int whole = dim / L * L;
      for (int r = 0; r < rows; r++) {
        long row = x + (long) r * dim * Float.BYTES;
        int to = START + (at + r) * WIDTH;
        for (int j = 0; j < whole; j += L) {
          ((DoubleVector)
                  FloatVector.fromMemorySegment(
                          F32_HALF, MEMORY, row + (long) j * Float.BYTES, NATIVE)
                      .convertShape(F2D, F64, 0))
              .sub(DoubleVector.fromArray(F64, shift, j))
              .convertShape(D2F, F32_HALF, 0)
              .reinterpretAsFloats()
              .intoArray(block, to + j / WIDTH * WIDTH * DEPTH + j % WIDTH);
        }
        for (int j = whole; j < up(dim); j++) {
          block[to + j / WIDTH * WIDTH * DEPTH + j % WIDTH] =
              j < dim ? (float) (Memory.f32(row + (long) j * Float.BYTES) - shift[j]) : 0;
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, Block block, int at) {
      wide.rowsF64(x, rows, dim, shift, block, at);
    }

    @Override
    public void tiles(Block packed, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      if (packed.narrow.length == 0) {
        wide.tiles(packed, rows, dim, c, tileFrom, tileTo);
        return;
      }
      float[] block = packed.narrow;
      float[] sums = new float[HEIGHT * WIDTH];
      int columns = Simd.panels(dim) * Simd.WIDTH;
      int strips = START + up(dim) * DEPTH;
      for (int tile = tileFrom; tile < tileTo; tile++) {
        int first = tile * TILE;
        int last = Math.min(first + TILE, columns);
        for (int i = first; i < last; i += HEIGHT) {
          int from = START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
          strip(block, from, rows, strips + i * DEPTH);
        }
        int at = (int) Simd.tile(dim, tile);
        for (int j = first; j < columns; j += WIDTH) {
          int end = Math.min(last, j + WIDTH);
          int second = j + Simd.WIDTH < columns ? TILE * Simd.WIDTH : 0;
          panel(block, strips, first, end, START + j * DEPTH, rows, sums, c, at, second);
          at += 2 * TILE * Simd.WIDTH;
        }
      }
    }

    /// Three columns of a panel by themselves.
    private static void strip(float[] block, int from, int rows, int to) {
      for (int r = 0; r < rows; r++) {
        block[to + r * HEIGHT] = block[from + r * WIDTH];
        block[to + r * HEIGHT + 1] = block[from + r * WIDTH + 1];
        block[to + r * HEIGHT + 2] = block[from + r * WIDTH + 2];
      }
    }

    /// @param second how far after the first panel of C the second is; 0 if there is none
    private static void panel(
        float[] block,
        int strips,
        int first,
        int end,
        int b,
        int rows,
        float[] sums,
        double[] c,
        int at,
        int second) {
      for (int i = first; i < end; i += HEIGHT) {
        RegisterBlock.f32(block, strips + i * DEPTH, block, b, rows, sums);
        int to = at + (i - first) * Simd.WIDTH;
        add(sums, 0, c, to);
        if (second > 0) {
          add(sums, Simd.WIDTH, c, to + second);
        }
      }
    }

    /// Half of a register block, widened, to the rows of a panel of C.
    private static void add(float[] sums, int from, double[] c, int at) {
      for (int r = 0; r < HEIGHT; r++) {
        int of = from + r * WIDTH;
        int to = at + r * Simd.WIDTH;
        ((DoubleVector) FloatVector.fromArray(F32_HALF, sums, of).convertShape(F2D, F64, 0))
            .add(DoubleVector.fromArray(F64, c, to))
            .intoArray(c, to);
        ((DoubleVector) FloatVector.fromArray(F32_HALF, sums, of + L).convertShape(F2D, F64, 0))
            .add(DoubleVector.fromArray(F64, c, to + L))
            .intoArray(c, to + L);
        ((DoubleVector) FloatVector.fromArray(F32_HALF, sums, of + 2 * L).convertShape(F2D, F64, 0))
            .add(DoubleVector.fromArray(F64, c, to + 2 * L))
            .intoArray(c, to + 2 * L);
      }
    }
  }
}
