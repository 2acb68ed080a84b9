package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.lanewise.batch.DType;
import io.lanewise.linalg.Algebra;
import io.lanewise.linalg.Spectrum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Length;
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
/// way, to n, where all are at right angles.
///
/// The eigenvalues of `K = X X'` that are not zero are those of `X' X`, which is all that is held
/// once there are more rows than features: nothing of the size of n by n.
public final class VendiScore implements SampleMetric {
  private static final String FEATURES = "features";

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
  public Descriptor descriptor() {
    return new Descriptor(
        "vendi-score",
        List.of("vendi"),
        Family.SAMPLE,
        "Vendi score",
        "(sum_i l_i^q)^(1/(1-q)), l the eigenvalues of K/n, K_ij = x_i x_j / (|x_i| |x_j|);"
            + " q = 1: exp(-sum l ln l); q = inf: 1 / max l",
        "Friedman, Dieng, The Vendi Score, arXiv:2210.02410; Pasarkar, Dieng, arXiv:2310.12952",
        List.of(RowSet.rows(Role.vector(FEATURES, "feature", "Features, one sample a row."))),
        List.of(ORDER),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Similarities(binding);
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
    private final int dim;
    private final double order;
    private final Gaussian products;
    private long withoutDirection = -1;

    Similarities(Binding binding) {
      dim = binding.width(FEATURES);
      order = binding.get(ORDER);
      binding.workers().require(2 * Gaussian.bytes(dim));
      products = Gaussian.aboutZero(binding.kernels(), binding.workers(), dim);
    }

    @Override
    public void update(String set, Rows rows) {
      double[] x = rows.numbers(FEATURES, new double[0]);
      for (int i = 0; i < rows.count(); i++) {
        double square = square(x, i);
        if (!Length.isExact(square)) {
          int from = i * dim;
          int power = Length.power(dim, j -> x[from + j]);
          for (int j = from; j < from + dim; j++) {
            x[j] = Math.scalb(x[j], power);
          }
          square = square(x, i);
        }
        if (square == 0 && withoutDirection < 0) {
          withoutDirection = products.count() + i;
        }
        double norm = Math.sqrt(square);
        for (int j = 0; j < dim; j++) {
          x[i * dim + j] /= norm;
        }
      }
      // In native memory, as kernels read it.
      try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
        MemorySegment unit = arena.allocateFrom(JAVA_DOUBLE, x);
        products.update(DType.FLOAT64, unit, 0, rows.count());
      }
    }

    private double square(double[] x, int row) {
      double square = 0;
      for (int j = row * dim; j < (row + 1) * dim; j++) {
        square = Math.fma(x[j], x[j], square);
      }
      return square;
    }

    @Override
    public void merge(State later) {
      Similarities other = (Similarities) later;
      if (withoutDirection < 0 && other.withoutDirection >= 0) {
        withoutDirection = products.count() + other.withoutDirection;
      }
      products.merge(other.products);
    }

    @Override
    public void fields(StateFields fields) {
      withoutDirection = fields.count("without-direction", withoutDirection + 1) - 1;
      products.fields(fields);
    }

    @Override
    public Finished finish() {
      if (products.count() == 0) {
        throw new IllegalArgumentException("found no rows, expected at least 1");
      }
      if (withoutDirection >= 0) {
        throw new IllegalArgumentException(
            "row %d of those used: found all features 0, expected a direction for its cosine"
                .formatted(withoutDirection));
      }
      double[] weights = weights();
      List<Measure> measures = new ArrayList<>();
      measures.add(measure("vendi-score", weights, order));
      measures.add(measure("vendi-score-order-0.5", weights, 0.5));
      measures.add(measure("vendi-score-order-1", weights, 1));
      measures.add(measure("vendi-score-order-2", weights, 2));
      measures.add(measure("vendi-score-order-inf", weights, Double.POSITIVE_INFINITY));
      return new Finished(measures, List.of(), List.of());
    }

    /// The eigenvalues above rounding.
    private double[] weights() {
      double[] values;
      if (products.keepsRows()) {
        double[] rows = products.kept();
        values = Algebra.active().singularValuesOfProduct(rows, rows, dim);
        java.util.Arrays.sort(values);
      } else {
        values = Algebra.active().eigenvalues(products.products(), dim);
      }
      Spectrum spectrum = Spectrum.of(values);
      return java.util.Arrays.copyOfRange(values, values.length - spectrum.rank(), values.length);
    }

    private Measure measure(String name, double[] weights, double q) {
      return new Measure(
          name,
          Renyi.number(weights, q),
          Double.NaN,
          "none",
          products.count(),
          "1",
          Direction.HIGHER,
          "effective number of eigenvalues of K/n, order %s, K of cosines"
              .formatted(Double.isInfinite(q) ? "inf" : Double.toString(q)));
    }
  }
}
