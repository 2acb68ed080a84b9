package io.lanewise.objective.score;

import java.util.Arrays;

/// The normal distribution with full covariance: score `-covariance^-1 (x - mean)`, from its
/// Cholesky factor. Stateless.
public final class GaussianScore implements ScoreFunction {
  private final double[] mean;
  private final double[][] factor;
  private final double logNormalizer;

  /// @param mean D numbers
  /// @param covariance D rows of D numbers, symmetric and positive definite
  /// @throws IllegalArgumentException if the shapes differ or the covariance is not that
  public GaussianScore(double[] mean, double[][] covariance) {
    this.mean = mean.clone();
    factor = cholesky(covariance, mean.length);
    double logs = 0;
    for (int i = 0; i < mean.length; i++) {
      logs += StrictMath.log(factor[i][i]);
    }
    logNormalizer = -logs - 0.5 * mean.length * StrictMath.log(2 * Math.PI);
  }

  /// The normal distribution of one standard deviation in all directions.
  public static GaussianScore isotropic(double[] mean, double deviation) {
    double[][] covariance = new double[mean.length][mean.length];
    for (int i = 0; i < mean.length; i++) {
      covariance[i][i] = deviation * deviation;
    }
    return new GaussianScore(mean, covariance);
  }

  private static double[][] cholesky(double[][] covariance, int n) {
    double[][] lower = new double[n][n];
    if (covariance.length != n) {
      throw new IllegalArgumentException(
          "covariance: found %d rows, expected %d".formatted(covariance.length, n));
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        if (covariance[i].length != n || covariance[i][j] != covariance[j][i]) {
          throw new IllegalArgumentException(
              "covariance: found row %d of %d numbers or not symmetric, expected %d, symmetric"
                  .formatted(i, covariance[i].length, n));
        }
        double sum = covariance[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        if (i == j && !(sum > 0)) {
          throw new IllegalArgumentException(
              "covariance: found pivot %s in row %d, expected positive definite".formatted(sum, i));
        }
        lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
      }
    }
    return lower;
  }

  @Override
  public double evaluate(double[] x, double[] score) {
    int n = mean.length;
    if (x.length != n || score.length != n) {
      throw new IllegalArgumentException(
          "x: found %d elements, expected %d".formatted(x.length, n));
    }
    double square = 0;
    for (int i = 0; i < n; i++) {
      double sum = x[i] - mean[i];
      for (int k = 0; k < i; k++) {
        sum -= factor[i][k] * score[k];
      }
      score[i] = sum / factor[i][i];
      square += score[i] * score[i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double sum = score[i];
      for (int k = i + 1; k < n; k++) {
        sum -= factor[k][i] * score[k];
      }
      score[i] = sum / factor[i][i];
    }
    for (int i = 0; i < n; i++) {
      score[i] = -score[i];
    }
    return logNormalizer - 0.5 * square;
  }

  /// The number of dimensions.
  public int dim() {
    return mean.length;
  }

  @Override
  public String toString() {
    return "gaussian, mean " + Arrays.toString(mean);
  }
}
