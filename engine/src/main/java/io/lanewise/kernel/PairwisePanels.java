package io.lanewise.kernel;

import static io.lanewise.kernel.PairwiseProducts.BLOCK;
import static io.lanewise.kernel.PairwiseProducts.CHUNK;
import static io.lanewise.kernel.Panels64.up;
import static io.lanewise.kernel.RegisterBlock.HEIGHT;

import io.lanewise.kernel.PairwiseProducts.Scratch;
import java.util.Arrays;

/// The vector loops of [PairwiseProducts]: rows of both matrices are packed into panels of a few
/// rows, column by column, and register blocks pass over blocks of columns of two panels. Sums over
/// blocks are kept in the order in which register blocks are passed over, and become a row-major
/// matrix with the last block. Of rows with themselves, the same memory twice, half of the products
/// are computed.
///
/// What takes the time are short methods that are called often, so that C2 has them compiled after
/// the first milliseconds; with loops in loops in one method it takes seconds.
sealed interface PairwisePanels permits PairwisePanels.Narrow, PairwisePanels.Wide {
  /// Blocks of columns that pass over a panel of sums while it is in the second-level cache.
  int BLOCKS = 2;

  /// Rows of x in a strip at most, which [#BLOCKS] blocks of columns keep in the second-level
  /// cache: 240 KiB of float32, and half as many rows of float64.
  int STRIP = 120;

  /// Rows that are packed at a time.
  int ROWS = 3;

  /// How large the matrices are.
  ///
  /// @param strip rows of x in a strip: as equal as can be
  record Shape(int rowsX, int rowsY, int dim, int strip) {
    static Shape of(int rowsX, int rowsY, int dim, int most) {
      int strips = Math.max(1, (rowsX + most - 1) / most);
      return new Shape(rowsX, rowsY, dim, up((rowsX + strips - 1) / strips, HEIGHT));
    }

    int chunk() {
      return Math.min(CHUNK, dim);
    }
  }

  Shape shape();

  Scratch scratch();

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

  /// Computes all products.
  default void products(Operand x, Operand y, double[] out) {
    int rowsX = shape().rowsX();
    int rowsY = shape().rowsY();
    int dim = shape().dim();
    int most = shape().strip();
    if (dim == 0) {
      Arrays.fill(out, 0, rowsX * rowsY, 0);
    }
    boolean same = x.address() == y.address() && rowsX == rowsY;
    long row = (long) dim * bytes();
    int width = width();
    // Strip after strip, each of as many panels as y has: what a strip has summed up is its own.
    double[] sums = scratch().sums(up(rowsX, HEIGHT) * up(rowsY, width));
    for (int start = 0; start < dim; start += CHUNK) {
      int columns = Math.min(CHUNK, dim - start);
      long from = (long) start * bytes();
      pack(true, y.address() + from, rowsY, row, columns);
      for (int i0 = 0; i0 < rowsX; i0 += most) {
        int strip = Math.min(most, rowsX - i0);
        pack(false, x.address() + i0 * row + from, strip, row, columns);
        int at = i0 * up(rowsY, width);
        // Below the diagonal nothing is computed: rows of a strip, given where a panel ends.
        int above = same ? i0 : Integer.MIN_VALUE / 2;
        for (int k = 0; k < columns; k += BLOCKS * BLOCK) {
          pass(k, Math.min(k + BLOCKS * BLOCK, columns), strip, above, sums, at);
        }
        if (start + columns == dim) {
          unpack(sums, at, strip, above, out, i0 * rowsY);
        }
      }
    }
    if (same) {
      mirror(out, rowsX);
    }
  }

  /// One strip of x with all of y, over some blocks of columns.
  private void pass(int from, int to, int strip, int above, double[] sums, int at) {
    int padded = up(strip, HEIGHT);
    int rowsY = shape().rowsY();
    for (int j = 0; j < rowsY; j += width()) {
      int rows = Math.min(strip, j + width() - above);
      for (int k = from; k < to; k += BLOCK) {
        int depth = Math.min(BLOCK, to - k);
        int y = k * up(rowsY, width()) + j * depth;
        sweep(k * padded, rows, y, depth, sums, at + j * padded);
      }
    }
  }

  private void unpack(double[] sums, int at, int strip, int above, double[] out, int to) {
    int padded = up(strip, HEIGHT);
    int width = width();
    int rowsY = shape().rowsY();
    for (int j = 0; j < rowsY; j += width) {
      int rows = Math.min(strip, j + width - above);
      copy(sums, at + j * padded, width, rows, Math.min(width, rowsY - j), out, to + j, rowsY);
    }
  }

  private static void copy(
      double[] sums, int from, int width, int rows, int columns, double[] out, int to, int stride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(sums, from + i * width, out, to + i * stride, columns);
    }
  }

  /// Packs some columns of some rows into panels, column by column, all panels of a block of
  /// columns before those of the next: what a block passes over is then one run of memory, which
  /// the second-level cache can hold. A panel that rows do not fill repeats the last: its products
  /// go nowhere.
  private void pack(boolean ofY, long first, int rows, long row, int columns) {
    int height = ofY ? width() : HEIGHT;
    int padded = up(rows, height);
    long last = first + (rows - 1) * row;
    for (int k = 0; k < columns; k += BLOCK) {
      int depth = Math.min(BLOCK, columns - k);
      long at = (long) k * bytes();
      for (int r = 0; r < padded; r += ROWS) {
        long row0 = Math.min(first + r * row, last) + at;
        long row1 = Math.min(first + (r + 1) * row, last) + at;
        long row2 = Math.min(first + (r + 2) * row, last) + at;
        int to = k * padded + r / height * height * depth + r % height;
        if (ofY) {
          packY(row0, row1, row2, depth, to);
        } else {
          packX(row0, row1, row2, depth, to);
        }
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
  final class Narrow implements PairwisePanels {
    private final Shape shape;
    private final Scratch scratch;
    private final float[] x;
    private final float[] y;
    private final float[] block = new float[HEIGHT * Panels32.WIDTH];

    Narrow(int rowsX, int rowsY, int dim, Scratch scratch) {
      this.shape = Shape.of(rowsX, rowsY, dim, STRIP);
      this.scratch = scratch;
      x = scratch.x32(shape.strip() * shape.chunk());
      y = scratch.y32(Panels32.length(rowsY, shape.chunk()));
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public Scratch scratch() {
      return scratch;
    }

    @Override
    public int width() {
      return Panels32.WIDTH;
    }

    @Override
    public int bytes() {
      return Float.BYTES;
    }

    @Override
    public void packX(long row0, long row1, long row2, int columns, int to) {
      Panels32.rows32(row0, row1, row2, columns, x, to, HEIGHT);
    }

    @Override
    public void packY(long row0, long row1, long row2, int columns, int to) {
      Panels32.rows32(row0, row1, row2, columns, y, Panels32.START + to, Panels32.WIDTH);
    }

    @Override
    public void sweep(int ofX, int rows, int ofY, int columns, double[] sums, int at) {
      int apart = HEIGHT * columns;
      Panels32.add(x, ofX, apart, rows, y, Panels32.START + ofY, columns, block, sums, at);
    }
  }

  /// Panels of float64.
  final class Wide implements PairwisePanels {
    private final int bytes;
    private final Shape shape;
    private final Scratch scratch;
    private final double[] x;
    private final double[] y;
    private final double[] block = new double[HEIGHT * Panels64.WIDTH];

    Wide(int bytes, int rowsX, int rowsY, int dim, Scratch scratch) {
      this.bytes = bytes;
      this.shape = Shape.of(rowsX, rowsY, dim, STRIP / 2);
      this.scratch = scratch;
      x = scratch.x64(shape.strip() * shape.chunk());
      y = scratch.y64(Panels64.length(rowsY, shape.chunk()));
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public Scratch scratch() {
      return scratch;
    }

    @Override
    public int width() {
      return Panels64.WIDTH;
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
      pack(row0, row1, row2, columns, y, Panels64.START + to, Panels64.WIDTH);
    }

    private void pack(
        long row0, long row1, long row2, int columns, double[] panels, int to, int width) {
      if (bytes == Float.BYTES) {
        Panels64.rows32(row0, row1, row2, columns, panels, to, width);
      } else {
        Panels64.rows64(row0, row1, row2, columns, panels, to, width);
      }
    }

    @Override
    public void sweep(int ofX, int rows, int ofY, int columns, double[] sums, int at) {
      Panels64.add(x, ofX, rows, y, Panels64.START + ofY, columns, block, sums, at);
    }
  }
}
