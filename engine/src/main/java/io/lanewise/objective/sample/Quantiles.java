package io.lanewise.objective.sample;

import java.util.Arrays;

/// Quantiles as NumPy's default: linear between the two nearest of the sorted values (type 7 of
/// Hyndman and Fan 1996).
final class Quantiles {
  private Quantiles() {}

  /// @param values at least one
  /// @param p in [0, 1]
  static double of(double[] values, double p) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = p * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
