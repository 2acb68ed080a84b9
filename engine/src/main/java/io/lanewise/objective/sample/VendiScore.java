package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.lanewise.batch.DType;
import io.lanewise.linalg.Algebra;
import io.lanewise.linalg.Spectrum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Vendi score: the effective number of different samples, `exp` of the entropy of the eigenvalues
/// of `K/n`, K the cosine similarities of all pairs of rows. From 1, where all rows point the same
/// way, to n, where all are at right angles. With weights p (divided by their sum) the matrix is
/// `K_ij sqrt(p_i p_j)`.
///
/// The eigenvalues of `K = X X'` that are not zero are those of `X' X`, which is all that is held
/// once there are more rows than features: nothing of the size of n by n. For a polynomial kernel,
/// and a kernel matrix that is given, see [VendiMatrix].
///
/// Eigenvalues are divided by n, or by the sum of the weights, and by nothing else: where the
/// diagonal of K is not 1 they do not sum to 1, as in the vendi-score package and dgm-eval.
public final class VendiScore implements SampleMetric {
  static final String FEATURES = "features";
  static final String SIMILARITIES = "similarities";
  static final String WEIGHT = "weight";

  static final Parameter<String> KERNEL =
      Parameter.choice(
          "kernel",
          "linear",
          "Of features: linear: x.y, of normalised rows their cosine; polynomial: (gamma x.y +"
              + " coef0)^degree, as dgm-eval, holds n x n numbers.",
          List.of("linear", "polynomial"));
  static final Parameter<String> NORMALIZE =
      Parameter.choice(
          "normalize",
          "yes",
          "Whether rows are divided by their length, or a given kernel by the roots of its diagonal.",
          List.of("yes", "no"));
  static final Parameter<String> ZERO_ROWS =
      Parameter.choice(
          "zero-rows",
          "fail",
          "What to do with rows of zeros, which cannot be divided by their length: fail, or keep them as they are.",
          List.of("fail", "keep"));

  private static final Parameter<Double> ORDER =
      new Parameter<>(
          "order",
          "1",
          "a number >= 0 or inf",
          "1",
          "Order of the measure 'vendi-score': low orders count rare directions, high ones common.",
          text -> {
            double order = text.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
            if (!(order >= 0)) {
              throw new IllegalArgumentException();
            }
            return order;
          });

  @Override
  public void prepare() {
    Algebra.prepare();
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "vendi-score",
        List.of("vendi"),
        Family.SAMPLE,
        "Vendi score",
        "(sum_i l_i^q)^(1/(1-q)), l the eigenvalues of K/n, K_ij = x_i x_j / (|x_i| |x_j|);"
            + " q = 1: exp(-sum l ln l); q = inf: 1 / max l",
        "Friedman, Dieng, The Vendi Score, arXiv:2210.02410; Pasarkar, Dieng, arXiv:2310.12952",
        List.of(
            RowSet.rows(
                    Role.vector(FEATURES, "feature", "Features, one sample a row, or:").optional(),
                    Role.vector(SIMILARITIES, "row", "row i of a kernel matrix K, n rows of n.")
                        .optional(),
                    Role.scalar(
                            WEIGHT,
                            "Weight of the row, 0 or more; without it all rows weigh the same.")
                        .optional())
                .choosing(
                    Choice.oneOf(Choice.Way.of(FEATURES), Choice.Way.of(SIMILARITIES).rarely()))),
        List.of(
            ORDER,
            KERNEL,
            NORMALIZE,
            ZERO_ROWS,
            MmdKernel.DEGREE,
            MmdKernel.GAMMA,
            MmdKernel.COEF0),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return binding.has(SIMILARITIES) || binding.get(KERNEL).equals("polynomial")
        ? new VendiMatrix(binding, new VendiRows(binding))
        : new Similarities(binding, new VendiRows(binding));
  }

  /// The measures of a spectrum.
  ///
  /// @param eigenvalues of K, above rounding
  /// @param total what they are divided by
  /// @param kernel what K is
  static SampleMetric.Finished finished(
      Binding binding, double[] eigenvalues, double total, long n, String kernel) {
    List<Measure> measures = new ArrayList<>();
    double order = binding.get(ORDER);
    measures.add(measure("vendi-score", eigenvalues, total, order, n, kernel));
    for (double q : new double[] {0.5, 1, 2, Double.POSITIVE_INFINITY}) {
      String name =
          "vendi-score-order-"
              + (Double.isInfinite(q) ? "inf" : q == 0.5 ? "0.5" : Integer.toString((int) q));
      measures.add(measure(name, eigenvalues, total, q, n, kernel));
    }
    return new SampleMetric.Finished(measures, List.of(), List.of());
  }

  private static Measure measure(
      String name, double[] eigenvalues, double total, double q, long n, String kernel) {
    return new Measure(
        name,
        Renyi.number(eigenvalues, total, q),
        Double.NaN,
        "none",
        n,
        "1",
        Direction.HIGHER,
        "effective number of eigenvalues of K/n, order %s, K of %s"
            .formatted(Double.isInfinite(q) ? "inf" : Double.toString(q), kernel));
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of(
        "vendi-score",
        "vendi-score-order-0.5",
        "vendi-score-order-1",
        "vendi-score-order-2",
        "vendi-score-order-inf");
  }

  private static final class Similarities implements State {
    private final Binding binding;
    private final int dim;
    private final VendiRows rows;
    private final Gaussian products;

    Similarities(Binding binding, VendiRows rows) {
      this.binding = binding;
      this.rows = rows;
      dim = binding.width(FEATURES);
      binding.workers().require(2 * Gaussian.bytes(dim));
      products = Gaussian.aboutZero(binding.kernels(), binding.workers(), dim);
    }

    @Override
    public void update(String set, Rows in) {
      double[] x = rows.features(in, products.count());
      rows.weigh(in, x, products.count());
      // In native memory, as kernels read it.
      try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
        MemorySegment unit = arena.allocateFrom(JAVA_DOUBLE, x);
        products.update(DType.FLOAT64, unit, 0, in.count());
      }
    }

    @Override
    public void merge(State later) {
      Similarities other = (Similarities) later;
      rows.merge(other.rows, products.count());
      products.merge(other.products);
    }

    @Override
    public void fields(StateFields fields) {
      rows.fields(fields);
      products.fields(fields);
    }

    @Override
    public Finished finish() {
      rows.check(products.count());
      double[] eigenvalues = eigenvalues();
      // Of cosines the eigenvalues sum to the total but for rounding.
      double total =
          rows.haveUnitLength()
              ? java.util.Arrays.stream(eigenvalues).sum()
              : rows.total(products.count());
      return finished(binding, eigenvalues, total, products.count(), rows.kernel());
    }

    /// The eigenvalues above rounding.
    private double[] eigenvalues() {
      double[] values;
      if (products.keepsRows()) {
        double[] kept = products.kept();
        values = Algebra.active().singularValuesOfProduct(kept, kept, dim);
        java.util.Arrays.sort(values);
      } else {
        values = Algebra.active().eigenvalues(products.products(), dim);
      }
      Spectrum spectrum = Spectrum.of(values);
      return java.util.Arrays.copyOfRange(values, values.length - spectrum.rank(), values.length);
    }
  }
}
