package io.lanewise.objective.diffusion;

import java.util.Arrays;
import java.util.List;

/// What is done to predicted clean data before a sampler goes on with it.
///
/// | kind | x0 becomes |
/// |---|---|
/// | `none` | itself |
/// | `clip` | `clamp(x0, -range, range)` |
/// | `dynamic` | `clamp(x0, -s, s) / s`, s the `quantile` of the row's abs(x0) (linear interpolation), within `[1, max]` |
///
/// Saharia et al., Imagen, arXiv:2205.11487, section 2.3. diffusers' default `max` is 1, which
/// makes `dynamic` a clip to 1.
///
/// @param kind one of [#KINDS]
/// @param range of `clip`, > 0
/// @param quantile of `dynamic`, in [0, 1]
/// @param max of `dynamic`, >= 1
public record Threshold(String kind, double range, double quantile, double max) {
  /// The kinds.
  public static final List<String> KINDS = List.of("none", "clip", "dynamic");

  public Threshold {
    if (!KINDS.contains(kind) || !(range > 0) || !(quantile >= 0 && quantile <= 1) || !(max >= 1)) {
      throw new IllegalArgumentException(
          ("threshold: found %s, range %s, quantile %s, max %s, expected one of %s, range > 0,"
                  + " quantile in [0, 1], max >= 1")
              .formatted(kind, range, quantile, max, KINDS));
    }
  }

  /// None.
  public static final Threshold NONE = new Threshold("none", 1, 1, 1);

  /// Clips to `[-range, range]`.
  public static Threshold clip(double range) {
    return new Threshold("clip", range, 1, 1);
  }

  /// Applies it to one row in place. NaN stays NaN.
  void apply(double[] x0) {
    switch (kind) {
      case "clip" -> clamp(x0, range, 1);
      case "dynamic" -> {
        double bound = bound(x0);
        clamp(x0, bound, bound);
      }
      default -> {}
    }
  }

  /// The bound of `dynamic` for one row.
  double bound(double[] x0) {
    return Math.min(Math.max(absoluteQuantile(x0), 1), max);
  }

  private static void clamp(double[] x0, double bound, double divisor) {
    for (int j = 0; j < x0.length; j++) {
      x0[j] = Math.min(Math.max(x0[j], -bound), bound) / divisor;
    }
  }

  private double absoluteQuantile(double[] x0) {
    double[] sorted = new double[x0.length];
    for (int j = 0; j < x0.length; j++) {
      sorted[j] = Math.abs(x0[j]);
    }
    Arrays.sort(sorted);
    double position = quantile * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
