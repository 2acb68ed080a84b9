package io.lanewise.objective.sample;

import io.lanewise.noise.LegacyNumpy;
import io.lanewise.objective.Binding;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sliced Wasserstein distance: the mean over random directions of the Wasserstein distance between
/// what two sets project to, which sorting gives exactly. Sets of unequal size are compared by
/// their quantile functions, over all of both.
///
/// `form=root` is `(mean W_p^p)^(1/p)`, as POT gives it; `form=mind` is `3 d` times the mean of
/// `W_2^2`, as MIND is defined. Directions are normal vectors from NumPy's legacy generator,
/// divided by their length: for `root` in POT's order, a coordinate at a time, so that the same
/// seed gives its number; for `mind` a direction at a time.
public final class SlicedWasserstein implements SampleMetric {
  private static final String REAL = "real";
  private static final String GENERATED = "generated";
  private static final String FEATURES = "features";

  /// Rows of a task.
  private static final int ROWS = 8;

  private static final Parameter<Long> PROJECTIONS =
      Parameter.integer("projections", "1000", 2, 1_000_000, "How many directions.");
  private static final Parameter<Double> POWER =
      Parameter.number("p", "2", 1, 100, "1", "The order of the Wasserstein distance.");
  private static final Parameter<Long> SEED =
      Parameter.integer(
          "seed", "2020", 0, 0xFFFFFFFFL, "Directions: NumPy's RandomState(seed).randn.");
  private static final Parameter<String> FORM =
      Parameter.choice(
          "form",
          "root",
          "root: (mean W_p^p)^(1/p), as POT; mind: 3 d mean W_2^2, as MIND.",
          List.of("root", "mind"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "sliced-wasserstein",
        List.of("swd"),
        Family.SAMPLE,
        "Sliced Wasserstein distance",
        "(1/L sum_l W_p^p(x u_l, y u_l))^(1/p), W_p^p = integral over q of |F^-1(q) - G^-1(q)|^p",
        "Bonneel et al., Sliced and Radon Wasserstein Barycenters of Measures, 2015",
        List.of(
            new RowSet(
                REAL,
                true,
                "Real samples or their features.",
                List.of(Role.vector(FEATURES, "feature", "One sample a row."))),
            new RowSet(
                GENERATED,
                true,
                "Generated samples or their features.",
                List.of(Role.vector(FEATURES, "feature", "One sample a row.")))),
        List.of(PROJECTIONS, POWER, SEED, FORM),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    if (binding.get(FORM).equals("mind") && binding.get(POWER) != 2) {
      throw new IllegalArgumentException(
          "parameter 'p': found %s with form=mind, expected 2".formatted(binding.get(POWER)));
    }
    return new Slices(binding);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("sliced-wasserstein", "mean-power");
  }

  /// The projections of one set: for each batch an array of rows by directions.
  private static final class Projected {
    private final List<double[]> batches = new ArrayList<>();
    private long count;

    /// What the rows project to along a direction, sorted.
    double[] sorted(int direction, int directions) {
      double[] values = new double[Math.toIntExact(count)];
      int i = 0;
      for (double[] batch : batches) {
        for (int at = direction; at < batch.length; at += directions) {
          values[i++] = batch[at];
        }
      }
      Arrays.sort(values);
      return values;
    }
  }

  private static final class Slices implements State {
    private final Binding binding;
    private final int dim;
    private final int directions;
    private final Projected real = new Projected();
    private final Projected generated = new Projected();

    /// Coordinate j of all directions, then j + 1.
    private final double[] byCoordinate;

    Slices(Binding binding) {
      this.binding = binding;
      dim = binding.width(REAL, FEATURES);
      directions = Math.toIntExact(binding.get(PROJECTIONS));
      binding.workers().require(8L * dim * directions);
      byCoordinate = new double[Math.multiplyExact(dim, directions)];
      LegacyNumpy random = new LegacyNumpy(binding.get(SEED));
      boolean mind = binding.get(FORM).equals("mind");
      double[] squares = new double[directions];
      for (int i = 0; i < byCoordinate.length; i++) {
        int l = mind ? i / dim : i % directions;
        int j = mind ? i % dim : i / directions;
        double value = random.randn();
        byCoordinate[j * directions + l] = value;
        squares[l] += value * value;
      }
      for (int i = 0; i < byCoordinate.length; i++) {
        byCoordinate[i] /= Math.sqrt(squares[i % directions]);
      }
    }

    @Override
    public void update(String set, Rows rows) {
      Projected projected = set.equals(REAL) ? real : generated;
      binding
          .workers()
          .require(8L * directions * (real.count + generated.count + rows.count() + (long) dim));
      double[] x = rows.numbers(FEATURES, new double[0]);
      double[] out = new double[Math.multiplyExact(rows.count(), directions)];
      binding
          .workers()
          .forEach(
              "projections",
              (rows.count() + ROWS - 1) / ROWS,
              k -> {
                int from = (int) k * ROWS;
                for (int i = from; i < Math.min(from + ROWS, rows.count()); i++) {
                  project(x, i, out);
                }
              });
      projected.batches.add(out);
      projected.count += rows.count();
    }

    private void project(double[] x, int row, double[] out) {
      for (int j = 0; j < dim; j++) {
        addScaled(
            x[row * dim + j], byCoordinate, j * directions, out, row * directions, directions);
      }
    }

    /// `y += a x`, a loop that the JVM vectorizes; an element's sum is a chain of fma either way.
    private static void addScaled(double a, double[] x, int xFrom, double[] y, int yFrom, int n) {
      for (int l = 0; l < n; l++) {
        y[yFrom + l] = Math.fma(a, x[xFrom + l], y[yFrom + l]);
      }
    }

    @Override
    public void merge(State later) {
      Slices other = (Slices) later;
      real.batches.addAll(other.real.batches);
      real.count += other.real.count;
      generated.batches.addAll(other.generated.batches);
      generated.count += other.generated.count;
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notInFiles("keeps what every row projects to");
    }

    @Override
    public Finished finish() {
      if (real.count == 0 || generated.count == 0) {
        throw new IllegalArgumentException(
            "found %d real and %d generated rows, expected at least 1 of each"
                .formatted(real.count, generated.count));
      }
      double p = binding.get(POWER);
      double[] powers = new double[directions];
      binding
          .workers()
          .forEach(
              "directions",
              directions,
              l ->
                  powers[(int) l] =
                      wasserstein(
                          real.sorted((int) l, directions),
                          generated.sorted((int) l, directions),
                          p));
      double mean = Arrays.stream(powers).sum() / directions;
      double squares = Arrays.stream(powers).map(v -> (v - mean) * (v - mean)).sum();
      double error = Math.sqrt(squares / (directions - 1) / directions);
      boolean mind = binding.get(FORM).equals("mind");
      double root = Math.pow(mean, 1 / p);
      return new Finished(
          List.of(
              new Measure(
                  "sliced-wasserstein",
                  mind ? 3.0 * dim * mean : root,
                  mind ? 3.0 * dim * error : error * root / (p * mean),
                  "directions",
                  real.count + generated.count,
                  "1",
                  Direction.LOWER,
                  mind
                      ? "3 d / L sum_l W_2^2 along %d directions".formatted(directions)
                      : "(1/L sum_l W_p^p)^(1/p) along %d directions, p = %s"
                          .formatted(directions, p)),
              new Measure(
                  "mean-power",
                  mean,
                  error,
                  "directions",
                  real.count + generated.count,
                  "1",
                  Direction.LOWER,
                  "1/L sum_l W_p^p, p = %s".formatted(p))),
          List.of(),
          List.of());
    }

    /// `W_p^p` of two sorted sets: the integral of the quantile functions' difference, whose steps
    /// are at multiples of 1/n and 1/m.
    private static double wasserstein(double[] x, double[] y, double p) {
      long n = x.length;
      long m = y.length;
      double sum = 0;
      int i = 0;
      int k = 0;
      long at = 0;
      while (i < n && k < m) {
        // Positions in units of 1/(n m).
        long next = Math.min((i + 1) * m, (k + 1) * n);
        double difference = Math.abs(x[i] - y[k]);
        sum += (next - at) * (p == 2 ? difference * difference : Math.pow(difference, p));
        boolean endOfX = next == (i + 1) * m;
        k += next == (k + 1) * n ? 1 : 0;
        i += endOfX ? 1 : 0;
        at = next;
      }
      return sum / ((double) n * m);
    }
  }
}
