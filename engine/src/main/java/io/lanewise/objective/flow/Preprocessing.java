package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.List;

/// How data x on [0, 1] became the data T(x) of a model, and bits per dimension of x that account
/// for it: `-(log p(T(x)) + sum_j ln|dT_j/dx_j|) / (D ln 2) + log2(levels)`, everything from the
/// same T.
///
/// `none`: T(x) = x. `scale`: T(x) = scale * x + any shift. `logit`: T(x) = logit(alpha + (1 - 2
/// alpha) x); its derivative depends on x, so the data is needed.
record Preprocessing(String name, double alpha, double scale, int dimensions, double levels) {
  private static final String DATA = "data";

  private static final Parameter<String> NAME =
      Parameter.choice(
          "preprocessing",
          "none",
          "T from data x in [0, 1] to what the model saw: none, scale * x, or "
              + "logit(alpha + (1 - 2 alpha) x).",
          List.of("none", "scale", "logit"));
  private static final Parameter<Double> ALPHA =
      Parameter.number("alpha", "1e-6", 0, 0.499, "1", "alpha of preprocessing 'logit'.");
  private static final Parameter<Double> SCALE =
      Parameter.number(
          "scale",
          "1",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Scale of preprocessing 'scale'; 2 for a model on [-1, 1].");
  private static final Parameter<Double> LEVELS =
      Parameter.number(
          "levels",
          "1",
          1,
          Double.POSITIVE_INFINITY,
          "1",
          "Number of levels of dequantized data scaled to [0, 1]: adds log2(levels) to bits per "
              + "dimension; 1 for data that is not quantized.");
  private static final Parameter<String> DEQUANTIZATION =
      Parameter.choice(
          "dequantization",
          "none",
          "How noise was added to quantized data: not at all, uniform, or otherwise (given).",
          List.of("none", "uniform", "given"));
  private static final Parameter<Long> DIMENSIONS =
      Parameter.integer(
          "dimensions",
          "0",
          0,
          Integer.MAX_VALUE,
          "D of bits per dimension; 0 means the width of 'z' or 'data'.");

  static final List<Parameter<?>> PARAMETERS =
      List.of(NAME, ALPHA, SCALE, LEVELS, DEQUANTIZATION, DIMENSIONS);
  static final Role ROLE =
      Role.vector(DATA, "data", "Data in [0, 1] before preprocessing 'logit'.").optional();
  static final Output OUTPUT = Output.number("preprocessing-logdet", "nats", "sum_j ln|dT_j/dx_j|");

  /// @throws IllegalArgumentException if roles and parameters do not fit each other
  static Preprocessing of(Binding binding) {
    String name = binding.get(NAME);
    if (name.equals("logit") && !binding.has(DATA)) {
      throw new IllegalArgumentException(
          "preprocessing is 'logit': found no column for role 'data', expected the data in [0, 1]");
    }
    long given = binding.get(DIMENSIONS);
    int dimensions =
        given > 0
            ? (int) given
            : binding.has("z") ? binding.width("z") : binding.has(DATA) ? binding.width(DATA) : 0;
    if (name.equals("scale") && dimensions == 0) {
      throw new IllegalArgumentException(
          "preprocessing is 'scale': found no number of dimensions, expected parameter 'dimensions'");
    }
    if (name.equals("scale") && binding.get(SCALE) == 0) {
      throw new IllegalArgumentException("parameter 'scale': found 0, expected another number");
    }
    return new Preprocessing(
        name, binding.get(ALPHA), binding.get(SCALE), dimensions, binding.get(LEVELS));
  }

  /// Puts `sum_j ln|dT_j/dx_j|`. Data outside the domain of the logit gives NaN.
  void evaluate(Rows in, RowOutputs out) {
    double[] logdet = out.number(OUTPUT.name());
    if (!name.equals("logit")) {
      double constant = name.equals("scale") ? dimensions * StrictMath.log(Math.abs(scale)) : 0;
      java.util.Arrays.fill(logdet, 0, in.count(), constant);
      return;
    }
    RoleRows data = new RoleRows(in, DATA);
    double shrink = 1 - 2 * alpha;
    for (int i = 0; i < in.count(); i++) {
      double[] row = data.row(i);
      double sum = 0;
      for (double x : row) {
        double s = Math.fma(shrink, x, alpha);
        sum -= StrictMath.log(s) + StrictMath.log1p(-s);
      }
      logdet[i] = sum + row.length * StrictMath.log(shrink);
    }
  }

  /// Log-density and, where D is known, bits per dimension.
  List<Statistic> statistics(String logDensity) {
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Statistic.mean(
            "log-density", "nats", Direction.HIGHER, "mean over rows of ln p(T(x))", logDensity));
    if (dimensions == 0) {
      return statistics;
    }
    double factor = -1 / (dimensions * Math.log(2));
    double offset = Math.log(levels) / Math.log(2);
    statistics.add(
        new Statistic(
            "bits-per-dimension",
            "bits",
            Direction.LOWER,
            "-(log-density + sum_j ln|dT_j/dx_j|) / (D ln 2) + log2(levels), D = "
                + dimensions
                + ", T = "
                + name,
            List.of(logDensity, OUTPUT.name()),
            means ->
                means.mean(logDensity).plus(means.mean(OUTPUT.name())).times(factor).plus(offset)));
    return statistics;
  }

  /// Warns of negative bits per dimension without dequantization: a density on discrete data can be
  /// as large as one likes.
  static List<Verdict> verdicts(Binding binding, List<Measure> measures) {
    String dequantization = binding.get(DEQUANTIZATION);
    return measures.stream()
        .filter(m -> m.name().equals("bits-per-dimension"))
        .map(bits ->
            new Verdict(
                "dequantization",
                dequantization.equals("none") && bits.value() < 0 ? Status.WARN : Status.PASS,
                "bits per dimension below 0 need data that is continuous or dequantized",
                "%s bits per dimension, dequantization '%s'"
                    .formatted(bits.value(), dequantization)))
        .toList();
  }
}
