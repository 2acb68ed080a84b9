package io.lanewise.objective.score;

import java.util.Arrays;

/// Chains of one number, cut into halves: the means of the halves (from the first draw of all on),
/// and the deviations from them.
///
/// Scale does not show. Means and deviations are kept as multiples of a power of two of their own,
/// so that no square of them overflows or underflows; to multiply by a power of two is exact. A
/// half whose draws are all equal has deviations of exactly 0.
final class SplitChains {
  private final double[][] deviations;
  private final double[] means;
  private final boolean allEqual;

  /// Whether a half has deviations other than 0.
  private final boolean[] moves;

  /// The means, less the first draw of all, are multiples of this power of two.
  private final int meanExponent;

  /// The deviations are multiples of this power of the same unit.
  private final int exponent;

  private SplitChains(
      double[][] deviations, double[] means, boolean allEqual, int meanExponent, int exponent) {
    this.deviations = deviations;
    this.means = means;
    this.allEqual = allEqual;
    moves = new boolean[deviations.length];
    for (int c = 0; c < moves.length; c++) {
      moves[c] = Arrays.stream(deviations[c]).anyMatch(v -> v != 0);
    }
    this.meanExponent = meanExponent;
    this.exponent = exponent;
  }

  /// Cuts chains of finite draws into halves; the middle draw of an odd number is left out.
  ///
  /// @param chains at least one, of equal length, at least 4
  /// @throws IllegalArgumentException otherwise
  static SplitChains of(double[][] chains) {
    double[][] halves = halves(chains);
    int scale = exponent(halves);
    double[] means = new double[halves.length];
    double one = halves[0][0];
    boolean allEqual = true;
    for (int c = 0; c < halves.length; c++) {
      double[] x = halves[c];
      for (int i = 0; i < x.length; i++) {
        allEqual &= x[i] == one;
        x[i] = Math.scalb(x[i], -scale);
      }
      // From a first draw on: what all draws have in common does not cost digits.
      double first = x[0];
      double mean = Arrays.stream(x).map(v -> v - first).sum() / x.length;
      means[c] = first - Math.scalb(one, -scale) + mean;
      for (int i = 0; i < x.length; i++) {
        x[i] = x[i] - first - mean;
      }
    }
    int meanExponent = exponent(means);
    scale(means, meanExponent);
    int exponent = exponent(halves);
    for (double[] x : halves) {
      scale(x, exponent);
    }
    return new SplitChains(halves, means, allEqual, meanExponent, exponent);
  }

  /// R-hat: `sqrt((n - 1) / n + B / W)` with the variance B of the means of the halves and the mean
  /// W of their variances. NaN if all draws are equal; infinite if only the means differ.
  double rHat() {
    if (allEqual) {
      return Double.NaN;
    }
    int n = deviations[0].length;
    double ratio = Math.sqrt(variance(means) / (covariance(0) * n / (n - 1)));
    return Math.hypot(Math.sqrt((n - 1.0) / n), Math.scalb(ratio, meanExponent - exponent));
  }

  /// The effective sample size of the mean; NaN if all draws are equal.
  ///
  /// @throws IllegalArgumentException for fewer than 4 draws a half
  double effectiveSampleSize() {
    int m = deviations.length;
    int n = deviations[0].length;
    if (n < 4) {
      throw new IllegalArgumentException(
          "chains: found %d draws, expected at least 8".formatted(2 * n));
    }
    if (allEqual) {
      return Double.NaN;
    }
    double within = covariance(0) * n / (n - 1);
    // May be infinite beside tiny deviations: then every correlation is 1, as it should be.
    double between = Math.scalb(variance(means), 2 * (meanExponent - exponent));
    double total = within * (n - 1) / n + between;
    double[] rho = new double[n];
    rho[0] = 1;
    double even = 1;
    double odd = 1 - (within - covariance(1)) / total;
    rho[1] = odd;
    int t = 1;
    while (t < n - 3 && even + odd > 0) {
      even = 1 - (within - covariance(t + 1)) / total;
      odd = 1 - (within - covariance(t + 2)) / total;
      if (even + odd >= 0) {
        rho[t + 1] = even;
        rho[t + 2] = odd;
      }
      t += 2;
    }
    int last = t - 2;
    if (even > 0) {
      rho[last + 1] = even;
    }
    for (int k = 1; k <= last - 2; k += 2) {
      double before = rho[k - 1] + rho[k];
      if (rho[k + 1] + rho[k + 2] > before) {
        rho[k + 1] = before / 2;
        rho[k + 2] = before / 2;
      }
    }
    double sum = 0;
    for (int k = 0; k <= last; k++) {
      sum += rho[k];
    }
    double draws = (double) m * n;
    return draws / Math.max(-1 + 2 * sum + rho[last + 1], 1 / Math.log10(draws));
  }

  /// The mean over halves of the autocovariance at a lag, divided by n.
  private double covariance(int lag) {
    double sum = 0;
    for (int c = 0; c < deviations.length; c++) {
      sum += moves[c] ? products(deviations[c], lag) : 0;
    }
    return sum / ((double) deviations.length * deviations[0].length);
  }

  /// In four sums, which do not wait for each other: chains that mix slowly need every lag.
  private static double products(double[] x, int lag) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + lag + 3 < x.length; i += 4) {
      a += x[i] * x[i + lag];
      b += x[i + 1] * x[i + lag + 1];
      c += x[i + 2] * x[i + lag + 2];
      d += x[i + 3] * x[i + lag + 3];
    }
    for (; i + lag < x.length; i++) {
      a += x[i] * x[i + lag];
    }
    return (a + b) + (c + d);
  }

  private static double variance(double[] values) {
    double mean = Arrays.stream(values).sum() / values.length;
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / (values.length - 1);
  }

  private static void scale(double[] values, int exponent) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.scalb(values[i], -exponent);
    }
  }

  /// The binary exponent of the greatest magnitude; 0 where all are 0. Two more, so that a
  /// difference of two does not overflow.
  static int exponent(double[]... values) {
    double most = 0;
    for (double[] row : values) {
      for (double value : row) {
        most = Math.max(most, Math.abs(value));
      }
    }
    return most == 0 ? 0 : Math.getExponent(most) + 2;
  }

  /// @throws IllegalArgumentException unless there are chains of equal length, at least 4
  static void check(double[][] chains) {
    int length = chains.length == 0 ? 0 : chains[0].length;
    if (length < 4) {
      throw new IllegalArgumentException(
          "chains: found %d of %d draws, expected at least one of at least 4"
              .formatted(chains.length, length));
    }
    for (double[] chain : chains) {
      if (chain.length != length) {
        throw new IllegalArgumentException(
            "chains: found %d and %d draws, expected as many".formatted(length, chain.length));
      }
    }
  }

  private static double[][] halves(double[][] chains) {
    check(chains);
    int length = chains[0].length;
    int half = length / 2;
    double[][] halves = new double[2 * chains.length][];
    for (int c = 0; c < chains.length; c++) {
      halves[2 * c] = Arrays.copyOfRange(chains[c], 0, half);
      halves[2 * c + 1] = Arrays.copyOfRange(chains[c], length - half, length);
    }
    return halves;
  }
}
