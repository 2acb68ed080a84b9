package io.lanewise.objective.sample;

import io.lanewise.linalg.Spectrum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Diversity of a set of samples by its variance in each dimension, and whether the generator has
/// collapsed: no variance at all, or much less than a reference set has. A constant dimension has
/// variance exactly 0.
public final class Diversity implements SampleMetric {
  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final String SAMPLES = "samples";

  private static final Parameter<Double> COLLAPSE =
      Parameter.number(
          "collapse-below",
          "0.5",
          0,
          1,
          "1",
          "With a reference: the verdict is collapsed if total variance is below this share of the reference's.");
  private static final Parameter<String> SPECTRUM =
      Parameter.choice(
          "spectrum",
          "no",
          "yes: also the effective rank, by the eigenvalues of the whole covariance.",
          List.of("no", "yes"));
  private static final Parameter<Long> DDOF =
      Parameter.integer("ddof", "0", 0, 1, "Variance is over n - ddof.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "diversity",
        List.of(),
        Family.SAMPLE,
        "Diversity and mode collapse",
        "var_j = 1/(n - ddof) sum_i (x_ij - mean_j)^2; total = sum_j var_j",
        "Variance as in NumPy's var; collapse as in Goodfellow, arXiv:1701.00160, section 5.1.1",
        List.of(
            new RowSet(
                GENERATED,
                true,
                "Generated samples or their features.",
                List.of(Role.vector(SAMPLES, "feature", "One sample a row."))),
            new RowSet(
                REFERENCE,
                false,
                "Real samples or their features, to compare with.",
                List.of(Role.vector(SAMPLES, "feature", "One sample a row.")))),
        List.of(COLLAPSE, DDOF, SPECTRUM),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Spread(
        binding.get(COLLAPSE),
        Math.toIntExact(binding.get(DDOF)),
        binding.get(SPECTRUM).equals("yes"),
        new Gaussian(
            binding.kernels(),
            binding.workers(),
            binding.width(GENERATED, SAMPLES),
            binding.get(SPECTRUM).equals("yes")),
        binding.hasSet(REFERENCE)
            ? new Gaussian(
                binding.kernels(), binding.workers(), binding.width(REFERENCE, SAMPLES), false)
            : null);
  }

  @Override
  public List<String> measures(Binding binding) {
    List<String> names =
        new ArrayList<>(List.of("total-variance", "mean-variance", "constant-dimensions"));
    if (binding.get(SPECTRUM).equals("yes")) {
      names.add("effective-rank");
      names.add("participation-ratio");
    }
    if (binding.hasSet(REFERENCE)) {
      names.add("variance-ratio");
    }
    return names;
  }

  private static final class Spread implements State {
    private final double collapseBelow;
    private final int ddof;
    private final boolean spectrum;
    private final Gaussian generated;
    private final @Nullable Gaussian reference;

    Spread(
        double collapseBelow,
        int ddof,
        boolean spectrum,
        Gaussian generated,
        @Nullable Gaussian reference) {
      this.spectrum = spectrum;
      this.collapseBelow = collapseBelow;
      this.ddof = ddof;
      this.generated = generated;
      this.reference = reference;
    }

    @Override
    public void update(String set, Rows rows) {
      (reference != null && set.equals(REFERENCE) ? reference : generated).update(rows, SAMPLES);
    }

    @Override
    public void merge(State later) {
      Spread other = (Spread) later;
      generated.merge(other.generated);
      if (reference != null && other.reference != null) {
        reference.merge(other.reference);
      }
    }

    @Override
    public void fields(StateFields fields) {
      generated.fields(fields.part(GENERATED));
      if (reference != null) {
        reference.fields(fields.part(REFERENCE));
      }
    }

    @Override
    public Finished finish() {
      List<Double> variances = variances(generated);
      double total = total(GENERATED, generated, variances);
      long constant = IntStream.range(0, generated.dim()).filter(generated::isConstant).count();
      List<Measure> measures = new ArrayList<>();
      measures.add(
          measure("total-variance", total, Direction.NEITHER, "sum over dimensions of var_j"));
      measures.add(
          measure(
              "mean-variance",
              total / variances.size(),
              Direction.NEITHER,
              "mean over dimensions of var_j"));
      measures.add(
          measure(
              "constant-dimensions",
              (double) constant,
              Direction.LOWER,
              "number of dimensions with variance exactly 0"));
      List<ArrayMeasure> arrays = new ArrayList<>();
      arrays.add(new ArrayMeasure("variance", variances, "1", "var_j"));
      if (spectrum) {
        spectrum(measures);
      }
      if (reference == null) {
        return new Finished(measures, arrays, List.of(alone(constant, variances.size())));
      }
      List<Double> theirs = variances(reference);
      double ratio = total / total(REFERENCE, reference, theirs);
      measures.add(
          measure(
              "variance-ratio",
              ratio,
              Direction.NEITHER,
              "total variance over that of the reference; 1 where they agree"));
      arrays.add(new ArrayMeasure("reference-variance", theirs, "1", "var_j of the reference"));
      List<Double> ratios = new ArrayList<>();
      for (int j = 0; j < theirs.size(); j++) {
        ratios.add(variances.get(j) / theirs.get(j));
      }
      arrays.add(
          new ArrayMeasure(
              "variance-ratio", ratios, "1", "var_j over that of the reference; NaN for 0 over 0"));
      return new Finished(measures, arrays, List.of(compared(ratio)));
    }

    private void spectrum(List<Measure> measures) {
      Spectrum eigenvalues =
          Spectrum.of(generated.covariance(), generated.dim(), generated.covarianceError());
      double[] values = eigenvalues.values();
      double[] above =
          Arrays.copyOfRange(values, values.length - eigenvalues.rank(), values.length);
      // A constant set has no direction at all.
      measures.add(
          measure(
              "effective-rank",
              above.length == 0 ? 0 : Renyi.number(above, 1),
              Direction.NEITHER,
              "exp(-sum l ln l), l the covariance's eigenvalues over their sum"));
      measures.add(
          measure(
              "participation-ratio",
              above.length == 0 ? 0 : Renyi.number(above, 2),
              Direction.NEITHER,
              "(sum l)^2 / sum l^2, l the covariance's eigenvalues"));
    }

    /// @throws IllegalArgumentException if it left the range of float64
    private static double total(String set, Gaussian gaussian, List<Double> variances) {
      double total = variances.stream().mapToDouble(v -> v).sum();
      boolean constant = IntStream.range(0, gaussian.dim()).allMatch(gaussian::isConstant);
      if (!Double.isFinite(total) || (total < Double.MIN_NORMAL && !constant)) {
        throw new IllegalArgumentException(
            "set '%s': found numbers with a variance of %s, expected one in the range of float64"
                .formatted(set, total));
      }
      return total;
    }

    private List<Double> variances(Gaussian gaussian) {
      if (gaussian.count() <= ddof) {
        throw new IllegalArgumentException(
            "found %d rows, expected more than %d".formatted(gaussian.count(), ddof));
      }
      List<Double> variances = new ArrayList<>();
      for (int j = 0; j < gaussian.dim(); j++) {
        variances.add(gaussian.variance(j, ddof));
      }
      return variances;
    }

    private static Verdict alone(long constant, int dim) {
      return new Verdict(
          "mode-collapse",
          constant == dim ? Status.FAIL : Status.PASS,
          "collapsed if every dimension has variance 0 (no reference to compare with)",
          "%d of %d dimensions are constant".formatted(constant, dim));
    }

    private Verdict compared(double ratio) {
      return new Verdict(
          "mode-collapse",
          ratio < collapseBelow ? Status.FAIL : Status.PASS,
          "collapsed if total variance is below %s of the reference's".formatted(collapseBelow),
          String.format(Locale.ROOT, "total variance is %.4g of the reference's", ratio));
    }

    private Measure measure(String name, double value, Direction better, String definition) {
      return new Measure(
          name, value, Double.NaN, "none", generated.count(), "1", better, definition);
    }
  }
}
