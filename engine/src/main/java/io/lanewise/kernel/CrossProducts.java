package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Memory;
import java.util.Arrays;

/// The cross-products behind a covariance: `C += (x - shift)^T (x - shift)`, float64.
///
/// Every element is a chain of fma in row order, so that any split of the rows into batches, in
/// order, gives the same bits, on every vector width. Only the upper triangle (j >= i) of C is
/// kept, in the order in which the kernel passes over it: element (i, j) is at [#at]. Rows of C are
/// grouped into tiles of [#TILE]; callers may give disjoint tile ranges to different threads. NaN
/// and infinities propagate into the elements of their columns.
///
/// In [Precision#SINGLE] rows of float32 are rounded to float32 when the shift has been subtracted,
/// and each [#CHAIN] rows of a block are one chain of fma in float32, from 0, which is added to C
/// in float64: twice as fast. The bits then depend on which rows are in a chain together; the error
/// of an element is below [#SINGLE_ERROR] times `sum |d_i d_j|`, and of many chains mostly far
/// below: roundings of different chains cancel. Products beyond 3.4e38 are infinite.
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

  /// Rows of a chain. A panel of [Simd] is then 30 KiB at the most, so that it is in the first- or
  /// second-level cache. 256 are no faster, and have a larger [#SINGLE_ERROR].
  int CHAIN = 160;

  /// Rows that are packed at a time. C is read and written once for all of them.
  int DEPTH = 2 * CHAIN;

  /// Largest error of an element in [Precision#SINGLE], as a share of `sum |d_i d_j|`: two
  /// roundings of differences and a chain of [#CHAIN] (Higham, *Accuracy and Stability of Numerical
  /// Algorithms*, lemma 3.1). What the sum of n rows adds in float64 is `n 2^-53`.
  double SINGLE_ERROR = 1.01 * (CHAIN + 2) * 0x1p-24;

  /// What the roundings of a chain leave of an element, as a share of the chain's `sum |d_i d_j|`,
  /// if they are independent; 0 in float64.
  default double chainError() {
    return isSingle() ? Math.sqrt(CHAIN) * 0x1p-24 : 0;
  }

  /// Whether products of float32 data are computed in float32.
  boolean isSingle();

  /// Packed rows: of a kernel's own order, and float32 or float64 as it computes.
  ///
  /// One for float64 takes rows of every type, and their products are float64.
  final class Block {
    private final float[] narrow;
    private final double[] wide;

    private Block(int narrow, int wide) {
      this.narrow = new float[narrow];
      this.wide = new double[wide];
    }

    private boolean isNarrow() {
      return narrow.length > 0;
    }
  }

  /// Room for up to [#DEPTH] rows of a type.
  default Block block(FloatType type, int dim) {
    return switch (type) {
      case FLOAT64 -> new Block(0, packed(dim));
      case FLOAT32, FLOAT16, BFLOAT16 ->
          isSingle() ? new Block(packed(dim), 0) : new Block(0, packed(dim));
    };
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

  /// Packs rows, widened and less the shift, for [#add]: once for all tiles. Disjoint rows may be
  /// packed by different threads.
  ///
  /// @param shift what is subtracted from each column; the same for all batches
  /// @param block for the type of x or for float64; its rows from `at` on are written
  /// @param at the row of the block that the first row becomes
  /// @throws IndexOutOfBoundsException if an operand is too short, or the block is for a smaller
  ///   type
  default void pack(Matrix x, double[] shift, Block block, int at) {
    boolean fits = x.type() != FloatType.FLOAT64 || !block.isNarrow();
    int room = fits ? Math.max(block.narrow.length, block.wide.length) : 0;
    checkBlock(x.columns(), room, at + x.rows());
    Operand.checkRows("shift", shift.length, x.columns());
    try (Operand a = Operand.readWidened("x", x)) {
      switch (a.type()) {
        case FLOAT64 -> pack64(a.address(), x.rows(), x.columns(), shift, block, at);
        case FLOAT32 -> pack32(a.address(), x.rows(), x.columns(), shift, block, at);
        case FLOAT16, BFLOAT16 -> throw a.notWidened();
      }
    }
  }

  /// Adds the cross-products of packed rows to some tiles of C. Different threads may add a block
  /// to disjoint tiles.
  ///
  /// @param block as [#pack] left it, or a call of this; has room of its own for each tile, which
  ///   is written
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

  /// The loop behind [#pack] for float32, at a checked address.
  void pack32(long x, int rows, int dim, double[] shift, Block block, int at);

  /// The loop behind [#pack] for float64, at a checked address.
  void pack64(long x, int rows, int dim, double[] shift, Block block, int at);

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
  ///
  /// @param isSingle whether products of float32 data are computed in float32
  record Scalar(boolean isSingle) implements CrossProducts {
    /// In float64.
    Scalar() {
      this(false);
    }

    @Override
    public CrossProducts single() {
      return new Scalar(true);
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
    public void pack32(long x, int rows, int dim, double[] shift, Block block, int at) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          double d = Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
          if (block.isNarrow()) {
            block.narrow[(at + r) * dim + j] = (float) d;
          } else {
            block.wide[(at + r) * dim + j] = d;
          }
        }
      }
    }

    @Override
    public void pack64(long x, int rows, int dim, double[] shift, Block block, int at) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < dim; j++) {
          block.wide[(at + r) * dim + j] =
              Memory.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
        }
      }
    }

    @Override
    public void tiles(Block block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      int first = tileFrom * TILE;
      int end = Math.min(tileTo * TILE, dim);
      if (!block.isNarrow()) {
        chains(block.wide, rows, dim, c, first, end);
        return;
      }
      for (int from = 0; from < rows; from += CHAIN) {
        chains(block.narrow, from, Math.min(from + CHAIN, rows), dim, c, first, end);
      }
    }

    private static void chains(double[] p, int rows, int dim, double[] c, int first, int end) {
      for (int r = 0; r < rows; r++) {
        for (int i = first; i < end; i++) {
          for (int j = i; j < dim; j++) {
            c[i * dim + j] = Math.fma(p[r * dim + i], p[r * dim + j], c[i * dim + j]);
          }
        }
      }
    }

    private static void chains(
        float[] p, int from, int to, int dim, double[] c, int first, int end) {
      float[] chains = new float[dim];
      for (int i = first; i < end; i++) {
        Arrays.fill(chains, 0);
        for (int r = from; r < to; r++) {
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

  /// Vector loops, [CrossPanels]: rows are centred, widened and packed into [Panels64], in single
  /// precision into [Panels32], and register blocks pass over a chain of rows of two panels. The
  /// left panels of a tile stay in the second-level cache while the right ones pass, and a panel of
  /// C while the chains of a block do.
  ///
  /// @param isSingle whether products of float32 data are computed in float32
  record Simd(boolean isSingle) implements CrossProducts {
    private static final int WIDTH = Panels64.WIDTH;

    /// In float64.
    Simd() {
      this(false);
    }

    @Override
    public CrossProducts single() {
      return new Simd(true);
    }

    /// Panels of the right operand, then as many of the left one. The wider type has the wider
    /// panels.
    @Override
    public int packed(int dim) {
      return Math.multiplyExact(2, Panels32.length(dim, DEPTH));
    }

    @Override
    public int length(int dim) {
      return Math.toIntExact(CrossPanels.tile(dim, CrossProducts.tiles(dim)));
    }

    @Override
    public int at(int dim, int i, int j) {
      int tile = i / TILE;
      int panel = j / WIDTH - tile * (TILE / WIDTH);
      return (int) CrossPanels.tile(dim, tile) + (panel * TILE + i % TILE) * WIDTH + j % WIDTH;
    }

    @Override
    public int run(int dim) {
      return WIDTH;
    }

    @Override
    public void pack32(long x, int rows, int dim, double[] shift, Block block, int at) {
      if (block.isNarrow()) {
        Panels32.columns32(x, rows, dim, shift, block.narrow, DEPTH, at);
      } else {
        Panels64.columns32(x, rows, dim, shift, block.wide, DEPTH, at);
      }
    }

    @Override
    public void pack64(long x, int rows, int dim, double[] shift, Block block, int at) {
      Panels64.columns64(x, rows, dim, shift, block.wide, DEPTH, at);
    }

    @Override
    public void tiles(Block block, int rows, int dim, double[] c, int tileFrom, int tileTo) {
      float[] chains = new float[block.isNarrow() ? RegisterBlock.HEIGHT * Panels32.WIDTH : 0];
      for (int tile = tileFrom; tile < tileTo; tile++) {
        if (block.isNarrow()) {
          CrossPanels.tile32(block.narrow, rows, dim, chains, c, tile);
        } else {
          CrossPanels.tile64(block.wide, rows, dim, c, tile);
        }
      }
    }
  }
}
