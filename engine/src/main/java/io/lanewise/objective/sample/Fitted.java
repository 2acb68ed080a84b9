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

  /// What given numbers of the covariance were rounded by when they were stored; 0 of rows.
  private final double stored;

  private double @Nullable [] covariance;
  private @Nullable Definiteness definiteness;
  private @Nullable SymmetricFactor factor;

  private Fitted(
      double[] mean,
      double[] variance,
      double @Nullable [] covariance,
      @Nullable Gaussian seen,
      double stored) {
    this.mean = mean;
    this.variance = variance;
    this.covariance = covariance;
    this.seen = seen;
    this.stored = stored;
    error = seen == null ? 0 : seen.covarianceError();
  }

  /// Of given statistics.
  ///
  /// @param covariance row-major, upper triangle
  /// @param stored the spectral norm of what its numbers were rounded by
  Fitted(double[] mean, double[] covariance, double stored) {
    this(mean, new double[mean.length], covariance, null, stored);
    Arrays.setAll(variance, j -> covariance[j * mean.length + j]);
  }

  /// Of the rows that a Gaussian has seen; it sees no more of them.
  ///
  /// @param full whether more than variances is needed
  static Fitted of(Gaussian gaussian, boolean full) {
    double[] mean = new double[gaussian.dim()];
    double[] variance = new double[gaussian.dim()];
    Arrays.setAll(mean, gaussian::mean);
    Arrays.setAll(variance, j -> gaussian.variance(j, 1));
    double @Nullable [] covariance = full && !gaussian.keepsRows() ? gaussian.covariance() : null;
    return new Fitted(mean, variance, covariance, gaussian, 0);
  }

  int dim() {
    return mean.length;
  }

  double mean(int j) {
    return mean[j];
  }

  /// The variance of a feature, 0 where a given one is below that by rounding.
  ///
  /// @throws IllegalArgumentException if it is below 0 by more
  double variance(int j) {
    if (variance[j] < -stored) {
      throw new IllegalArgumentException(
          "variance of feature %d: found %s, expected 0 or more".formatted(j, variance[j]));
    }
    return Math.max(variance[j], 0);
  }

  /// The smallest variance, as given.
  double smallestVariance() {
    return Arrays.stream(variance).min().orElse(0);
  }

  /// What given numbers of the covariance were rounded by.
  double stored() {
    return stored;
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

  /// The trace of the covariance, where eigenvalues below 0 by rounding count as 0.
  double trace() {
    return definiteness().projected() ? factor().trace() : Arrays.stream(variance).sum();
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
              : Definiteness.of(covariance(), dim(), error, stored);
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
              : SymmetricFactor.of(covariance(), dim(), error, stored);
      factor = known;
    }
    return known;
  }
}
