package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.L32;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

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

  /// Rows that are packed at a time: two panels of [Simd] stay below 32 KiB, the first-level cache.
  /// With 192 rows they do not, and a sixth of the speed is lost.
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

  /// Adds the cross-products of packed rows to some tiles of C.
  ///
  /// @param block as [#pack32] and [#pack64] left it
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
          block[(at + r) * dim + j] =
              Operand.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void rowsF64(long x, int rows, int dim, double[] shift, Block packed, int at) {
      double[] block = packed.wide;
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block[(at + r) * dim + j] =
              Operand.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
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

  /// Vector loops: rows are centred, widened and packed into panels of a few columns; a
  /// micro-kernel keeps a small block of C in registers while it passes over up to [#DEPTH] rows of
  /// two panels (Goto and van de Geijn 2008). The panels that the rows of a tile need stay in the
  /// second-level cache while the others pass.
  ///
  /// C is tile after tile; a tile is its columns from the diagonal on, panel after panel, each
  /// [#TILE] rows of [#WIDTH] elements: memory that is read and written from its start to its end,
  /// where rows of a matrix would be a page apart.
  final class Simd implements CrossProducts {
    /// Columns of a panel and of the register block.
    private static final int WIDTH = 3 * L;

    /// Rows of the register block, of which [#WIDTH] and [#TILE] are multiples. C2 loads all that a
    /// step of the loop needs before it uses it: 3 x 3 accumulators, 3 vectors and 3 values fit
    /// into 16 registers (6 x 2 do not: half the speed), and fewer than 8 accumulators would not
    /// hide the latency of fma (4 x 2 just do, at 0.85 of the speed).
    private static final int HEIGHT = 3;

    /// Where the first panel begins: large arrays begin 16 bytes after a cache line.
    private static final int START = 6;

    @Override
    public CrossProducts single() {
      return new SingleSimd();
    }

    @Override
    public int packed(int dim) {
      return Math.addExact(START, Math.multiplyExact(DEPTH, panels(dim) * WIDTH));
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
      for (int tile = tileFrom; tile < tileTo; tile++) {
        int first = tile * TILE;
        int at = (int) tile(dim, tile);
        for (int j = first; j < columns; j += WIDTH) {
          int end = Math.min(Math.min(first + TILE, columns), j + WIDTH);
          for (int i = first; i < end; i += HEIGHT) {
            int a = START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
            block(block, a, START + j * DEPTH, rows, c, at + (i - first) * WIDTH);
          }
          at += TILE * WIDTH;
        }
      }
    }

    private static void block(double[] p, int a, int b, int depth, double[] c, int at) {
      DoubleVector c00 = DoubleVector.fromArray(F64, c, at);
      DoubleVector c01 = DoubleVector.fromArray(F64, c, at + L);
      DoubleVector c02 = DoubleVector.fromArray(F64, c, at + 2 * L);
      DoubleVector c10 = DoubleVector.fromArray(F64, c, at + 3 * L);
      DoubleVector c11 = DoubleVector.fromArray(F64, c, at + 4 * L);
      DoubleVector c12 = DoubleVector.fromArray(F64, c, at + 5 * L);
      DoubleVector c20 = DoubleVector.fromArray(F64, c, at + 6 * L);
      DoubleVector c21 = DoubleVector.fromArray(F64, c, at + 7 * L);
      DoubleVector c22 = DoubleVector.fromArray(F64, c, at + 8 * L);
      for (int k = 0; k < depth * WIDTH; k += WIDTH) {
        DoubleVector b0 = DoubleVector.fromArray(F64, p, b + k);
        DoubleVector b1 = DoubleVector.fromArray(F64, p, b + k + L);
        DoubleVector b2 = DoubleVector.fromArray(F64, p, b + k + 2 * L);
        DoubleVector a0 = DoubleVector.broadcast(F64, p[a + k]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        DoubleVector a1 = DoubleVector.broadcast(F64, p[a + k + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        DoubleVector a2 = DoubleVector.broadcast(F64, p[a + k + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
      }
      c00.intoArray(c, at);
      c01.intoArray(c, at + L);
      c02.intoArray(c, at + 2 * L);
      c10.intoArray(c, at + 3 * L);
      c11.intoArray(c, at + 4 * L);
      c12.intoArray(c, at + 5 * L);
      c20.intoArray(c, at + 6 * L);
      c21.intoArray(c, at + 7 * L);
      c22.intoArray(c, at + 8 * L);
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
              (float) (Operand.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j]);
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
      return new Block(Math.addExact(START, Math.multiplyExact(DEPTH, up(dim))), 0);
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
              j < dim ? (float) (Operand.f32(row + (long) j * Float.BYTES) - shift[j]) : 0;
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
      float[] sums = new float[Simd.HEIGHT * WIDTH];
      int columns = Simd.panels(dim) * Simd.WIDTH;
      int panel = TILE * Simd.WIDTH;
      for (int tile = tileFrom; tile < tileTo; tile++) {
        int first = tile * TILE;
        int at = (int) Simd.tile(dim, tile);
        for (int j = first; j < columns; j += WIDTH) {
          boolean second = j + Simd.WIDTH < columns;
          int end = Math.min(Math.min(first + TILE, columns), j + WIDTH);
          for (int i = first; i < end; i += Simd.HEIGHT) {
            int a = START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
            block(block, a, START + j * DEPTH, rows, sums);
            int to = at + (i - first) * Simd.WIDTH;
            add(sums, 0, c, to);
            if (second) {
              add(sums, Simd.WIDTH, c, to + panel);
            }
          }
          at += 2 * panel;
        }
      }
    }

    private static void block(float[] p, int a, int b, int depth, float[] sums) {
      FloatVector c00 = FloatVector.zero(F32);
      FloatVector c01 = FloatVector.zero(F32);
      FloatVector c02 = FloatVector.zero(F32);
      FloatVector c10 = FloatVector.zero(F32);
      FloatVector c11 = FloatVector.zero(F32);
      FloatVector c12 = FloatVector.zero(F32);
      FloatVector c20 = FloatVector.zero(F32);
      FloatVector c21 = FloatVector.zero(F32);
      FloatVector c22 = FloatVector.zero(F32);
      for (int k = 0; k < depth * WIDTH; k += WIDTH) {
        FloatVector b0 = FloatVector.fromArray(F32, p, b + k);
        FloatVector b1 = FloatVector.fromArray(F32, p, b + k + L32);
        FloatVector b2 = FloatVector.fromArray(F32, p, b + k + 2 * L32);
        FloatVector a0 = FloatVector.broadcast(F32, p[a + k]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        FloatVector a1 = FloatVector.broadcast(F32, p[a + k + 1]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        FloatVector a2 = FloatVector.broadcast(F32, p[a + k + 2]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
      }
      c00.intoArray(sums, 0);
      c01.intoArray(sums, L32);
      c02.intoArray(sums, 2 * L32);
      c10.intoArray(sums, WIDTH);
      c11.intoArray(sums, WIDTH + L32);
      c12.intoArray(sums, WIDTH + 2 * L32);
      c20.intoArray(sums, 2 * WIDTH);
      c21.intoArray(sums, 2 * WIDTH + L32);
      c22.intoArray(sums, 2 * WIDTH + 2 * L32);
    }

    /// Half of a register block, widened, to the rows of a panel of C.
    private static void add(float[] sums, int from, double[] c, int at) {
      for (int r = 0; r < Simd.HEIGHT; r++) {
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
