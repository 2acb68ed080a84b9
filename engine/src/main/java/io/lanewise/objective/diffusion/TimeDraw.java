package io.lanewise.objective.diffusion;

import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.support.StandardNormal;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/// Timesteps, or times, of rows: a function of the seed and the row's index in the data set alone
/// (and of the number of rows, where they are stratified). Used by one worker.
///
/// Row i has a number u in [0, 1): drawn, or `(i mod n + 1/2) / n` where stratified. It becomes a
/// timestep by the inverse of the distribution function: `floor(T u)` if all are equally likely,
/// the first k with `p_0 + … + p_k > u` if not. Times go the same way through their distribution; K
/// given probabilities are then those of K equal parts of `[time-min, time-max]`.
final class TimeDraw {
  static final Parameter<String> DRAW =
      Parameter.choice(
          "draw",
          "given",
          "Where a row's t or time comes from: given (the level has its role), drawn (uniform;"
              + " importance: with parameter probabilities), or stratified: equally spaced"
              + " quantiles of the same, in the order of rows.",
          List.of("given", "uniform", "stratified", "importance", "stratified-importance"));
  static final Parameter<String> WHAT =
      Parameter.choice(
          "draw-of",
          "t",
          "The drawn quantity: t of the schedule, or time of the process.",
          List.of("t", "time"));
  static final Parameter<Long> SEED =
      Parameter.integer("draw-seed", "0", 0, Long.MAX_VALUE, "Seed of drawn t or time.");
  static final Parameter<Long> STRATA =
      Parameter.integer(
          "strata",
          "0",
          0,
          1_000_000_000_000L,
          "n of stratified t: as many equally spaced ones, then from the first again; 0 for the"
              + " number of rows.");
  static final Parameter<List<Double>> PROBABILITIES =
      Parameter.numbers(
          "probabilities",
          "p of each timestep (or of equal parts of the times) for importance; divided by its sum.");
  static final Parameter<String> DISTRIBUTION =
      Parameter.choice(
          "time-distribution",
          "uniform",
          "Of a drawn time: uniform in [time-min, time-max], exp of a normal (EDM: mean -1.2,"
              + " deviation 1.2) or its logistic function (SD3: 0, 1).",
          List.of("uniform", "log-normal", "logit-normal"));
  static final Parameter<Double> MIN =
      Parameter.number(
          "time-min",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Smallest time of uniform and importance.");
  static final Parameter<Double> MAX =
      Parameter.number(
          "time-max",
          "1",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Largest time of uniform and importance.");
  static final Parameter<Double> MEAN =
      Parameter.number(
          "time-mean",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Mean of the normal distribution from which times are drawn.");
  static final Parameter<Double> DEVIATION =
      Parameter.number(
          "time-deviation",
          "1",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Standard deviation of the normal distribution from which times are drawn.");

  static final List<Parameter<?>> PARAMETERS =
      List.of(DRAW, WHAT, SEED, STRATA, PROBABILITIES, DISTRIBUTION, MIN, MAX, MEAN, DEVIATION);

  private final boolean continuous;
  private final boolean stratified;
  private final long strata;
  private final int parts;
  private final String distribution;
  private final double min;
  private final double max;
  private final double mean;
  private final double deviation;
  private final PhiloxNoise uniforms;

  /// Ends of the parts of [0, 1) that belong to each timestep; empty if all are equal.
  private final double[] ends;

  private final double[] weights;
  private double[] drawn = new double[0];
  private double[] weight = new double[0];

  /// @throws IllegalArgumentException if the parameters do not fit each other
  TimeDraw(Binding binding) {
    String draw = binding.get(DRAW);
    continuous = binding.get(WHAT).equals("time");
    stratified = draw.startsWith("stratified");
    uniforms = new PhiloxNoise(binding.get(SEED));
    distribution = binding.get(DISTRIBUTION);
    min = binding.get(MIN);
    max = binding.get(MAX);
    mean = binding.get(MEAN);
    deviation = binding.get(DEVIATION);
    strata = stratified ? strata(binding) : 1;
    List<Double> probabilities = binding.get(PROBABILITIES);
    boolean importance = draw.endsWith("importance");
    if (importance == probabilities.isEmpty()) {
      throw new IllegalArgumentException(
          "draw is '%s': found %d probabilities, expected %s"
              .formatted(draw, probabilities.size(), importance ? "some" : "none"));
    }
    if (!continuous && importance && probabilities.size() != Levels.schedule(binding).steps()) {
      throw new IllegalArgumentException(
          "parameter 'probabilities': found %d, expected one for each of %d timesteps"
              .formatted(probabilities.size(), Levels.schedule(binding).steps()));
    }
    if (!continuous && !distribution.equals("uniform")) {
      throw new IllegalArgumentException(
          "time-distribution is '%s': found draw-of 't', expected 'time'".formatted(distribution));
    }
    if (!distribution.equals("uniform") && importance) {
      throw new IllegalArgumentException(
          "time-distribution is '%s': found draw '%s', expected uniform or stratified"
              .formatted(distribution, draw));
    }
    if (!(min < max)) {
      throw new IllegalArgumentException(
          "parameters 'time-min' and 'time-max': found %s and %s, expected the first below the"
                  .formatted(min, max)
              + " second");
    }
    parts = importance ? probabilities.size() : continuous ? 1 : Levels.schedule(binding).steps();
    ends = new double[probabilities.size()];
    weights = new double[probabilities.size()];
    fill(probabilities);
  }

  /// @return the number of strata
  private static long strata(Binding binding) {
    OptionalLong rows = binding.rowCounts().getOrDefault(RowSet.ROWS, OptionalLong.empty());
    if (binding.get(STRATA) == 0 && rows.isEmpty()) {
      throw new IllegalArgumentException(
          "draw is '%s': found rows whose number is not known before they are read, expected"
                  .formatted(binding.get(DRAW))
              + " parameter 'strata' or a file that says it");
    }
    return Math.max(1, binding.get(STRATA) == 0 ? rows.orElse(1) : binding.get(STRATA));
  }

  private void fill(List<Double> probabilities) {
    double total = 0;
    for (int k = 0; k < ends.length; k++) {
      double p = probabilities.get(k);
      if (!(p >= 0) || Double.isInfinite(p)) {
        throw new IllegalArgumentException(
            "parameter 'probabilities' at %d: found %s, expected a number >= 0".formatted(k, p));
      }
      total += p;
      ends[k] = total;
      weights[k] = p;
    }
    if (ends.length > 0 && !(total > 0)) {
      throw new IllegalArgumentException(
          "parameter 'probabilities': found a sum of %s, expected more than 0".formatted(total));
    }
    for (int k = 0; k < ends.length; k++) {
      ends[k] /= total;
      weights[k] = total / (ends.length * weights[k]);
    }
  }

  /// Whether times of a process are drawn, not timesteps of a schedule.
  boolean continuous() {
    return continuous;
  }

  /// Draws for rows from `first` on; then [#drawn] and [#weight] are theirs.
  void draw(long first, int count) {
    if (drawn.length < count) {
      drawn = new double[count];
      weight = new double[count];
    }
    if (stratified) {
      for (int i = 0; i < count; i++) {
        drawn[i] = ((first + i) % strata + 0.5) / strata;
      }
    } else {
      uniforms.uniformsF64(first, count, 0, MemorySegment.ofArray(drawn));
    }
    for (int i = 0; i < count; i++) {
      place(i);
    }
  }

  /// From a quantile to what is drawn.
  private void place(int i) {
    double u = drawn[i];
    weight[i] = 1;
    if (continuous && !distribution.equals("uniform")) {
      // A drawn u may be 0, whose normal is not finite.
      double normal = mean + deviation * StandardNormal.quantile(Math.max(u, 0x1p-54));
      drawn[i] =
          distribution.equals("log-normal")
              ? StrictMath.exp(normal)
              : 1 / (1 + StrictMath.exp(-normal));
      return;
    }
    int part = ends.length == 0 ? Math.min((int) (parts * u), parts - 1) : find(u);
    if (ends.length > 0) {
      weight[i] = weights[part];
    }
    if (continuous) {
      double from = part == 0 ? 0 : ends.length == 0 ? 0 : ends[part - 1];
      double share = ends.length == 0 ? u : (u - from) / (ends[part] - from);
      drawn[i] = min + (part + share) / parts * (max - min);
    } else {
      drawn[i] = part;
    }
  }

  /// The first part that ends above u: the last ends at 1, and one of no probability ends where the
  /// part before it does.
  private int find(double u) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > u) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// The timesteps or times last drawn.
  double[] drawn() {
    return drawn;
  }

  /// Their importance weights, `1 / (K p)`; 1 where no probabilities were given.
  double[] weight() {
    return weight;
  }
}
