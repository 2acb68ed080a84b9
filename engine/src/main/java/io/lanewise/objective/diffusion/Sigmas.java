package io.lanewise.objective.diffusion;

import io.lanewise.batch.Names;
import java.util.List;

/// Descending noise levels for samplers in the variance-exploding form `x = x0 + sigma eps`,
/// float64; and the sigmas of a schedule's timesteps, and back. No ladder ends with 0; a sampler
/// that goes to clean data appends it.
public final class Sigmas {
  /// The names: the levels of each with its usual constants.
  public static final List<String> NAMES =
      List.of("karras", "exponential", "polyexponential", "vp", "ve");

  private Sigmas() {}

  /// Levels by name: `karras` (0.002 to 80, rho 7), `exponential` (0.002 to 80), `polyexponential`
  /// (the same, rho 1), `vp` (betaD 19.9, betaMin 0.1, from t = 1 to 0.001), `ve` (0.01 to 50).
  ///
  /// @throws IllegalArgumentException naming the nearest name if there is none, or if n < 1
  public static double[] of(String name, int n) {
    return switch (name) {
      case "karras" -> karras(n, 0.002, 80, 7);
      case "exponential" -> exponential(n, 0.002, 80);
      case "polyexponential" -> polyexponential(n, 0.002, 80, 1);
      case "vp" -> vp(n, 19.9, 0.1, 1e-3);
      case "ve" -> exponential(n, 0.01, 50);
      default -> throw Names.unknown("sigmas", name, NAMES);
    };
  }

  /// Levels by name with ends of one's own: `karras`, `exponential`, `polyexponential` or `ve`.
  ///
  /// @param rho of `karras` and `polyexponential`
  /// @throws IllegalArgumentException for another name, or as [#karras] and [#exponential]
  public static double[] of(String name, int n, double min, double max, double rho) {
    return switch (name) {
      case "karras" -> karras(n, min, max, rho);
      case "exponential", "ve" -> exponential(n, min, max);
      case "polyexponential" -> polyexponential(n, min, max, rho);
      default ->
          throw new IllegalArgumentException(
              ("sigmas '%s': found ends, expected them for karras, exponential, polyexponential or ve"
                      + " only")
                  .formatted(name));
    };
  }

  /// `(max^(1/rho) + u (min^(1/rho) - max^(1/rho)))^rho`, u from 0 to 1. Karras et al.,
  /// arXiv:2206.00364, equation 5.
  ///
  /// @throws IllegalArgumentException unless n >= 1, 0 < min <= max and rho > 0
  public static double[] karras(int n, double min, double max, double rho) {
    check(n, min, max);
    checkRho(rho);
    double high = StrictMath.pow(max, 1 / rho);
    double low = StrictMath.pow(min, 1 / rho);
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      sigmas[i] = StrictMath.pow(high + ramp(i, n) * (low - high), rho);
    }
    return ends(sigmas, min, max);
  }

  /// Levels whose logarithms are equally spaced: also the geometric ladder of VE and of annealed
  /// Langevin dynamics.
  ///
  /// @throws IllegalArgumentException unless n >= 1 and 0 < min <= max
  public static double[] exponential(int n, double min, double max) {
    check(n, min, max);
    double high = StrictMath.log(max);
    double low = StrictMath.log(min);
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      sigmas[i] = StrictMath.exp(high + ramp(i, n) * (low - high));
    }
    return ends(sigmas, min, max);
  }

  /// `exp(log min + u^rho (log max - log min))`, u from 1 to 0: with rho 1 the same as
  /// [#exponential], with more denser near `min`. k-diffusion's get_sigmas_polyexponential.
  ///
  /// @throws IllegalArgumentException unless n >= 1, 0 < min <= max and rho > 0
  public static double[] polyexponential(int n, double min, double max, double rho) {
    check(n, min, max);
    checkRho(rho);
    double high = StrictMath.log(max);
    double low = StrictMath.log(min);
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      double u = n == 1 ? 1 : (double) (n - 1 - i) / (n - 1);
      sigmas[i] = StrictMath.exp(low + StrictMath.pow(u, rho) * (high - low));
    }
    return ends(sigmas, min, max);
  }

  /// `sqrt(exp(betaD t^2 / 2 + betaMin t) - 1)` for t from 1 down to `epsilon`: the VP SDE, in the
  /// variance-exploding form.
  ///
  /// @throws IllegalArgumentException unless n >= 1 and 0 < epsilon <= 1
  public static double[] vp(int n, double betaD, double betaMin, double epsilon) {
    check(n, epsilon, 1);
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      double t = 1 + ramp(i, n) * (epsilon - 1);
      sigmas[i] = Math.sqrt(StrictMath.expm1(betaD * t * t / 2 + betaMin * t));
    }
    return sigmas;
  }

  /// The sigmas of a schedule at `n` equally spaced timesteps, from its last to 0: k-diffusion's
  /// DiscreteSchedule.get_sigmas.
  ///
  /// @throws IllegalArgumentException unless n >= 1
  public static double[] of(Schedule schedule, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("sigmas: found n %d, expected n >= 1".formatted(n));
    }
    double last = schedule.steps() - 1;
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      sigmas[i] = at(schedule, i == n - 1 && n > 1 ? 0 : last - ramp(i, n) * last);
    }
    return sigmas;
  }

  /// The sigma of a timestep that need not be whole: between two by the logarithm. k-diffusion's
  /// t_to_sigma.
  ///
  /// @throws IllegalArgumentException for a timestep that the schedule does not have
  public static double at(Schedule schedule, double t) {
    if (!(t >= 0 && t <= schedule.steps() - 1)) {
      throw new IllegalArgumentException(
          "schedule '%s': found timestep %s, expected 0 to %d"
              .formatted(schedule.name(), t, schedule.steps() - 1));
    }
    int low = (int) t;
    double part = t - low;
    return part == 0
        ? schedule.sigma(low)
        : StrictMath.exp((1 - part) * log(schedule, low) + part * log(schedule, low + 1));
  }

  /// The timestep of a sigma, between two timesteps by the logarithm; the first or the last for a
  /// sigma outside. k-diffusion's sigma_to_t, diffusers' _sigma_to_t.
  public static double timestep(Schedule schedule, double sigma) {
    if (schedule.steps() == 1 || Double.isNaN(sigma)) {
      return Double.isNaN(sigma) ? sigma : 0;
    }
    int low = below(schedule, sigma);
    double part =
        (StrictMath.log(sigma) - log(schedule, low))
            / (log(schedule, low + 1) - log(schedule, low));
    // Without signal at the end the last sigma is infinite: infinity is at it, others far from it.
    return low + (Double.isNaN(part) ? 1 : Math.clamp(part, 0.0, 1.0));
  }

  /// The timestep whose sigma is nearest by the logarithm, the earlier of two that are as near:
  /// k-diffusion's sigma_to_t with `quantize`.
  public static int nearestTimestep(Schedule schedule, double sigma) {
    if (schedule.steps() == 1) {
      return 0;
    }
    int low = below(schedule, sigma);
    double at = StrictMath.log(sigma);
    double up = Math.abs(at - log(schedule, low + 1));
    return up < Math.abs(at - log(schedule, low)) ? low + 1 : low;
  }

  private static double log(Schedule schedule, int t) {
    return StrictMath.log(schedule.sigma(t));
  }

  /// The last timestep whose sigma is not above, at most the last but one.
  private static int below(Schedule schedule, double sigma) {
    int low = 0;
    int high = schedule.steps() - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (schedule.sigma(middle) <= sigma) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static void checkRho(double rho) {
    if (!(rho > 0)) {
      throw new IllegalArgumentException("rho: found %s, expected a number > 0".formatted(rho));
    }
  }

  private static double ramp(int i, int n) {
    return n == 1 ? 0 : (double) i / (n - 1);
  }

  /// The ends are given, so they are not rounded.
  private static double[] ends(double[] sigmas, double min, double max) {
    sigmas[sigmas.length - 1] = min;
    sigmas[0] = max;
    return sigmas;
  }

  private static void check(int n, double min, double max) {
    if (n < 1 || !(min > 0 && min <= max) || Double.isInfinite(max)) {
      throw new IllegalArgumentException(
          "sigmas: found n %d over [%s, %s], expected n >= 1 and 0 < min <= max"
              .formatted(n, min, max));
    }
  }
}
