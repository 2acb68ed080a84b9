package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Feature likelihood score: how likely test rows are under a kernel density at the generated rows
/// whose widths were fitted to the training rows, beside a density at rows of a baseline, mostly
/// held-out real ones. See [KernelDensity] for the fit.
///
/// Features are first brought to mean 0 and deviation 1 (over n - 1) by all four sets together.
public final class FeatureLikelihood implements SampleMetric {
  private static final String TRAINING = "training";
  private static final String BASELINE = "baseline";
  private static final String TEST = "test";
  private static final String GENERATED = "generated";
  private static final String FEATURES = "features";

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "feature-likelihood",
        List.of("fls"),
        Family.SAMPLE,
        "Feature likelihood score",
        "100 exp(-2 (L_g - L_b) / d), L the mean over test rows of -ln (1/m sum_j exp(-|x - y_j|^2 /"
            + " (2 v_j)) / v_j^(d/2)), v fitted to the training rows",
        "Jiralerspong et al., Feature Likelihood Divergence, arXiv:2302.04440, first version (FLS);"
            + " dgm-eval, metrics/fls.py",
        List.of(
            set(TRAINING, "Rows on which the model was trained."),
            set(BASELINE, "Other real rows, which take the place of generated ones."),
            set(TEST, "Real rows whose likelihood is measured."),
            set(GENERATED, "Rows that the model generated.")),
        List.of(),
        List.of());
  }

  private static RowSet set(String name, String doc) {
    return new RowSet(
        name,
        true,
        doc,
        List.of(Role.vector(FEATURES, "feature", "Features, one sample per row.")));
  }

  @Override
  public State newState(Binding binding) {
    MemoryClaim claim = new MemoryClaim(binding.workers());
    Map<String, HeldRows> sets = new LinkedHashMap<>();
    for (String set : List.of(TRAINING, BASELINE, TEST, GENERATED)) {
      sets.put(set, HeldRows.of(binding, claim, set, FEATURES));
    }
    return new Sets(binding, claim, sets);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("fls", "fls-overfit", "nll-generated", "nll-baseline");
  }

  /// What brings columns to mean 0 and deviation 1.
  ///
  /// @param scale a power of two that brings the greatest number near 1, so that squares stay in
  ///   range
  /// @param mean of the scaled numbers
  /// @param deviation of the scaled numbers, over n - 1
  @SuppressWarnings("ArrayRecordComponent") // internal
  private record Columns(double[] scale, double[] mean, double[] deviation) {
    static Columns of(Collection<HeldRows> sets, int dim, long n) {
      double[] least = new double[dim];
      double[] most = new double[dim];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      Arrays.fill(most, Double.NEGATIVE_INFINITY);
      each(
          sets,
          (k, value) -> {
            least[k] = Math.min(least[k], value);
            most[k] = Math.max(most[k], value);
          });
      double[] scale = new double[dim];
      for (int k = 0; k < dim; k++) {
        if (least[k] == most[k]) {
          throw new IllegalArgumentException(
              "feature %d: found the same number in all rows, expected a deviation to divide by"
                  .formatted(k));
        }
        double size = Math.max(Math.abs(least[k]), Math.abs(most[k]));
        scale[k] = Math.scalb(1.0, -Math.max(Math.getExponent(size), -1000));
      }
      double[] mean = new double[dim];
      each(sets, (k, value) -> mean[k] += value * scale[k] / n);
      double[] squares = new double[dim];
      each(
          sets,
          (k, value) -> {
            double difference = value * scale[k] - mean[k];
            squares[k] += difference * difference / (n - 1);
          });
      return new Columns(scale, mean, Arrays.stream(squares).map(Math::sqrt).toArray());
    }

    private static void each(Collection<HeldRows> sets, ElementAction action) {
      for (HeldRows rows : sets) {
        for (int i = 0; i < rows.count(); i++) {
          for (int k = 0; k < rows.dim(); k++) {
            action.see(k, rows.element(i, k));
          }
        }
      }
    }

    KernelDensity.Standardized standardized(HeldRows rows) {
      return KernelDensity.Standardized.of(rows, scale, mean, deviation);
    }
  }

  /// Is given the elements of rows.
  @FunctionalInterface
  private interface ElementAction {
    void see(int column, double value);
  }

  private record Sets(Binding binding, MemoryClaim claim, Map<String, HeldRows> sets)
      implements State {
    @Override
    public void update(String set, Rows rows) {
      set(set).update(rows, FEATURES);
    }

    @Override
    public void merge(State later) {
      sets.forEach((name, rows) -> rows.merge(((Sets) later).set(name)));
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notStorable("keeps every row");
    }

    private HeldRows set(String name) {
      return Objects.requireNonNull(sets.get(name), name);
    }

    @Override
    public Finished finish() {
      long all = 0;
      for (HeldRows rows : sets.values()) {
        if (rows.count() == 0) {
          throw new IllegalArgumentException(
              "set '%s': found no rows, expected some".formatted(rows.set()));
        }
        all += rows.count();
      }
      int dim = set(TEST).dim();
      long centres = Math.max(set(GENERATED).count(), set(BASELINE).count());
      claim.hold(Double.BYTES * all * dim + KernelDensity.bytes(set(TRAINING).count(), centres));
      Columns columns = Columns.of(sets.values(), dim, all);
      KernelDensity.Standardized training = columns.standardized(set(TRAINING));
      KernelDensity.Standardized test = columns.standardized(set(TEST));
      KernelDensity generated = fitted(columns.standardized(set(GENERATED)), training);
      double[] ofGenerated = generated.negativeLogDensities(test);
      int size = Math.min(training.count(), test.count());
      double overfit = overfit(generated.logSums(training, size), generated.logSums(test, size));
      double[] ofBaseline =
          fitted(columns.standardized(set(BASELINE)), training).negativeLogDensities(test);
      return finished(ofGenerated, ofBaseline, overfit, dim);
    }

    private KernelDensity fitted(
        KernelDensity.Standardized centres, KernelDensity.Standardized training) {
      return KernelDensity.fitted(binding.kernels(), binding.workers(), centres, training);
    }

    /// The percentage of generated rows that give more to training than to test rows, less 50.
    private static double overfit(double[] training, double[] test) {
      int more = 0;
      for (int j = 0; j < test.length; j++) {
        more += training[j] - test[j] > 0 ? 1 : 0;
      }
      return 100.0 * more / test.length - 50;
    }

    private static Finished finished(
        double[] generated, double[] baseline, double overfit, int dim) {
      int n = generated.length;
      double[] differences = new double[n];
      Arrays.setAll(differences, i -> generated[i] - baseline[i]);
      double difference = mean(differences);
      double score = 100 * Math.exp(-2 * difference / dim);
      double error = score * 2 / dim * standardError(differences);
      String none = "; no standard error: ";
      return new Finished(
          List.of(
              new Measure(
                  "fls",
                  score,
                  error,
                  n > 1 ? "delta" : "none",
                  n,
                  "1",
                  Direction.HIGHER,
                  "100 exp(-2 (nll-generated - nll-baseline) / d), the fits given"
                      + (n > 1 ? "" : none + "one test row")),
              new Measure(
                  "fls-overfit",
                  overfit,
                  Double.NaN,
                  "none",
                  n,
                  "percent",
                  Direction.LOWER,
                  "percentage of generated rows whose Gaussians give more to training than to test"
                      + " rows, less 50; as many of both, the first"
                      + none
                      + "the fit has seen the training rows"),
              nll("nll-generated", generated, "generated"),
              nll("nll-baseline", baseline, "baseline")),
          List.of(),
          List.of());
    }

    private static Measure nll(String name, double[] values, String of) {
      return new Measure(
          name,
          mean(values),
          standardError(values),
          values.length > 1 ? "mean" : "none",
          values.length,
          "nats",
          Direction.LOWER,
          "mean over test rows of -ln p, kernels at %s rows, without d/2 ln 2 pi%s"
              .formatted(of, values.length > 1 ? "" : "; no standard error: one test row"));
    }

    private static double mean(double[] values) {
      return Arrays.stream(values).sum() / values.length;
    }

    private static double standardError(double[] values) {
      double mean = mean(values);
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      return Math.sqrt(squares / (values.length - 1) / values.length);
    }
  }
}
