package io.lanewise.objective.adversarial;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.ExactSum;
import io.lanewise.kernel.Kernels;
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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/// Relativistic average GAN, from a critic's outputs r and f (one a row, float32 or float64), in
/// nats: `D: mean softplus(-(r - mean f)) + mean softplus(f - mean r)`, `G: mean softplus(-(f -
/// mean r)) + mean softplus(r - mean f)`, sums without a factor 1/2.
///
/// Every term needs the mean over all rows of the other set, so outputs are kept: 8 bytes a row of
/// both sets, four times that at the end, at most `max-rows` rows a set, which is checked before
/// reading where the number is known. Sums are exact, so the order of rows and how they are split
/// does not show in any digit. Standard errors are by the delta method and include that the means
/// are estimates.
public final class RelativisticGan implements SampleMetric {
  private static final String REAL = "real";
  private static final String FAKE = "fake";
  private static final String LOGIT = "logit";

  private static final Parameter<Long> MAX_ROWS =
      Parameter.integer(
          "max-rows",
          "100000000",
          1,
          1_000_000_000,
          "The most rows of a set to keep in memory, at 8 bytes each.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "relativistic-gan",
        List.of("ragan"),
        Family.ADVERSARIAL,
        "Relativistic average GAN losses",
        "D: mean softplus(-(r - mean f)) + mean softplus(f - mean r); "
            + "G: mean softplus(-(f - mean r)) + mean softplus(r - mean f)",
        "Jolicoeur-Martineau, The relativistic discriminator, arXiv:1807.00734, section 4.2",
        List.of(set(REAL, "real"), set(FAKE, "generated")),
        List.of(MAX_ROWS),
        List.of());
  }

  private static RowSet set(String name, String of) {
    return new RowSet(
        name,
        true,
        "Rows of " + of + " data, as the critic sees them.",
        List.of(Role.scalar(LOGIT, "Critic's output, higher for real.")));
  }

  @Override
  public State newState(Binding binding) {
    long most = binding.get(MAX_ROWS);
    for (String set : List.of(REAL, FAKE)) {
      OptionalLong rows = binding.rowCounts().getOrDefault(set, OptionalLong.empty());
      checkRows(set, rows.orElse(0), most);
    }
    return new Outputs(binding.kernels(), most);
  }

  private static void checkRows(String set, long rows, long most) {
    if (rows > most) {
      throw new IllegalArgumentException(
          "set '%s': found %d rows, expected at most %d (parameter 'max-rows')"
              .formatted(set, rows, most));
    }
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("discriminator-loss", "generator-loss", "mean-real", "mean-fake");
  }

  /// The critic's outputs of one set.
  private static final class Side {
    private double[] values = new double[0];
    private int count;
    private final ExactSum sum = new ExactSum();

    void add(double[] more, int size, String set, long most) {
      checkRows(set, (long) count + size, most);
      if (values.length < count + size) {
        long wanted = Math.max((long) values.length * 2, (long) count + size);
        values = Arrays.copyOf(values, (int) Math.min(wanted, most));
      }
      System.arraycopy(more, 0, values, count, size);
      count += size;
      sum.add(more, 0, size);
    }

    void fields(StateFields fields) {
      count = fields.size("rows", count);
      values = fields.list("values", values, count);
      fields.sums("sum", sum);
    }

    double mean() {
      return sum.over(count);
    }
  }

  /// Softplus terms of one side, and what its loss needs.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  private record Terms(double[] values, double mean, double slope) {}

  private static final class Outputs implements State {
    private final Kernels kernels;
    private final long most;
    private final Side real = new Side();
    private final Side fake = new Side();

    Outputs(Kernels kernels, long most) {
      this.kernels = kernels;
      this.most = most;
    }

    @Override
    public void update(String set, Rows rows) {
      double[] values = rows.numbers(LOGIT, new double[0]);
      (set.equals(REAL) ? real : fake).add(values, rows.count(), set, most);
    }

    @Override
    public void merge(State later) {
      Outputs other = (Outputs) later;
      real.add(other.real.values, other.real.count, REAL, most);
      fake.add(other.fake.values, other.fake.count, FAKE, most);
    }

    @Override
    public void fields(StateFields fields) {
      real.fields(fields.part(REAL));
      fake.fields(fields.part(FAKE));
    }

    @Override
    public Finished finish() {
      if (real.count == 0 || fake.count == 0) {
        throw new IllegalArgumentException(
            "found %d real and %d fake rows, expected at least one of each"
                .formatted(real.count, fake.count));
      }
      return new Finished(
          List.of(
              loss(
                  "discriminator-loss",
                  Direction.NEITHER,
                  "mean softplus(-(r - mean f)) + mean softplus(f - mean r); 2 ln 2 = 1.3863 where the "
                      + "critic cannot tell",
                  true),
              loss(
                  "generator-loss",
                  Direction.LOWER,
                  "mean softplus(-(f - mean r)) + mean softplus(r - mean f)",
                  false),
              mean("mean-real", "mean r", real),
              mean("mean-fake", "mean f", fake)),
          List.of(),
          List.of());
    }

    private Measure mean(String name, String definition, Side side) {
      double error = Math.sqrt(variance(side.values, side.count) / side.count);
      return new Measure(
          name, side.mean(), error, "mean", side.count, "1", Direction.NEITHER, definition);
    }

    private Measure loss(String name, Direction better, String definition, boolean discriminator) {
      Terms ofReal = terms(real, fake.mean(), discriminator);
      Terms ofFake = terms(fake, real.mean(), !discriminator);
      double variance =
          influence(ofReal, real, ofFake.slope) / real.count
              + influence(ofFake, fake, ofReal.slope) / fake.count;
      return new Measure(
          name,
          ofReal.mean + ofFake.mean,
          Math.sqrt(variance),
          "delta",
          (long) real.count + fake.count,
          "nats",
          better,
          definition);
    }

    /// `softplus(∓(x - other))`, its mean and the mean of its derivative.
    private Terms terms(Side side, double other, boolean negate) {
      double[] shifted = new double[side.count];
      double[] values = new double[side.count];
      ExactSum sum = new ExactSum();
      ExactSum slopes = new ExactSum();
      for (int i = 0; i < side.count; i++) {
        shifted[i] = side.values[i] - other;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, shifted);
        kernels.softplus().each(Matrix.values(FloatType.FLOAT64, x, side.count), negate, values);
      }
      for (int i = 0; i < side.count; i++) {
        double x = negate ? -shifted[i] : shifted[i];
        double e = StrictMath.exp(-Math.abs(x));
        double sigmoid = (x < 0 ? e : 1) / (1 + e);
        slopes.add(negate ? -sigmoid : sigmoid);
      }
      sum.add(values, 0, side.count);
      return new Terms(values, sum.over(side.count), slopes.over(side.count));
    }

    /// The variance over rows of a row's influence: its own term, and what its output moves the
    /// other side's terms by through the mean.
    private static double influence(Terms own, Side side, double otherSlope) {
      double[] values = new double[side.count];
      double mean = side.mean();
      for (int i = 0; i < side.count; i++) {
        values[i] = own.values[i] - own.mean - otherSlope * (side.values[i] - mean);
      }
      return variance(values, side.count);
    }

    private static double variance(double[] values, int count) {
      if (count < 2) {
        return Double.NaN;
      }
      ExactSum sum = new ExactSum();
      sum.add(values, 0, count);
      double mean = sum.over(count);
      ExactSum squares = new ExactSum();
      for (int i = 0; i < count; i++) {
        squares.add((values[i] - mean) * (values[i] - mean));
      }
      return squares.value() / (count - 1);
    }
  }
}
