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
final class FittedGaussian {
  private final double[] mean;
  private final double[] variance;

  /// What the covariance is of; null where it was given.
  private final @Nullable Gaussian seen;

  /// What the covariance may be off by.
  private final double error;

  /// What given numbers of the covariance were rounded by when they were stored; 0 of rows.
  private final double stored;

  /// What is multiplied on top of what was seen.
  private final int power;

  private double @Nullable [] covariance;
  private @Nullable Definiteness definiteness;
  private @Nullable SymmetricFactor factor;

  private FittedGaussian(
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
    power = 0;
    error = seen == null ? 0 : seen.covarianceError();
  }

  /// The same Gaussian of rows that are multiplied by a power of two, which is exact: for what
  /// takes products of variances.
  FittedGaussian times(int power) {
    return power == 0 ? this : new FittedGaussian(this, power);
  }

  private FittedGaussian(FittedGaussian of, int power) {
    mean = Arrays.stream(of.mean).map(v -> Math.scalb(v, power)).toArray();
    variance = Arrays.stream(of.variance).map(v -> Math.scalb(v, 2 * power)).toArray();
    double[] known = of.covariance;
    covariance =
        known == null ? null : Arrays.stream(known).map(v -> Math.scalb(v, 2 * power)).toArray();
    seen = of.seen;
    error = Math.scalb(of.error, 2 * power);
    stored = Math.scalb(of.stored, 2 * power);
    this.power = power;
  }

  /// The largest distance between means of a feature, and standard deviation of one, of two
  /// Gaussians.
  static double largest(FittedGaussian a, FittedGaussian b) {
    double largest = 0;
    for (int j = 0; j < a.dim(); j++) {
      double deviation = Math.sqrt(Math.max(Math.abs(a.variance[j]), Math.abs(b.variance[j])));
      // NaN is the larger.
      largest = Math.max(largest, Math.max(deviation, Math.abs(a.mean[j] - b.mean[j])));
    }
    return largest;
  }

  /// Of given statistics.
  ///
  /// @param covariance row-major, upper triangle
  /// @param stored the spectral norm of what its numbers were rounded by
  FittedGaussian(double[] mean, double[] covariance, double stored) {
    this(mean, new double[mean.length], covariance, null, stored);
    Arrays.setAll(variance, j -> covariance[j * mean.length + j]);
  }

  /// Of the rows that a Gaussian has seen; it sees no more of them.
  ///
  /// @param full whether more than variances is needed
  static FittedGaussian of(Gaussian gaussian, boolean full) {
    return of(gaussian, full, 1);
  }

  /// Of the rows that a Gaussian has seen, as [#of(Gaussian, boolean)].
  ///
  /// @param ddof of the variances: 1, or 0 where no more than them is needed
  static FittedGaussian of(Gaussian gaussian, boolean full, int ddof) {
    double[] mean = new double[gaussian.dim()];
    double[] variance = new double[gaussian.dim()];
    Arrays.setAll(mean, gaussian::mean);
    // One row has no variance, and is enough only where none is used.
    Arrays.setAll(variance, j -> gaussian.count() > ddof ? gaussian.variance(j, ddof) : 0);
    double @Nullable [] covariance = full && !gaussian.keepsRows() ? gaussian.covariance() : null;
    return new FittedGaussian(mean, variance, covariance, gaussian, 0);
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
      known = times(Objects.requireNonNull(seen).covariance(), 2 * power);
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
              ? Definiteness.of(Spectrum.of(times(seen.eigenvalues(), 2 * power)))
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
              ? SymmetricFactor.ofColumns(times(seen.factor(), power), dim())
              : SymmetricFactor.of(covariance(), dim(), error, stored);
      factor = known;
    }
    return known;
  }

  private static double[] times(double[] values, int power) {
    if (power != 0) {
      Arrays.setAll(values, i -> Math.scalb(values[i], power));
    }
    return values;
  }
}
