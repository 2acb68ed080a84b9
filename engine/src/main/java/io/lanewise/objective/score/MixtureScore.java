package io.lanewise.objective.score;

import java.util.List;

/// A mixture of densities: score `sum r_k score_k` with the responsibilities `r_k` of the
/// components, by log-sum-exp. The components' log-densities must be normalised alike. Stateless if
/// they are.
public final class MixtureScore implements ScoreFunction {
  private final double[] logWeights;
  private final List<ScoreFunction> components;

  /// @param weights > 0, one a component; scaled to sum to 1
  /// @param components at least one
  /// @throws IllegalArgumentException if the numbers differ or a weight is not above 0
  public MixtureScore(double[] weights, List<? extends ScoreFunction> components) {
    this.components = List.copyOf(components);
    if (weights.length != components.size() || weights.length == 0) {
      throw new IllegalArgumentException(
          "mixture: found %d weights and %d components, expected as many, at least one"
              .formatted(weights.length, components.size()));
    }
    logWeights = new double[weights.length];
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    for (int k = 0; k < weights.length; k++) {
      if (!(weights[k] > 0)) {
        throw new IllegalArgumentException(
            "mixture: found weight %s, expected a number > 0".formatted(weights[k]));
      }
      logWeights[k] = StrictMath.log(weights[k] / total);
    }
  }

  @Override
  public double evaluate(double[] x, double[] score) {
    double[][] scores = new double[logWeights.length][x.length];
    double[] logs = new double[logWeights.length];
    double top = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < logs.length; k++) {
      logs[k] = logWeights[k] + components.get(k).evaluate(x, scores[k]);
      top = Math.max(top, logs[k]);
    }
    double total = 0;
    java.util.Arrays.fill(score, 0);
    for (int k = 0; k < logs.length; k++) {
      double share = StrictMath.exp(logs[k] - top);
      total += share;
      for (int j = 0; j < x.length; j++) {
        score[j] += share * scores[k][j];
      }
    }
    for (int j = 0; j < x.length; j++) {
      score[j] /= total;
    }
    return top + StrictMath.log(total);
  }
}
