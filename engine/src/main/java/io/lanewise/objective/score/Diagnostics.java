package io.lanewise.objective.score;

import java.util.Arrays;

/// What several chains of one number tell of their convergence. All are invariant to the scale of
/// the draws, up to the ends of float64.
public final class Diagnostics {
  private Diagnostics() {}

  /// Split R-hat: each chain cut into halves, `sqrt(((n - 1) / n W + B / n) / W)`. Near 1 where the
  /// chains agree. Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4. NaN if all draws are
  /// equal or one is not finite; infinite if no half of a chain moves and they differ.
  ///
  /// @param chains at least one, of equal length, at least 4
  /// @throws IllegalArgumentException otherwise
  public static double splitRHat(double[][] chains) {
    SplitChains halves = SplitChains.of(chains);
    return isFinite(chains) ? halves.rHat() : Double.NaN;
  }

  /// Rank-normalised R-hat: the greater of [#splitRHat] of the normal scores of the draws and of
  /// the normal scores of their distances from the median, so that chains must agree in location
  /// and in spread, and heavy tails do no harm. Vehtari et al. (2021), as `rhat` of the R package
  /// posterior and of ArviZ. Where all distances are equal, that of the draws alone (as ArviZ;
  /// posterior has none). NaN as [#splitRHat].
  ///
  /// @param chains at least one, of equal length, at least 4
  /// @throws IllegalArgumentException otherwise
  public static double rankRHat(double[][] chains) {
    return isFinite(chains) ? rankRHat(chains, new NormalScores()) : Double.NaN;
  }

  static double rankRHat(double[][] chains, NormalScores scores) {
    double bulk = SplitChains.of(scores.of(splittable(chains))).rHat();
    double median = quantile(chains, 0.5);
    int exponent = SplitChains.exponent(chains);
    double[][] folded = new double[chains.length][];
    for (int c = 0; c < chains.length; c++) {
      folded[c] =
          Arrays.stream(chains[c])
              .map(v -> Math.abs(Math.scalb(v, -exponent) - Math.scalb(median, -exponent)))
              .toArray();
    }
    double tail = SplitChains.of(scores.of(splittable(folded))).rHat();
    return Double.isNaN(tail) ? bulk : Math.max(bulk, tail);
  }

  /// Effective sample size over all chains: split halves, autocovariances combined over chains,
  /// summed by Geyer's initial monotone sequence. As Stan and ArviZ (`ess`, method `mean` without
  /// rank normalisation); at most `N log10(N)` for N draws. NaN if all draws are equal or one is
  /// not finite, as Stan and posterior (ArviZ says N of equal draws).
  ///
  /// @param chains at least one, of equal length, at least 8
  /// @throws IllegalArgumentException otherwise
  public static double effectiveSampleSize(double[][] chains) {
    SplitChains halves = SplitChains.of(chains);
    return isFinite(chains) ? halves.effectiveSampleSize() : Double.NaN;
  }

  /// Bulk effective sample size: [#effectiveSampleSize] of the normal scores of the draws. Vehtari
  /// et al. (2021), as `ess_bulk` of posterior and ArviZ.
  ///
  /// @param chains at least one, of equal length, at least 8
  /// @throws IllegalArgumentException otherwise
  public static double bulkEffectiveSampleSize(double[][] chains) {
    return isFinite(chains) ? bulkEffectiveSampleSize(chains, new NormalScores()) : Double.NaN;
  }

  static double bulkEffectiveSampleSize(double[][] chains, NormalScores scores) {
    return SplitChains.of(scores.of(splittable(chains))).effectiveSampleSize();
  }

  /// Tail effective sample size: the lesser [#effectiveSampleSize] of the two indicators "at most
  /// the quantile" of 5 % and of 95 % of all draws (quantiles of type 7). Vehtari et al. (2021), as
  /// `ess_tail` of posterior and ArviZ. NaN if one of the indicators is the same for all draws, as
  /// posterior: where a twentieth of the draws have the greatest value, it tells nothing.
  ///
  /// @param chains at least one, of equal length, at least 8
  /// @throws IllegalArgumentException otherwise
  public static double tailEffectiveSampleSize(double[][] chains) {
    SplitChains.check(chains);
    if (!isFinite(chains)) {
      return Double.NaN;
    }
    return Math.min(
        indicator(chains, 0.05).effectiveSampleSize(),
        indicator(chains, 0.95).effectiveSampleSize());
  }

  /// The Monte Carlo standard error of the mean of all draws: their standard deviation (ddof 1)
  /// over the root of [#effectiveSampleSize]. NaN as that.
  ///
  /// @param chains at least one, of equal length, at least 8
  /// @throws IllegalArgumentException otherwise
  public static double meanError(double[][] chains) {
    double size = effectiveSampleSize(chains);
    double[] all = Arrays.stream(chains).flatMapToDouble(Arrays::stream).toArray();
    int exponent = SplitChains.exponent(chains);
    double first = Math.scalb(all[0], -exponent);
    double[] shifted = Arrays.stream(all).map(v -> Math.scalb(v, -exponent) - first).toArray();
    double mean = Arrays.stream(shifted).sum() / all.length;
    double most = Arrays.stream(shifted).map(v -> Math.abs(v - mean)).max().orElse(0);
    // Deviations have a scale of their own: their squares do not underflow.
    int own = most > 0 ? Math.getExponent(most) : 0;
    double squares =
        Arrays.stream(shifted).map(v -> Math.scalb(v - mean, -own)).map(v -> v * v).sum();
    return Math.scalb(Math.sqrt(squares / (all.length - 1) / size), exponent + own);
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

  /// The diagnostics of a run, of its worst dimension; NaN if all draws of a dimension are equal.
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
        .map(chain -> Arrays.stream(chain).mapToDouble(draw -> draw[dimension]).toArray())
        .toArray(double[][]::new);
  }

  private static SplitChains indicator(double[][] chains, double p) {
    double quantile = quantile(chains, p);
    double[][] below = new double[chains.length][];
    for (int c = 0; c < chains.length; c++) {
      below[c] = Arrays.stream(chains[c]).map(v -> v <= quantile ? 1 : 0).toArray();
    }
    return SplitChains.of(below);
  }

  /// Linear between the two nearest (type 7 of Hyndman and Fan 1996); between equal draws their
  /// value, so that a comparison with it finds them.
  private static double quantile(double[][] chains, double p) {
    double[] sorted = Arrays.stream(chains).flatMapToDouble(Arrays::stream).sorted().toArray();
    double at = p * (sorted.length - 1);
    double nearest = Math.rint(at);
    // 0.95 * 100 may fall short of 95: then the draw itself is meant, as R has it.
    at = Math.abs(at - nearest) <= 4 * Math.ulp(at) ? nearest : at;
    double low = sorted[(int) at];
    double high = sorted[(int) Math.ceil(at)];
    double part = at - (int) at;
    return low == high ? low : (1 - part) * low + part * high;
  }

  /// Without the middle draw of an odd number, which belongs to no half.
  private static double[][] splittable(double[][] chains) {
    if (chains.length == 0 || chains[0].length % 2 == 0) {
      return chains;
    }
    double[][] even = new double[chains.length][];
    for (int c = 0; c < chains.length; c++) {
      int half = chains[c].length / 2;
      even[c] = new double[2 * half];
      System.arraycopy(chains[c], 0, even[c], 0, half);
      System.arraycopy(chains[c], chains[c].length - half, even[c], half, half);
    }
    return even;
  }

  private static boolean isFinite(double[][] chains) {
    return Arrays.stream(chains).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite);
  }
}
