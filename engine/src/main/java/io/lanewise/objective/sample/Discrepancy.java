package io.lanewise.objective.sample;

import io.lanewise.objective.sample.AllPairs.Part;
import java.util.ArrayList;
import java.util.List;

/// Squared maximum mean discrepancy of two sets, `mean k(x, x') + mean k(y, y') - 2 mean k(x, y)`
/// (Gretton et al., *A Kernel Two-Sample Test*, JMLR 13, 2012), with what its jackknife needs: sums
/// by blocks of consecutive rows.
final class Discrepancy {
  /// Blocks that are left out in turn.
  static final int BLOCKS = 20;

  private final MmdEstimator estimator;
  private final Within x;
  private final Within y;

  /// Sums over pairs of rows of x and y, by block of each.
  private final double[][] between;

  private Discrepancy(MmdEstimator estimator, Within x, Within y, double[][] between) {
    this.estimator = estimator;
    this.x = x;
    this.y = y;
    this.between = between;
  }

  /// Rows in blocks, and blocks in parts that are small enough for a tile.
  ///
  /// @param parts all parts in order
  /// @param blockOf the block of each part
  /// @param sizes the rows of each block
  @SuppressWarnings("ArrayRecordComponent") // internal
  record Blocks(Part[] parts, int[] blockOf, int[] sizes) {
    static Blocks of(int rows, int blocks) {
      Part[] outer = AllPairs.equalParts(rows, Math.min(blocks, rows));
      List<Part> parts = new ArrayList<>();
      List<Integer> blockOf = new ArrayList<>();
      int[] sizes = new int[outer.length];
      for (Part block : outer) {
        sizes[block.number()] = block.count();
        for (Part inner : AllPairs.parts(block.count())) {
          parts.add(new Part(parts.size(), block.from() + inner.from(), inner.count()));
          blockOf.add(block.number());
        }
      }
      return new Blocks(
          parts.toArray(Part[]::new), blockOf.stream().mapToInt(b -> b).toArray(), sizes);
    }
  }

  /// Sums over pairs of rows of one set.
  ///
  /// @param apart by block, over ordered pairs of different rows; symmetric
  /// @param trace by block, over rows with themselves
  /// @param sizes rows by block
  @SuppressWarnings("ArrayRecordComponent") // internal
  record Within(double[][] apart, double[] trace, int[] sizes) {
    /// Adds up what tiles found; tile (a, b) with a < b is both halves.
    static Within of(Blocks blocks, double[][] tiles, double[] traces) {
      int count = blocks.sizes().length;
      double[][] apart = new double[count][count];
      double[] trace = new double[count];
      for (int a = 0; a < tiles.length; a++) {
        int p = blocks.blockOf()[a];
        trace[p] += traces[a];
        apart[p][p] += tiles[a][a];
        for (int b = a + 1; b < tiles.length; b++) {
          int q = blocks.blockOf()[b];
          apart[p][q] += tiles[a][b];
          apart[q][p] += tiles[a][b];
        }
      }
      return new Within(apart, trace, blocks.sizes());
    }

    /// The mean over pairs of different rows, or over all pairs, without a block.
    ///
    /// @param without the block to leave out, -1 for none
    double mean(boolean all, int without) {
      double sum = 0;
      long rows = 0;
      for (int p = 0; p < sizes.length; p++) {
        if (p == without) {
          continue;
        }
        rows += sizes[p];
        sum += all ? trace[p] : 0;
        for (int q = 0; q < sizes.length; q++) {
          sum += q == without ? 0 : apart[p][q];
        }
      }
      return sum / ((double) rows * (all ? rows : rows - 1));
    }
  }

  /// The discrepancy of all rows of two sets.
  static Discrepancy of(
      AllPairs pairs, TileSums kernel, MmdEstimator estimator, HeldRows x, HeldRows y, int blocks) {
    for (HeldRows rows : List.of(x, y)) {
      if (rows.count() < estimator.least()) {
        throw new IllegalArgumentException(
            "set '%s': found %d rows, expected at least %d"
                .formatted(rows.set(), rows.count(), estimator.least()));
      }
    }
    boolean paired = estimator == MmdEstimator.U_STATISTIC;
    if (paired && x.count() != y.count()) {
      throw new IllegalArgumentException(
          "estimator u-statistic: found %d '%s' rows and %d '%s' rows, expected as many"
              .formatted(x.count(), x.set(), y.count(), y.set()));
    }
    Blocks ofX = Blocks.of(x.count(), blocks);
    Blocks ofY = Blocks.of(y.count(), blocks);
    Within xx = within(pairs, kernel, x, ofX);
    Within yy = within(pairs, kernel, y, ofY);
    double[][] tiles = new double[ofX.parts().length][ofY.parts().length];
    pairs.cross(
        "pairs between %s and %s rows".formatted(x.set(), y.set()),
        x,
        ofX.parts(),
        y,
        ofY.parts(),
        (a, b, products) ->
            tiles[a.number()][b.number()] =
                paired && a.number() == b.number()
                    ? kernel.diagonalSums(x, a, y, b, products)[0]
                    : kernel.sum(x, a, y, b, products));
    double[][] between = new double[ofX.sizes().length][ofY.sizes().length];
    for (int a = 0; a < tiles.length; a++) {
      for (int b = 0; b < tiles[a].length; b++) {
        between[ofX.blockOf()[a]][ofY.blockOf()[b]] += tiles[a][b];
      }
    }
    return new Discrepancy(estimator, xx, yy, between);
  }

  /// Sums over the pairs of rows of one set.
  static Within within(AllPairs pairs, TileSums kernel, HeldRows x, Blocks blocks) {
    int parts = blocks.parts().length;
    double[][] tiles = new double[parts][parts];
    double[] traces = new double[parts];
    pairs.self(
        "pairs within %s rows".formatted(x.set()),
        x,
        blocks.parts(),
        (a, b, products) -> {
          if (a.number() == b.number()) {
            double[] sums = kernel.diagonalSums(x, a, products);
            tiles[a.number()][a.number()] = sums[0];
            traces[a.number()] = sums[1];
          } else {
            tiles[a.number()][b.number()] = kernel.sum(x, a, x, b, products);
          }
        });
    return Within.of(blocks, tiles, traces);
  }

  /// The estimate.
  double value() {
    return value(-1, -1);
  }

  private double value(int withoutX, int withoutY) {
    double sum = 0;
    long pairs = 0;
    for (int p = 0; p < between.length; p++) {
      for (int q = 0; q < between[p].length; q++) {
        if (p != withoutX && q != withoutY) {
          sum += between[p][q];
          pairs += (long) x.sizes()[p] * y.sizes()[q];
          pairs -= estimator == MmdEstimator.U_STATISTIC && p == q ? x.sizes()[p] : 0;
        }
      }
    }
    boolean all = estimator == MmdEstimator.BIASED;
    return x.mean(all, withoutX) + y.mean(all, withoutY) - 2 * (sum / pairs);
  }

  /// Its standard error by leaving out each block of one set in turn, for both sets; of rows that
  /// belong together in both at once. NaN where too few rows would be left.
  double standardError() {
    int least = estimator.least();
    if (!Jackknife.applies(x.sizes(), least) || !Jackknife.applies(y.sizes(), least)) {
      return Double.NaN;
    }
    if (estimator == MmdEstimator.U_STATISTIC) {
      return Math.sqrt(Jackknife.variance(x.sizes().length, block -> value(block, block)));
    }
    return Math.sqrt(
        Jackknife.variance(x.sizes().length, block -> value(block, -1))
            + Jackknife.variance(y.sizes().length, block -> value(-1, block)));
  }
}
