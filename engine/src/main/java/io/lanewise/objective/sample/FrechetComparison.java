package io.lanewise.objective.sample;

import static io.lanewise.objective.sample.FrechetDistance.BLOCKS;
import static io.lanewise.objective.sample.FrechetDistance.COVARIANCE;
import static io.lanewise.objective.sample.FrechetDistance.GENERATED;
import static io.lanewise.objective.sample.FrechetDistance.REAL;
import static io.lanewise.objective.sample.FrechetDistance.SEED;
import static io.lanewise.objective.sample.FrechetDistance.SIZES;

import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.noise.LegacyNumpy;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric.Finished;
import io.lanewise.objective.StateFields;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The two sets of a layer that a Fréchet distance compares, and what it makes of them: the
/// distance and its terms, its error, what it tends to with more rows, and the sets' own
/// statistics.
final class FrechetComparison {
  private final Binding binding;
  private final FrechetDistance.Layer layer;
  private final String kind;
  private final FrechetSide real;
  private final FrechetSide generated;

  /// What rows are multiplied by, as a power of two, while distances are computed.
  private int power;

  FrechetComparison(
      Binding binding, FrechetDistance.Layer layer, FrechetSide real, FrechetSide generated) {
    this.binding = binding;
    this.layer = layer;
    this.kind = binding.get(COVARIANCE);
    this.real = real;
    this.generated = generated;
  }

  /// Adds rows that are of one of its sets.
  void update(String set, Rows rows) {
    if (set.equals(REAL + layer.sets())) {
      real.update(rows);
    } else if (set.equals(GENERATED + layer.sets())) {
      generated.update(rows);
    }
  }

  void merge(FrechetComparison later) {
    real.merge(later.real);
    generated.merge(later.generated);
  }

  void fields(StateFields fields) {
    real.fields(fields.part(REAL + layer.sets()));
    generated.fields(fields.part(GENERATED + layer.sets()));
  }

  boolean isWanted() {
    return layer.wanted(binding);
  }

  Finished finish() {
    FittedGaussian first = real.fitted();
    FittedGaussian second = generated.fitted();
    power = power(first, second);
    if (!Double.isFinite(FittedGaussian.largest(first, second))) {
      throw outOfRange("more than 1e154");
    }
    double meanTerm = meanTerm(first, second);
    double covarianceTerm = covarianceTerm(first, second);
    requireInRange(meanTerm + covarianceTerm, first, second);
    int blocks = Math.toIntExact(binding.get(BLOCKS));
    List<Measure> measures = new ArrayList<>();
    measures.add(
        new Measure(
            layer.measures() + "frechet-distance",
            meanTerm + covarianceTerm,
            blocks == 0 ? Double.NaN : jackknife(first, second),
            blocks == 0 ? "none" : "jackknife",
            rows(),
            "1",
            Direction.LOWER,
            "mean-term + covariance-term, covariance: %s%s"
                .formatted(
                    kind,
                    blocks == 0
                        ? "; no standard error: 'jackknife-blocks' is 0"
                        : "; jackknife: rows i mod %d = b left out of a set, for all b, sets apart"
                            .formatted(blocks))));
    measures.add(measure("mean-term", meanTerm, "|mu1 - mu2|^2"));
    measures.add(
        measure(
            "covariance-term", covarianceTerm, "tr(S1) + tr(S2) - 2 tr((S1^1/2 S2 S1^1/2)^1/2)"));
    String rule = "rows of the set; 0 where statistics are given";
    measures.add(measure("rows-real", (double) real.count(), rule));
    measures.add(measure("rows-generated", (double) generated.count(), rule));
    if (kind.equals("full")) {
      measures.add(rank("rank-real", first));
      measures.add(rank("rank-generated", second));
      measures.add(smallest("smallest-eigenvalue-real", first));
      measures.add(smallest("smallest-eigenvalue-generated", second));
    }
    List<ArrayMeasure> arrays = new ArrayList<>();
    if (generated instanceof FrechetSide.Samples samples && binding.get(SIZES) > 0) {
      measures.add(infinity(first, samples, arrays));
    }
    List<Verdict> verdicts = new ArrayList<>(List.of(sampleSize(first.dim())));
    projected(REAL, first, verdicts);
    projected(GENERATED, second, verdicts);
    return new Finished(measures, arrays, verdicts);
  }

  /// @param set the name of the set without the layer's ending
  Batch outputs(String set) {
    FittedGaussian fitted = (set.equals(REAL) ? real : generated).fitted();
    int dim = fitted.dim();
    double[] mean = new double[dim];
    Arrays.setAll(mean, fitted::mean);
    double[] covariance = fitted.covariance().clone();
    CrossProducts.mirror(covariance, dim);
    return new Batch(
        0,
        dim,
        List.of(
            new ScalarColumn(layer.mu(), DType.FLOAT64, dim, memory(mean), Validity.ALL),
            new VectorColumn(
                layer.sigma(),
                DType.FLOAT64,
                dim,
                dim,
                memory(covariance),
                Validity.ALL,
                Validity.ALL)),
        () -> {});
  }

  /// Outside the heap, from where files are written.
  private static MemorySegment memory(double[] values) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_DOUBLE, values);
  }

  /// What rows are multiplied by, as a power of two, so that products of variances stay in the
  /// range of float64: nothing where they are far from its ends.
  private static int power(FittedGaussian a, FittedGaussian b) {
    double largest = FittedGaussian.largest(a, b);
    return largest == 0 || !Double.isFinite(largest) || (largest > 0x1p-200 && largest < 0x1p200)
        ? 0
        : -Math.getExponent(largest);
  }

  /// Refuses a distance whose square is too large or too small for float64, which would be infinite
  /// or 0.
  private void requireInRange(double distance, FittedGaussian a, FittedGaussian b) {
    double largest = FittedGaussian.largest(a, b);
    if (!Double.isFinite(distance) || (largest != 0 && largest < 0x1p-480)) {
      throw outOfRange("about " + largest);
    }
  }

  private IllegalArgumentException outOfRange(String size) {
    return new IllegalArgumentException(
        "sets '%s' and '%s': found features that are %s apart, expected a squared distance in the range of float64"
            .formatted(REAL + layer.sets(), GENERATED + layer.sets(), size));
  }

  private double distance(FittedGaussian a, FittedGaussian b) {
    return meanTerm(a, b) + covarianceTerm(a, b);
  }

  private double meanTerm(FittedGaussian a, FittedGaussian b) {
    return Math.scalb(squaredDistance(a.times(power), b.times(power)), -2 * power);
  }

  private static double squaredDistance(FittedGaussian a, FittedGaussian b) {
    double sum = 0;
    for (int j = 0; j < a.dim(); j++) {
      double difference = a.mean(j) - b.mean(j);
      sum += difference * difference;
    }
    return sum;
  }

  private double covarianceTerm(FittedGaussian first, FittedGaussian second) {
    FittedGaussian a = first.times(power);
    FittedGaussian b = second.times(power);
    double term =
        switch (kind) {
          case "none" -> 0;
          case "diagonal" -> diagonalTerm(a, b);
          default -> {
            double root = RootTrace.of(a, b, binding.workers());
            yield a.trace() + b.trace() - 2 * root;
          }
        };
    return Math.scalb(term, -2 * power);
  }

  private static double diagonalTerm(FittedGaussian first, FittedGaussian second) {
    double sum = 0;
    for (int j = 0; j < first.dim(); j++) {
      double a = first.variance(j);
      double b = second.variance(j);
      sum += a + b - 2 * Math.sqrt(a * b);
    }
    return sum;
  }

  /// Delete-a-group jackknife of two samples: the variances that the blocks of each set show, the
  /// other set held, add up.
  private double jackknife(FittedGaussian first, FittedGaussian second) {
    return Math.sqrt(
        variance(real.withoutBlocks(), f -> distance(f, second))
            + variance(generated.withoutBlocks(), f -> distance(first, f)));
  }

  /// 0 of statistics, which have no blocks.
  private static double variance(
      List<FittedGaussian> without, ToDoubleFunction<FittedGaussian> distance) {
    return without.isEmpty()
        ? 0
        : Jackknife.variance(without.size(), b -> distance.applyAsDouble(without.get(b)));
  }

  /// Least squares of the distance on 1/n: the intercept, with its standard error.
  private Measure infinity(
      FittedGaussian reference, FrechetSide.Samples samples, List<ArrayMeasure> arrays) {
    int n = Math.toIntExact(samples.count());
    int points = Math.toIntExact(binding.get(SIZES));
    int least = Math.min(5000, Math.max(n / 10, 2));
    LegacyNumpy random = new LegacyNumpy(binding.get(SEED));
    List<Double> sizes = new ArrayList<>();
    List<Double> distances = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      int size = i == points - 1 ? n : (int) (least + i * ((double) (n - least) / (points - 1)));
      sizes.add((double) size);
      distances.add(distance(reference, samples.ofRows(random.permutation(n), size)));
    }
    LeastSquaresLine line =
        LeastSquaresLine.through(sizes.stream().map(s -> 1 / s).toList(), distances);
    arrays.add(
        new ArrayMeasure(layer.measures() + "infinity-size", sizes, "1", "rows that were drawn"));
    arrays.add(
        new ArrayMeasure(
            layer.measures() + "infinity-distance",
            distances,
            "1",
            "frechet-distance of so many generated rows"));
    return new Measure(
        layer.measures() + "frechet-distance-infinity",
        line.intercept(),
        line.interceptError(),
        "regression",
        n,
        "1",
        Direction.LOWER,
        "intercept of least squares of the distance on 1/n, n in %d sizes from %d to %d"
            .formatted(points, least, n));
  }

  private Verdict sampleSize(int dim) {
    String rule =
        "the estimate is biased upwards by rows that are few: compare only distances of equal n,"
            + " and expect bias where n of a set is not above d";
    String evidence =
        "%s and %s in %d dimensions"
            .formatted(rows("real", real.count()), rows("generated", generated.count()), dim);
    boolean given = real.count() == 0 || generated.count() == 0;
    boolean few =
        kind.equals("full")
            && ((real.count() > 0 && real.count() <= dim)
                || (generated.count() > 0 && generated.count() <= dim));
    Status status =
        few || (!given && real.count() != generated.count())
            ? Status.WARN
            : given ? Status.UNKNOWN : Status.PASS;
    String why =
        few
            ? ": so few that the distance comes out too large"
            : status == Status.WARN
                ? ": compare only with distances of the same numbers of rows"
                : "";
    return new Verdict(layer.measures() + "sample-size", status, rule, evidence + why);
  }

  private static String rows(String set, long count) {
    return count == 0
        ? "an unknown number of %s rows".formatted(set)
        : "%d %s rows".formatted(count, set);
  }

  /// Says where given statistics were brought back to what a covariance can be.
  private void projected(String set, FittedGaussian fitted, List<Verdict> verdicts) {
    double smallest =
        switch (kind) {
          case "none" -> 0;
          case "diagonal" -> Math.min(fitted.smallestVariance(), 0);
          default -> fitted.definiteness().projected() ? fitted.definiteness().smallest() : 0;
        };
    if (smallest < 0) {
      verdicts.add(
          new Verdict(
              layer.measures() + "projection-" + set,
              Status.WARN,
              "eigenvalues of given statistics that are below 0 by no more than the numbers were rounded count as 0",
              "smallest %s %s, rounding up to %s"
                  .formatted(
                      kind.equals("full") ? "eigenvalue" : "variance",
                      (float) smallest,
                      (float) fitted.stored())));
    }
  }

  private Measure rank(String name, FittedGaussian fitted) {
    return measure(
        name, fitted.definiteness().rank(), "eigenvalues of the covariance above rounding");
  }

  private Measure smallest(String name, FittedGaussian fitted) {
    return measure(name, fitted.definiteness().smallest(), "smallest eigenvalue, as computed");
  }

  private long rows() {
    return real.count() + generated.count();
  }

  private Measure measure(String name, double value, String definition) {
    return new Measure(
        layer.measures() + name,
        value,
        Double.NaN,
        "none",
        rows(),
        "1",
        Direction.NEITHER,
        definition);
  }
}
