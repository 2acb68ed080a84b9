package io.lanewise.objective.score;

import io.lanewise.objective.support.StandardNormal;
import java.util.Arrays;

/// Replaces draws by the standard normal quantiles of their ranks: `Phi^-1((r - 3/8) / (S + 1/4))`
/// for rank r of S, the mean rank for equal draws (Blom 1958). Keeps the quantiles that it has
/// computed for the next number of draws that are as many.
final class NormalScores {
  /// By twice the rank, which is an integer; 0 where not yet computed.
  private double[] quantiles = {};

  /// The normal scores of chains: new ones of the same shape.
  ///
  /// @param chains finite draws, of equal length
  double[][] of(double[][] chains) {
    double[] sorted = Arrays.stream(chains).flatMapToDouble(Arrays::stream).sorted().toArray();
    int size = sorted.length;
    if (quantiles.length != 2 * size + 1) {
      quantiles = new double[2 * size + 1];
    }
    double[][] scores = new double[chains.length][];
    for (int c = 0; c < chains.length; c++) {
      scores[c] = Arrays.stream(chains[c]).map(v -> score(sorted, v)).toArray();
    }
    return scores;
  }

  private double score(double[] sorted, double value) {
    int size = sorted.length;
    int first = below(sorted, value, false);
    int next = below(sorted, value, true);
    int twice = first + 1 + next;
    if (twice == size + 1) {
      return 0;
    }
    if (quantiles[twice] == 0) {
      quantiles[twice] = StandardNormal.quantile((0.5 * twice - 0.375) / (size + 0.25));
    }
    return quantiles[twice];
  }

  /// How many are less than the value, or less or equal.
  private static int below(double[] sorted, double value, boolean orEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || orEqual && sorted[middle] == value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
