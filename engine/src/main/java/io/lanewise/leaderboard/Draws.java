package io.lanewise.leaderboard;

import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the values of several models might have been as well, drawn many times from a seed.
/// [Random]'s numbers are laid down to the digit, so these are the same everywhere.
final class Draws {
  static final int COUNT = 10_000;
  static final long SEED = 0;

  /// More blocks than that tell no more.
  private static final int MOST_BLOCKS = 1000;

  private Draws() {}

  /// By draw and model: a normal draw about each value.
  static double[][] normal(double[] values, double[] errors) {
    Random random = new Random(SEED);
    double[][] draws = new double[COUNT][values.length];
    for (double[] draw : draws) {
      for (int m = 0; m < values.length; m++) {
        draw[m] = values[m] + errors[m] * random.nextGaussian();
      }
    }
    return draws;
  }

  /// By draw and model: the mean of blocks of rows, as many as there are, drawn with replacement,
  /// the same of all models. A block is one row if there are at most a thousand; otherwise rows are
  /// put into blocks by chance, since those that follow one another may be alike.
  ///
  /// @param rows by model and row
  static double[][] ofRows(double[][] rows) {
    int models = rows.length;
    int count = rows[0].length;
    int size = Math.ceilDiv(count, MOST_BLOCKS);
    int blocks = Math.ceilDiv(count, size);
    Random random = new Random(SEED);
    int[] order = IntStream.range(0, count).toArray();
    for (int last = count - 1; size > 1 && last > 0; last--) {
      int other = random.nextInt(last + 1);
      int row = order[last];
      order[last] = order[other];
      order[other] = row;
    }
    double[][] sums = new double[blocks][models];
    int[] sizes = new int[blocks];
    for (int i = 0; i < count; i++) {
      sizes[i / size]++;
      for (int m = 0; m < models; m++) {
        sums[i / size][m] += rows[m][order[i]];
      }
    }
    double[][] draws = new double[COUNT][models];
    for (double[] draw : draws) {
      long drawn = 0;
      for (int i = 0; i < blocks; i++) {
        int block = random.nextInt(blocks);
        drawn += sizes[block];
        for (int m = 0; m < models; m++) {
          draw[m] += sums[block][m];
        }
      }
      for (int m = 0; m < models; m++) {
        draw[m] /= drawn;
      }
    }
    return draws;
  }

  /// Whether each row of each model is a number, and there are as many of all.
  static boolean fit(double @Nullable [][] rows) {
    if (rows == null || rows.length == 0 || rows[0].length < 2) {
      return false;
    }
    for (double[] model : rows) {
      if (model.length != rows[0].length) {
        return false;
      }
      for (double row : model) {
        if (!Double.isFinite(row)) {
          return false;
        }
      }
    }
    return true;
  }
}
