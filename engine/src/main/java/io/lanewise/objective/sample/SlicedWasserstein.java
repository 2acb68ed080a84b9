package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.noise.LegacyNumpy;
import io.lanewise.noise.TorchNumbers;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.objective.sample.AllPairs.Part;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Sliced Wasserstein distance: the mean over random directions of the Wasserstein distance between
/// what two sets project to, which sorting gives exactly. Sets of unequal size are compared by
/// their quantile functions, over all of both.
///
/// `form=root` is `(mean W_p^p)^(1/p)`, as POT gives it; `form=mind` is `3 d` times the mean of
/// `W_2^2`, as MIND is defined. Directions are normal vectors from NumPy's legacy generator,
/// divided by their length: for `root` in POT's order, a coordinate at a time, so that the same
/// seed gives its number; for `mind` a direction at a time.
///
/// `form=torch-fidelity` is MIND with that tool's own choices: PyTorch draws, from the same seed,
/// first which rows of the larger set count, as many as the smaller has, and then the directions.
/// So numbers of rows that differ have to be known before the first is read. Its sums are float32;
/// these are float64.
///
/// `form=gaussian` needs no directions: [GaussianSlices].
public final class SlicedWasserstein implements SampleMetric {
  private static final String REAL = "real";
  private static final String GENERATED = "generated";
  private static final String FEATURES = "features";
  private static final String MIND = "mind";
  private static final String TORCH = "torch-fidelity";
  private static final String GAUSSIAN = "gaussian";

  /// Rows, and directions, of a task at most: what is packed of either stays in a second-level
  /// cache.
  private static final int ROWS = 480;

  private static final int DIRECTIONS = 240;

  private static final Parameter<Long> PROJECTIONS =
      Parameter.integer("projections", "1000", 2, 1_000_000, "Number of directions.");
  private static final Parameter<Double> POWER =
      Parameter.number("p", "2", 1, 100, "1", "The order of the Wasserstein distance.");
  private static final Parameter<Long> SEED =
      Parameter.integer(
          "seed",
          "2020",
          0,
          0xFFFFFFFFL,
          "Seed of the directions, for NumPy's RandomState(seed).randn, or torch's manual_seed(seed) with form torch-fidelity.");
  private static final Parameter<String> FORM =
      Parameter.choice(
          "form",
          "root",
          "root: (mean W_p^p)^(1/p), as POT; mind: 3 d mean W_2^2, as MIND; torch-fidelity: MIND with its rows and directions; gaussian: approximation without directions, as dgm-eval.",
          List.of("root", MIND, TORCH, GAUSSIAN));

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
    String form = binding.get(FORM);
    if (!form.equals("root") && binding.get(POWER) != 2) {
      throw new IllegalArgumentException(
          "parameter 'p': found %s with form=%s, expected 2".formatted(binding.get(POWER), form));
    }
    return form.equals(GAUSSIAN)
        ? new GaussianSlices(binding, REAL, GENERATED, FEATURES)
        : new Slices(binding);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("sliced-wasserstein", "mean-power");
  }

  /// The projections of one set.
  private static final class Projected {
    private final List<Block> blocks = new ArrayList<>();
    private long count;

    /// The rows that count; null for all.
    private int @Nullable [] chosen;

    void add(Projected later) {
      blocks.addAll(later.blocks);
      count += later.count;
    }

    /// What the rows project to along a direction, sorted.
    double[] sorted(Part directions, int direction) {
      double[] values = new double[Math.toIntExact(count)];
      int to = 0;
      for (Block block : blocks) {
        int from = (direction - directions.from()) * block.rows();
        System.arraycopy(block.byPart()[directions.number()], from, values, to, block.rows());
        to += block.rows();
      }
      int[] some = chosen;
      double[] counted =
          some == null ? values : Arrays.stream(some).mapToDouble(row -> values[row]).toArray();
      Arrays.sort(counted);
      return counted;
    }

    /// The largest magnitude that a row projects to.
    double largest() {
      double largest = 0;
      for (Block block : blocks) {
        for (double[] values : block.byPart()) {
          for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
          }
        }
      }
      return largest;
    }

    /// What torch-fidelity does with the larger set.
    void choose(TorchNumbers random, long rows, long ofThem) {
      if (rows > ofThem) {
        chosen = Arrays.copyOf(random.permutation(Math.toIntExact(rows)), Math.toIntExact(ofThem));
      }
    }
  }

  /// Projections of consecutive rows.
  ///
  /// @param byPart for each part of the directions those by rows
  @SuppressWarnings("ArrayRecordComponent") // internal
  private record Block(int rows, double[][] byPart) {}

  private static final class Slices implements State {
    private final Binding binding;
    private final int dim;
    private final int directions;
    private final Projected real = new Projected();
    private final Projected generated = new Projected();

    /// A direction after the other, of `dim` float64.
    private final MemorySegment byDirection;

    private final Part[] parts;

    /// A batch in float64, for want of products of float32 with float64.
    private MemorySegment widened = MemorySegment.NULL;

    Slices(Binding binding) {
      this.binding = binding;
      dim = binding.width(REAL, FEATURES);
      directions = Math.toIntExact(binding.get(PROJECTIONS));
      binding.workers().require(8L * dim * directions);
      byDirection = Arena.ofAuto().allocate(Math.max(8L * dim * directions, 1), 64);
      parts = AllPairs.parts(directions, DIRECTIONS);
      if (binding.get(FORM).equals(TORCH)) {
        drawByTorch();
      } else {
        drawByNumpy();
      }
      long elements = (long) dim * directions;
      double[] squares = new double[directions];
      for (long i = 0; i < elements; i++) {
        double value = byDirection.getAtIndex(JAVA_DOUBLE, i);
        squares[(int) (i / dim)] += value * value;
      }
      for (long i = 0; i < elements; i++) {
        double value = byDirection.getAtIndex(JAVA_DOUBLE, i);
        byDirection.setAtIndex(JAVA_DOUBLE, i, value / Math.sqrt(squares[(int) (i / dim)]));
      }
    }

    private void drawByNumpy() {
      LegacyNumpy random = new LegacyNumpy(binding.get(SEED));
      boolean mind = binding.get(FORM).equals(MIND);
      long elements = (long) dim * directions;
      for (long i = 0; i < elements; i++) {
        long l = mind ? i / dim : i % directions;
        long j = mind ? i % dim : i / directions;
        byDirection.setAtIndex(JAVA_DOUBLE, l * dim + j, random.randn());
      }
    }

    /// Generated rows are torch-fidelity's first input. Where the numbers of rows are not known,
    /// they are taken to be equal, and nothing is drawn for them.
    private void drawByTorch() {
      TorchNumbers random = new TorchNumbers(binding.get(SEED));
      OptionalLong reals = knownRows(REAL);
      OptionalLong fakes = knownRows(GENERATED);
      if (reals.isPresent() && fakes.isPresent()) {
        generated.choose(random, fakes.getAsLong(), reals.getAsLong());
        real.choose(random, reals.getAsLong(), fakes.getAsLong());
      }
      float[] normals = random.normals(Math.multiplyExact(dim, directions));
      for (int i = 0; i < normals.length; i++) {
        byDirection.setAtIndex(JAVA_DOUBLE, i, normals[i]);
      }
    }

    private OptionalLong knownRows(String set) {
      return binding.rowCounts().getOrDefault(set, OptionalLong.empty());
    }

    /// Refuses rows that are not as many as those for which was drawn.
    private void requireDrawnFor() {
      boolean asKnown =
          knownRows(REAL).orElse(real.count) == real.count
              && knownRows(GENERATED).orElse(generated.count) == generated.count;
      boolean chosen = real.chosen != null || generated.chosen != null;
      if (chosen ? !asKnown : real.count != generated.count) {
        throw new IllegalArgumentException(
            "form=torch-fidelity: found %d real and %d generated rows, expected equal numbers, or all rows of files that say before how many they are, not groups of them"
                .formatted(real.count, generated.count));
      }
    }

    @Override
    public void update(String set, Rows rows) {
      Projected projected = set.equals(REAL) ? real : generated;
      binding
          .workers()
          .require(8L * directions * (real.count + generated.count + rows.count() + (long) dim));
      MemorySegment x = float64(rows);
      Part[] cut = AllPairs.parts(rows.count(), ROWS);
      double[][][] products = new double[cut.length][parts.length][];
      binding
          .workers()
          .forEach(
              "projections",
              (long) cut.length * parts.length,
              k -> {
                Part some = cut[(int) (k / parts.length)];
                Part along = parts[(int) (k % parts.length)];
                double[] out = new double[along.count() * some.count()];
                binding
                    .kernels()
                    .pairwiseProducts()
                    .rows(
                        slice(byDirection, along),
                        slice(x, some),
                        out,
                        new PairwiseProducts.Scratch());
                products[some.number()][along.number()] = out;
              });
      for (Part some : cut) {
        projected.blocks.add(new Block(some.count(), products[some.number()]));
      }
      projected.count += rows.count();
    }

    private MemorySegment float64(Rows rows) {
      MemorySegment data = rows.vector(FEATURES);
      if (rows.type() == DType.FLOAT64) {
        return data;
      }
      long elements = (long) rows.count() * dim;
      if (widened.byteSize() < 8 * elements) {
        widened = Arena.ofAuto().allocate(8 * elements, 64);
      }
      for (long i = 0; i < elements; i++) {
        widened.setAtIndex(JAVA_DOUBLE, i, data.get(JAVA_FLOAT_UNALIGNED, 4 * i));
      }
      return widened;
    }

    private Matrix slice(MemorySegment rows, Part part) {
      MemorySegment some = rows.asSlice(8L * part.from() * dim, 8L * part.count() * dim);
      return new Matrix(FloatType.FLOAT64, some, part.count(), dim);
    }

    @Override
    public void merge(State later) {
      real.add(((Slices) later).real);
      generated.add(((Slices) later).generated);
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notStorable("keeps what every row projects to");
    }

    @Override
    public Finished finish() {
      if (real.count == 0 || generated.count == 0) {
        throw new IllegalArgumentException(
            "found %d real and %d generated rows, expected at least 1 of each"
                .formatted(real.count, generated.count));
      }
      if (binding.get(FORM).equals(TORCH)) {
        requireDrawnFor();
      }
      double p = binding.get(POWER);
      int exponent = exponent(Math.max(real.largest(), generated.largest()), p);
      double[] powers = new double[directions];
      binding
          .workers()
          .forEach(
              "directions",
              directions,
              k -> {
                int l = (int) k;
                Part part = parts[partOf(l)];
                double[] x = times(real.sorted(part, l), exponent);
                powers[l] = wasserstein(x, times(generated.sorted(part, l), exponent), p);
              });
      // What W_p^p has to be multiplied with.
      double back = Math.pow(2, -exponent * p);
      double mean = Arrays.stream(powers).sum() / directions;
      double squares = Arrays.stream(powers).map(v -> (v - mean) * (v - mean)).sum();
      double error = Math.sqrt(squares / (directions - 1) / directions);
      boolean mind = !binding.get(FORM).equals("root");
      double root = Math.scalb(Math.pow(mean, 1 / p), -exponent);
      if (!Double.isFinite(mind ? 3.0 * dim * mean * back : root)) {
        throw new IllegalArgumentException(
            "found numbers whose distance leaves the range of float64, expected smaller ones");
      }
      return new Finished(
          List.of(
              new Measure(
                  "sliced-wasserstein",
                  mind ? 3.0 * dim * mean * back : root,
                  mind ? 3.0 * dim * error * back : error * root / (p * mean),
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
                  mean * back,
                  error * back,
                  "directions",
                  real.count + generated.count,
                  "1",
                  Direction.LOWER,
                  "1/L sum_l W_p^p, p = %s".formatted(p))),
          List.of(),
          List.of());
    }

    /// The power of two to multiply projections with, so that their differences to the p-th stay in
    /// the range of float64: none where they do.
    private static int exponent(double largest, double p) {
      double bits = Math.abs(Math.getExponent(largest)) * p;
      return largest == 0 || bits < 400 ? 0 : -Math.getExponent(largest);
    }

    private static double[] times(double[] values, int exponent) {
      if (exponent != 0) {
        Arrays.setAll(values, i -> Math.scalb(values[i], exponent));
      }
      return values;
    }

    private int partOf(int direction) {
      int p = 0;
      while (direction >= parts[p].from() + parts[p].count()) {
        p++;
      }
      return p;
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
