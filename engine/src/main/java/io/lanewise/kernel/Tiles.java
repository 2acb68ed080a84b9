package io.lanewise.kernel;

import java.lang.foreign.Arena;
import java.util.Arrays;

/// Row sums of terms that are expensive to compute: the terms of many short rows (or of a part of a
/// long one) are computed without regard to where rows end into a tile that stays in L1, and are
/// summed from there. Short rows then cost no more per value than long ones, and each loop stays
/// small enough for C2.
final class Tiles {
  private static final long BYTES = (Lanes.TILE + Lanes.COUNT) * (long) Double.BYTES;

  private Tiles() {}

  /// Computes terms `from` to `from + count` of the flat matrix as float64 at the address `tile`.
  interface Terms {
    void compute(long from, int count, long tile);
  }

  /// `out[r]` becomes the sum of the terms of row r in the order of [Lanes].
  static void rowSums(int rows, int dim, double[] out, Terms terms) {
    if (dim == 0) {
      Arrays.fill(out, 0, rows, 0);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long tile = arena.allocate(BYTES, 64).address();
      if (dim <= Lanes.TILE) {
        int block = Lanes.TILE / dim;
        for (int r = 0; r < rows; r += block) {
          int count = Math.min(block, rows - r);
          terms.compute((long) r * dim, count * dim, tile);
          RowSum.Simd.rows(tile, count, dim, out, r);
        }
      } else {
        double[] lanes = new double[Lanes.COUNT];
        for (int r = 0; r < rows; r++) {
          Arrays.fill(lanes, 0);
          add((long) r * dim, dim, lanes, tile, terms);
          out[r] = Lanes.reduce(lanes);
        }
      }
    }
  }

  /// The sum of `count` terms.
  static double sum(long count, Terms terms) {
    try (Arena arena = Arena.ofConfined()) {
      double[] lanes = new double[Lanes.COUNT];
      add(0, count, lanes, arena.allocate(BYTES, 64).address(), terms);
      return Lanes.reduce(lanes);
    }
  }

  private static void add(long from, long count, double[] lanes, long tile, Terms terms) {
    for (long i = 0; i < count; i += Lanes.TILE) {
      int n = (int) Math.min(Lanes.TILE, count - i);
      terms.compute(from + i, n, tile);
      RowSum.Simd.add64(tile, n, lanes);
    }
  }
}
