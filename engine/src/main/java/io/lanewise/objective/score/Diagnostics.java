package io.lanewise.objective.score;

/// What several chains of one number tell of their convergence.
public final class Diagnostics {
  private Diagnostics() {}

  /// Split R-hat: each chain cut into halves, `sqrt(((n - 1) / n W + B / n) / W)`. Near 1 where the
  /// chains agree. Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4. NaN if no chain moves.
  ///
  /// @param chains at least one, of equal length, at least 4
  /// @throws IllegalArgumentException otherwise
  public static double splitRHat(double[][] chains) {
    double[][] halves = halves(chains);
    int n = halves[0].length;
    double within = 0;
    double[] means = new double[halves.length];
    for (int c = 0; c < halves.length; c++) {
      means[c] = mean(halves[c]);
      within += variance(halves[c], means[c]);
    }
    within /= halves.length;
    double between = variance(means, mean(means));
    return Math.sqrt(((n - 1.0) / n * within + between) / within);
  }

  /// Effective sample size over all chains: split halves, autocovariances combined over chains,
  /// summed by Geyer's initial monotone sequence. As Stan and ArviZ (`ess`, method `mean` without
  /// rank normalisation); at most `N log10(N)` for N draws. NaN if no chain moves.
  ///
  /// @param chains at least one, of equal length, at least 8
  /// @throws IllegalArgumentException otherwise
  public static double effectiveSampleSize(double[][] chains) {
    double[][] halves = halves(chains);
    int m = halves.length;
    int n = halves[0].length;
    if (n < 4) {
      throw new IllegalArgumentException(
          "chains: found %d draws, expected at least 8".formatted(chains[0].length));
    }
    double[] means = new double[m];
    for (int c = 0; c < m; c++) {
      means[c] = mean(halves[c]);
    }
    double within = covariance(halves, means, 0) * n / (n - 1);
    double total = within * (n - 1) / n + variance(means, mean(means));
    double[] rho = new double[n];
    rho[0] = 1;
    double even = 1;
    double odd = 1 - (within - covariance(halves, means, 1)) / total;
    rho[1] = odd;
    int t = 1;
    while (t < n - 3 && even + odd > 0) {
      even = 1 - (within - covariance(halves, means, t + 1)) / total;
      odd = 1 - (within - covariance(halves, means, t + 2)) / total;
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
    double tau = Math.max(-1 + 2 * sum + rho[last + 1], 1 / Math.log10(draws));
    return Double.isNaN(sum) ? Double.NaN : draws / tau;
  }

  /// What the draws of a sampler are worth, and what they cost.
  ///
  /// @param acceptance the share of proposals accepted; 1 without correction
  /// @param effectiveSampleSize of the mean of the dimension that has the least
  /// @param splitRHat of the dimension that has the most
  /// @param stepSize eta, or h of underdamped dynamics
  /// @param meanScoreNorm mean Euclidean norm of the score
  /// @param steps updates of a chain
  /// @param evaluations of the score
  /// @param seconds wall time
  public record Summary(
      double acceptance,
      double effectiveSampleSize,
      double splitRHat,
      double stepSize,
      double meanScoreNorm,
      long steps,
      long evaluations,
      double seconds) {}

  /// The diagnostics of a run, of its worst dimension; NaN if a dimension does not move.
  ///
  /// @throws IllegalArgumentException for fewer than 8 draws a chain
  public static Summary of(LangevinSampler.Result result) {
    double size = Double.POSITIVE_INFINITY;
    double reduction = Double.NEGATIVE_INFINITY;
    int dimensions = result.draws().isEmpty() ? 0 : result.draws().getFirst()[0].length;
    for (int j = 0; j < dimensions; j++) {
      double[][] chains = dimension(result, j);
      size = Math.min(size, effectiveSampleSize(chains));
      reduction = Math.max(reduction, splitRHat(chains));
    }
    return new Summary(
        result.acceptance(),
        size,
        reduction,
        result.stepSize(),
        result.meanScoreNorm(),
        result.steps(),
        result.evaluations(),
        result.seconds());
  }

  /// One dimension of the draws of a sampler, by chain.
  public static double[][] dimension(LangevinSampler.Result result, int dimension) {
    return result.draws().stream()
        .map(chain -> java.util.Arrays.stream(chain).mapToDouble(draw -> draw[dimension]).toArray())
        .toArray(double[][]::new);
  }

  private static double[][] halves(double[][] chains) {
    int length = chains.length == 0 ? 0 : chains[0].length;
    if (length < 4) {
      throw new IllegalArgumentException(
          "chains: found %d of %d draws, expected at least one of at least 4"
              .formatted(chains.length, length));
    }
    double[][] halves = new double[2 * chains.length][];
    for (int c = 0; c < chains.length; c++) {
      if (chains[c].length != length) {
        throw new IllegalArgumentException(
            "chains: found %d and %d draws, expected as many".formatted(length, chains[c].length));
      }
      int half = length / 2;
      halves[2 * c] = java.util.Arrays.copyOfRange(chains[c], 0, half);
      halves[2 * c + 1] = java.util.Arrays.copyOfRange(chains[c], length - half, length);
    }
    return halves;
  }

  private static double mean(double[] values) {
    return java.util.Arrays.stream(values).sum() / values.length;
  }

  private static double variance(double[] values, double mean) {
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / (values.length - 1);
  }

  /// The mean over chains of the autocovariance at a lag, divided by n.
  private static double covariance(double[][] chains, double[] means, int lag) {
    double sum = 0;
    for (int c = 0; c < chains.length; c++) {
      double[] x = chains[c];
      for (int i = 0; i + lag < x.length; i++) {
        sum += (x[i] - means[c]) * (x[i + lag] - means[c]);
      }
    }
    return sum / ((double) chains.length * chains[0].length);
  }
}
