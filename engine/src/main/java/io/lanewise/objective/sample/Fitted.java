package io.lanewise.objective.sample;

import io.lanewise.linalg.Spectrum;
import io.lanewise.linalg.SymmetricFactor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A Gaussian fitted to a set: mean, covariance, and what is derived from them when it is needed.
final class Fitted {
  private final double[] mean;
  private final double[] variance;
  private final double[] covariance;
  private final double[] rows;
  private @Nullable Spectrum spectrum;
  private @Nullable SymmetricFactor factor;

  /// @param covariance row-major, upper triangle; empty where only variances are used
  /// @param rows centred rows over `sqrt(n - 1)` where there are no more of them than dimensions;
  ///   else empty
  private Fitted(double[] mean, double[] variance, double[] covariance, double[] rows) {
    this.mean = mean;
    this.variance = variance;
    this.covariance = covariance;
    this.rows = rows;
  }

  /// Of given statistics.
  ///
  /// @param covariance row-major, upper triangle
  Fitted(double[] mean, double[] covariance) {
    this(mean, new double[mean.length], covariance, new double[0]);
    Arrays.setAll(variance, j -> covariance[j * mean.length + j]);
  }

  /// Of the rows that a Gaussian has seen.
  ///
  /// @param full whether more than variances is needed
  static Fitted of(Gaussian gaussian, boolean full) {
    double[] mean = new double[gaussian.dim()];
    double[] variance = new double[gaussian.dim()];
    Arrays.setAll(mean, gaussian::mean);
    Arrays.setAll(variance, j -> gaussian.variance(j, 1));
    return new Fitted(
        mean,
        variance,
        full ? gaussian.covariance() : new double[0],
        gaussian.keepsRows() ? gaussian.factor() : new double[0]);
  }

  int dim() {
    return mean.length;
  }

  double mean(int j) {
    return mean[j];
  }

  double variance(int j) {
    return variance[j];
  }

  double[] covariance() {
    return covariance;
  }

  double trace() {
    return Arrays.stream(variance).sum();
  }

  /// Whether the rows themselves are a factor of the covariance.
  boolean hasRows() {
    return rows.length > 0;
  }

  synchronized Spectrum spectrum() {
    Spectrum known = spectrum;
    if (known == null) {
      known = Spectrum.of(covariance, dim());
      spectrum = known;
    }
    return known;
  }

  synchronized SymmetricFactor factor() {
    SymmetricFactor known = factor;
    if (known == null) {
      known =
          hasRows()
              ? SymmetricFactor.ofColumns(rows, dim())
              : SymmetricFactor.of(covariance, dim());
      factor = known;
    }
    return known;
  }
}
