package io.lanewise.objective.sample;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/// The variance of a statistic by leaving out blocks of rows in turn: `(B - 1)/B sum_b (theta_(b) -
/// mean theta)^2` (Efron and Tibshirani, *An Introduction to the Bootstrap*, chapter 11). Rows are
/// taken to be independent of each other.
final class Jackknife {
  private Jackknife() {}

  /// Whether at least `least` rows are left without any one block.
  static boolean applies(int[] sizes, int least) {
    int rows = Arrays.stream(sizes).sum();
    return sizes.length > 1 && Arrays.stream(sizes).allMatch(size -> rows - size >= least);
  }

  /// What a definition adds where there is no standard error; nothing where there is one.
  static String missing(double error) {
    return Double.isNaN(error)
        ? "; no standard error: without one of the blocks of rows too few would remain"
        : "";
  }

  /// @param without the statistic without a block
  static double variance(int blocks, IntToDoubleFunction without) {
    double[] values = new double[blocks];
    double mean = 0;
    for (int b = 0; b < blocks; b++) {
      values[b] = without.applyAsDouble(b);
      mean += values[b] / blocks;
    }
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum * (blocks - 1) / blocks;
  }
}
