package io.lanewise.objective.flow;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.Rows;
import io.lanewise.objective.support.Float64Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Log-density of latents under a flow's base distribution, or the column that gives it. Used by
/// one worker.
record BaseDensity(
    Kernels kernels,
    String name,
    double mean,
    double logvar,
    double low,
    double high,
    boolean columns,
    Float64Memory differences,
    Float64Memory logvars,
    Float64Memory zeros) {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  static final Parameter<String> BASE =
      Parameter.choice(
          "base",
          "standard-normal",
          "Base density of the latents; given: the column 'base-logp'.",
          List.of("standard-normal", "diagonal-normal", "uniform", "given"));
  static final Parameter<Double> MEAN =
      Parameter.number(
          "base-mean",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Mean of a diagonal-normal base, if no column gives it.");
  static final Parameter<Double> LOGVAR =
      Parameter.number(
          "base-logvar",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Log-variance of a diagonal-normal base, if no column gives it.");
  static final Parameter<Double> LOW =
      Parameter.number(
          "base-low",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Lower end of a uniform base.");
  static final Parameter<Double> HIGH =
      Parameter.number(
          "base-high",
          "1",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Upper end of a uniform base.");
  static final List<Parameter<?>> PARAMETERS = List.of(BASE, MEAN, LOGVAR, LOW, HIGH);

  static final List<Role> ROLES =
      List.of(
          Role.vector("z", "data", "Latents of the data; or:").optional(),
          Role.scalar("base-logp", "log-density of the base, nats, with base 'given'.")
              .optional()
              .when("base", "given"),
          Role.vector("base-mean", "data", "Means of a diagonal-normal base.")
              .optional()
              .when("base", "diagonal-normal"),
          Role.vector("base-logvar", "data", "Log-variances of a diagonal-normal base.")
              .optional()
              .when("base", "diagonal-normal"));

  /// @throws IllegalArgumentException if the roles bound are not those that the base needs
  static BaseDensity of(Binding binding) {
    String name = binding.get(BASE);
    boolean given = name.equals("given");
    if (given != binding.has("base-logp") || (!given && !binding.has("z"))) {
      throw new IllegalArgumentException(
          "base is '%s': found %s column for role 'base-logp' and %s for 'z', expected %s"
              .formatted(
                  name,
                  binding.has("base-logp") ? "a" : "no",
                  binding.has("z") ? "one" : "none",
                  given ? "'base-logp'" : "'z' only"));
    }
    boolean columns = binding.has("base-mean");
    if (columns != binding.has("base-logvar") || (columns && !name.equals("diagonal-normal"))) {
      throw new IllegalArgumentException(
          "base is '%s': found column(s) for 'base-mean' or 'base-logvar', expected both or none, and only with 'diagonal-normal'"
              .formatted(name));
    }
    double low = binding.get(LOW);
    double high = binding.get(HIGH);
    if (low >= high) {
      throw new IllegalArgumentException(
          "parameter 'base-high': found %s, expected more than 'base-low', %s"
              .formatted(high, low));
    }
    return new BaseDensity(
        binding.kernels(),
        name,
        binding.get(MEAN),
        binding.get(LOGVAR),
        low,
        high,
        columns,
        new Float64Memory(),
        new Float64Memory(),
        new Float64Memory());
  }

  /// Log-densities in nats; -Infinity outside the support of a uniform base.
  void evaluate(Rows in, double[] out) {
    switch (name) {
      case "given" -> in.numbers("base-logp", out);
      case "standard-normal" -> standardNormal(in, out);
      case "diagonal-normal" -> diagonalNormal(in, out);
      case "uniform" -> uniform(in, out);
      default -> throw new IllegalStateException(name);
    }
  }

  private void standardNormal(Rows in, double[] out) {
    int width = in.width("z");
    kernels.squaredNorm().rows(in.matrix("z"), out);
    for (int i = 0; i < in.count(); i++) {
      out[i] = -0.5 * out[i] - width * (0.5 * LOG_TWO_PI);
    }
  }

  /// `-1/2 sum_j (ln 2 pi + logvar_j + ((z_j - mean_j) exp(-logvar_j / 2))^2)`.
  private void diagonalNormal(Rows in, double[] out) {
    int width = in.width("z");
    int elements = Math.multiplyExact(in.count(), width);
    double[] z = in.numbers("z", new double[0]);
    double[] m = columns ? in.numbers("base-mean", new double[0]) : z;
    double[] v = columns ? in.numbers("base-logvar", new double[0]) : z;
    MemorySegment standardized = differences.elements(elements);
    MemorySegment negative = logvars.elements(elements);
    for (int j = 0; j < elements; j++) {
      Float64Memory.set(standardized, j, z[j] - (columns ? m[j] : mean));
      Float64Memory.set(negative, j, -(columns ? v[j] : logvar));
    }
    kernels
        .reparameterize()
        .each(
            Matrix.values(FloatType.FLOAT64, zeros.zeros(elements), elements),
            Matrix.values(FloatType.FLOAT64, negative, elements),
            Matrix.values(FloatType.FLOAT64, standardized, elements),
            Matrix.values(FloatType.FLOAT64, standardized, elements));
    kernels.squaredNorm().rows(new Matrix(FloatType.FLOAT64, standardized, in.count(), width), out);
    double[] sums = new double[in.count()];
    kernels.rowSum().rows(new Matrix(FloatType.FLOAT64, negative, in.count(), width), sums);
    for (int i = 0; i < in.count(); i++) {
      out[i] = -0.5 * (width * LOG_TWO_PI - sums[i] + out[i]);
    }
  }

  private void uniform(Rows in, double[] out) {
    RoleRows z = new RoleRows(in, "z");
    double each = -StrictMath.log(high - low);
    for (int i = 0; i < in.count(); i++) {
      double sum = 0;
      for (double value : z.row(i)) {
        sum +=
            Double.isNaN(value)
                ? value
                : value >= low && value <= high ? each : Double.NEGATIVE_INFINITY;
      }
      out[i] = sum;
    }
  }
}
