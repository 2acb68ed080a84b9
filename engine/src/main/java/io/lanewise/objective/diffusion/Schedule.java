package io.lanewise.objective.diffusion;

import java.util.List;

/// A discrete diffusion schedule: the fraction of signal power `alphaBar[t]` left after step `t`,
/// for `t` in `[0, T)`, as a float64 table.
///
/// Names and formulas: `linear` (Ho et al., DDPM: betas from 1e-4 to 0.02, whatever T),
/// `linear-scaled` (improved-diffusion: the same betas times 1000 / T), `scaled-linear` (latent
/// diffusion: square roots of betas are linear, from 0.00085 to 0.012), `squared-cosine` (Nichol
/// and Dhariwal: ratios of `cos((t + 0.008) / 1.008 * pi / 2)^2`, betas capped at 0.999).
@SuppressWarnings("ArrayRecordComponent") // a table, never written after construction
public record Schedule(String name, double[] alphaBar) {
  /// The names.
  public static final List<String> NAMES =
      List.of("linear", "linear-scaled", "scaled-linear", "squared-cosine");

  /// The schedule of that name with `steps` steps.
  ///
  /// @throws IllegalArgumentException for an unknown name, or if a beta is not below 1
  public static Schedule of(String name, int steps) {
    double[] betas =
        switch (name) {
          case "linear" -> linear(1e-4, 0.02, steps);
          case "linear-scaled" -> linear(1e-4 * (1000.0 / steps), 0.02 * (1000.0 / steps), steps);
          case "scaled-linear" -> squared(linear(Math.sqrt(0.00085), Math.sqrt(0.012), steps));
          case "squared-cosine" -> squaredCosine(steps);
          default ->
              throw new IllegalArgumentException(
                  "schedule: found '%s', expected one of %s".formatted(name, NAMES));
        };
    double[] alphaBar = new double[steps];
    double product = 1;
    for (int t = 0; t < steps; t++) {
      if (!(betas[t] < 1)) {
        throw new IllegalArgumentException(
            "schedule '%s' with %d steps: found beta[%d] = %s, expected less than 1"
                .formatted(name, steps, t, betas[t]));
      }
      product *= 1 - betas[t];
      alphaBar[t] = product;
    }
    return new Schedule(name, alphaBar);
  }

  /// As NumPy's linspace: `start + i * step`, with the last exactly `end`.
  private static double[] linear(double start, double end, int steps) {
    double[] values = new double[steps];
    double step = (end - start) / (steps - 1);
    for (int i = 0; i < steps; i++) {
      values[i] = i * step + start;
    }
    if (steps > 1) {
      values[steps - 1] = end;
    } else {
      values[0] = start;
    }
    return values;
  }

  private static double[] squared(double[] roots) {
    for (int i = 0; i < roots.length; i++) {
      roots[i] *= roots[i];
    }
    return roots;
  }

  private static double[] squaredCosine(int steps) {
    double[] betas = new double[steps];
    for (int i = 0; i < steps; i++) {
      double before = signal((double) i / steps);
      double after = signal((double) (i + 1) / steps);
      betas[i] = Math.min(1 - after / before, 0.999);
    }
    return betas;
  }

  private static double signal(double t) {
    double cosine = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }
}
