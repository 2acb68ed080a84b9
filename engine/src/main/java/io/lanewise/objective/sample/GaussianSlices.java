package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.List;

/// The sliced Wasserstein distance of order 2 without directions: what two sets project to is close
/// to normal in many dimensions, so that `W_2^2` along a direction is on average near `|mu1 -
/// mu2|^2 / d + (m1 - m2)^2`, `m^2` the mean over rows of `|x - mu|^2 / d`. The distance is its
/// root, as dgm-eval's `sw_approx` gives it.
///
/// A state is a mean and variances, so memory does not depend on rows.
///
/// Reference: Nadjahi et al., *Fast Approximation of the Sliced-Wasserstein Distance Using
/// Concentration of Random Projections*, arXiv:2106.15427.
final class GaussianSlices implements SampleMetric.State {
  private final String realSet;
  private final String generatedSet;
  private final String role;
  private final Gaussian real;
  private final Gaussian generated;

  GaussianSlices(Binding binding, String realSet, String generatedSet, String role) {
    this.realSet = realSet;
    this.generatedSet = generatedSet;
    this.role = role;
    int dim = binding.width(realSet, role);
    real = new Gaussian(binding.kernels(), binding.workers(), dim, false);
    generated = new Gaussian(binding.kernels(), binding.workers(), dim, false);
  }

  @Override
  public void update(String set, Rows rows) {
    (set.equals(realSet) ? real : generated).update(rows, role);
  }

  @Override
  public void merge(SampleMetric.State later) {
    real.merge(((GaussianSlices) later).real);
    generated.merge(((GaussianSlices) later).generated);
  }

  @Override
  public void fields(StateFields fields) {
    real.fields(fields.part(realSet));
    generated.fields(fields.part(generatedSet));
  }

  @Override
  public SampleMetric.Finished finish() {
    if (real.count() == 0 || generated.count() == 0) {
      throw new IllegalArgumentException(
          "found %d real and %d generated rows, expected at least 1 of each"
              .formatted(real.count(), generated.count()));
    }
    int dim = real.dim();
    double means = 0;
    for (int j = 0; j < dim; j++) {
      double difference = real.mean(j) - generated.mean(j);
      means += difference * difference;
    }
    double spread = deviation(real) - deviation(generated);
    double square = means / dim + spread * spread;
    if (!Double.isFinite(square)) {
      throw new IllegalArgumentException(
          "found numbers whose squares leave the range of float64, expected a distance between 1e-154 and 1e154");
    }
    return new SampleMetric.Finished(
        List.of(
            measure(
                "sliced-wasserstein",
                Math.sqrt(square),
                "(|mu1 - mu2|^2/d + (m1 - m2)^2)^(1/2), m^2 = mean |x - mu|^2/d"),
            measure(
                "mean-power", square, "|mu1 - mu2|^2/d + (m1 - m2)^2, m^2 = mean |x - mu|^2/d")),
        List.of(),
        List.of());
  }

  private static double deviation(Gaussian gaussian) {
    double sum = 0;
    for (int j = 0; j < gaussian.dim(); j++) {
      sum += gaussian.variance(j, 0);
    }
    return Math.sqrt(sum / gaussian.dim());
  }

  private Measure measure(String name, double value, String definition) {
    return new Measure(
        name,
        value,
        Double.NaN,
        "none",
        real.count() + generated.count(),
        "1",
        Direction.LOWER,
        definition
            + "; no standard error: an approximation from means, whose own error is not known");
  }
}
