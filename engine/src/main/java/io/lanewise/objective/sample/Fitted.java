package io.lanewise.objective.sample;

import io.lanewise.linalg.Definiteness;
import io.lanewise.linalg.Spectrum;
import io.lanewise.linalg.SymmetricFactor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Gaussian fitted to a set: mean, covariance, and what is derived from them when it is needed.
///
/// Of a set with no more rows than features nothing of d x d is made unless it is asked for: with a
/// few rows of wide features, such as those of a group, that would be most of the work.
final class Fitted {
  private final double[] mean;
  private final double[] variance;

  /// What the covariance is of; null where it was given.
  private final @Nullable Gaussian seen;

  /// What the covariance may be off by.
  private final double error;

  private double @Nullable [] covariance;
  private @Nullable Definiteness definiteness;
  private @Nullable SymmetricFactor factor;

  private Fitted(
      double[] mean, double[] variance, double @Nullable [] covariance, @Nullable Gaussian seen) {
    this.mean = mean;
    this.variance = variance;
    this.covariance = covariance;
    this.seen = seen;
    error = seen == null ? 0 : seen.covarianceError();
  }

  /// Of given statistics.
  ///
  /// @param covariance row-major, upper triangle
  Fitted(double[] mean, double[] covariance) {
    this(mean, new double[mean.length], covariance, null);
    Arrays.setAll(variance, j -> covariance[j * mean.length + j]);
  }

  /// Of the rows that a Gaussian has seen; it sees no more of them.
  ///
  /// @param full whether more than variances is needed
  static Fitted of(Gaussian gaussian, boolean full) {
    return of(gaussian, full, 1);
  }

  /// Of the rows that a Gaussian has seen, as [#of(Gaussian, boolean)].
  ///
  /// @param ddof of the variances: 1, or 0 where no more than them is needed
  static Fitted of(Gaussian gaussian, boolean full, int ddof) {
    double[] mean = new double[gaussian.dim()];
    double[] variance = new double[gaussian.dim()];
    Arrays.setAll(mean, gaussian::mean);
    Arrays.setAll(variance, j -> gaussian.variance(j, ddof));
    double @Nullable [] covariance = full && !gaussian.keepsRows() ? gaussian.covariance() : null;
    return new Fitted(mean, variance, covariance, gaussian);
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

  /// Row-major, upper triangle.
  synchronized double[] covariance() {
    double[] known = covariance;
    if (known == null) {
      known = Objects.requireNonNull(seen).covariance();
      covariance = known;
    }
    return known;
  }

  double trace() {
    return Arrays.stream(variance).sum();
  }

  /// Whether the rows themselves are a factor of the covariance.
  boolean hasRows() {
    return seen != null && seen.keepsRows();
  }

  synchronized Definiteness definiteness() {
    Definiteness known = definiteness;
    if (known == null) {
      known =
          seen != null && seen.keepsRows()
              ? Definiteness.of(Spectrum.of(seen.eigenvalues()))
              : Definiteness.of(covariance(), dim(), error);
      definiteness = known;
    }
    return known;
  }

  synchronized SymmetricFactor factor() {
    SymmetricFactor known = factor;
    if (known == null) {
      known =
          seen != null && seen.keepsRows()
              ? SymmetricFactor.ofColumns(seen.factor(), dim())
              : SymmetricFactor.of(covariance(), dim(), error);
      factor = known;
    }
    return known;
  }
}
