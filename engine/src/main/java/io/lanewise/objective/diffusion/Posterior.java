package io.lanewise.objective.diffusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The Gaussian `q(x_s | x_t, x0)` of an earlier step s: mean `coefficient1 x0 + coefficient2 x_t`.
/// Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equations 6 and 7, with
/// `beta` that of the whole way from s to t.
///
/// @param coefficient1 `beta sqrt(alphaBar_s) / (1 - alphaBar_t)`
/// @param coefficient2 `(1 - alphaBar_s) sqrt(1 - beta) / (1 - alphaBar_t)`
/// @param variance `beta (1 - alphaBar_s) / (1 - alphaBar_t)`; 0 where s is clean data
/// @param beta `1 - alphaBar_t / alphaBar_s`
public record Posterior(double coefficient1, double coefficient2, double variance, double beta) {
  /// The kinds of [#variance(String, double)].
  public static final List<String> VARIANCES =
      List.of(
          "fixed-small",
          "fixed-small-log",
          "fixed-large",
          "fixed-large-log",
          "learned",
          "learned-range",
          "none");

  /// The least variance of the `fixed-small` kinds and of the logarithms of `learned-range`, as in
  /// diffusers.
  public static final double FLOOR = 1e-20;

  static Posterior of(double before, double noiseBefore, double signal, double noise, double beta) {
    // 1 - beta, by the form that cancels less.
    double kept = beta < 0.5 ? 1 - beta : signal / before;
    return new Posterior(
        beta * Math.sqrt(before) / noise,
        noiseBefore * Math.sqrt(kept) / noise,
        beta * noiseBefore / noise,
        beta);
  }

  /// The variance of the sampler's step.
  ///
  /// | kind | variance |
  /// |---|---|
  /// | `fixed-small`, `fixed-small-log` | `max(variance, 1e-20)` |
  /// | `fixed-large`, `fixed-large-log` | `beta` |
  /// | `learned` | `exp(output)`, the output being a log-variance |
  /// | `learned-range` | `exp(f log(beta) + (1 - f) log(max(variance, 1e-20)))`, `f = (output + 1) / 2` |
  /// | `none` | 0 |
  ///
  /// The `-log` kinds are the same numbers here, where there is no float32 logarithm between.
  ///
  /// @param kind one of [#VARIANCES]
  /// @param output what the model says of the variance; ignored by the fixed kinds
  /// @throws IllegalArgumentException for an unknown kind
  public double variance(String kind, double output) {
    return switch (kind) {
      case "fixed-small", "fixed-small-log" -> Math.max(variance, FLOOR);
      case "fixed-large", "fixed-large-log" -> beta;
      case "learned" -> StrictMath.exp(output);
      case "learned-range" -> {
        double f = (output + 1) / 2;
        double small = StrictMath.log(Math.max(variance, FLOOR));
        yield StrictMath.exp(f * StrictMath.log(beta) + (1 - f) * small);
      }
      case "none" -> 0;
      default ->
          throw new IllegalArgumentException(
              "variance: found '%s', expected one of %s".formatted(kind, VARIANCES));
    };
  }

  /// Gives standard normals the standard deviations of the sampler's step.
  ///
  /// @param model what the model says of the variance
  /// @param from the first of these that belongs to the noise
  /// @param noise float64, multiplied in place; where there is no variance it becomes 0, whatever
  ///   it was
  void spread(String kind, double[] model, int from, MemorySegment noise) {
    long n = noise.byteSize() / Double.BYTES;
    for (int j = 0; j < n; j++) {
      double deviation = Math.sqrt(variance(kind, model[from + j]));
      double z = noise.get(JAVA_DOUBLE_UNALIGNED, (long) j * Double.BYTES);
      noise.set(JAVA_DOUBLE_UNALIGNED, (long) j * Double.BYTES, deviation == 0 ? 0 : deviation * z);
    }
  }
}
