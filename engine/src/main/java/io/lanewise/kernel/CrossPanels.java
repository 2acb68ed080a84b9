package io.lanewise.kernel;

import static io.lanewise.kernel.CrossProducts.CHAIN;
import static io.lanewise.kernel.CrossProducts.DEPTH;
import static io.lanewise.kernel.CrossProducts.TILE;
import static io.lanewise.kernel.RegisterBlock.HEIGHT;

/// The vector loops of [CrossProducts] over packed rows, and where they keep C.
///
/// C is tile after tile; a tile is its columns from the diagonal on, panel after panel, each
/// [CrossProducts#TILE] rows of [Panels64#WIDTH] elements: memory that is read and written from its
/// start to its end, where rows of a matrix would be a page apart. In single precision a register
/// block is added to two panels of C.
final class CrossPanels {
  /// Columns of a panel of C, of which [CrossProducts#TILE] is a multiple.
  private static final int WIDTH = Panels64.WIDTH;

  private CrossPanels() {}

  private static int panels(int dim) {
    return (dim + WIDTH - 1) / WIDTH;
  }

  /// Where a tile begins: each one before it lacks as many panels as lie before its diagonal.
  static long tile(int dim, int tile) {
    long missing = TILE / WIDTH * (tile * (tile - 1L) / 2);
    return Panels64.START + ((long) tile * panels(dim) - missing) * TILE * WIDTH;
  }

  static void tile64(double[] p, int rows, int dim, double[] c, int tile) {
    int columns = panels(dim) * WIDTH;
    int left = Panels64.length(dim, DEPTH);
    int first = tile * TILE;
    int last = Math.min(first + TILE, columns);
    for (int i = first; i < last; i += HEIGHT) {
      int from = Panels64.START + i / WIDTH * WIDTH * DEPTH + i % WIDTH;
      Panels64.narrow(p, from, rows, p, left + i * DEPTH);
    }
    int at = (int) tile(dim, tile);
    for (int j = first; j < columns; j += WIDTH) {
      int lanes = Math.min(last, j + WIDTH) - first;
      panel64(p, left + first * DEPTH, lanes, Panels64.START + j * DEPTH, rows, c, at);
      at += TILE * WIDTH;
    }
  }

  private static void panel64(
      double[] p, int left, int lanes, int right, int rows, double[] c, int at) {
    for (int k = 0; k < rows; k += CHAIN) {
      int depth = Math.min(CHAIN, rows - k);
      int a = left + k * HEIGHT;
      Panels64.sweep(p, a, HEIGHT * DEPTH, lanes, p, right + k * WIDTH, depth, c, at);
    }
  }

  static void tile32(float[] p, int rows, int dim, float[] chains, double[] c, int tile) {
    int columns = panels(dim) * WIDTH;
    int left = Panels32.length(dim, DEPTH);
    int first = tile * TILE;
    int last = Math.min(first + TILE, columns);
    for (int i = first; i < last; i += HEIGHT) {
      int from = Panels32.START + i / Panels32.WIDTH * Panels32.WIDTH * DEPTH + i % Panels32.WIDTH;
      Panels32.narrow(p, from, rows, p, left + i * DEPTH);
    }
    int at = (int) tile(dim, tile);
    for (int j = first; j < columns; j += Panels32.WIDTH) {
      int lanes = Math.min(last, j + Panels32.WIDTH) - first;
      int right = Panels32.START + j * DEPTH;
      int second = j + WIDTH < columns ? TILE * WIDTH : 0;
      panel32(p, left + first * DEPTH, lanes, right, rows, chains, c, at, second);
      at += 2 * TILE * WIDTH;
    }
  }

  private static void panel32(
      float[] p,
      int left,
      int lanes,
      int right,
      int rows,
      float[] chains,
      double[] c,
      int at,
      int second) {
    for (int k = 0; k < rows; k += CHAIN) {
      int depth = Math.min(CHAIN, rows - k);
      int a = left + k * HEIGHT;
      int b = right + k * Panels32.WIDTH;
      Panels32.addHalves(p, a, HEIGHT * DEPTH, lanes, p, b, depth, chains, c, at, second);
    }
  }
}
