package io.lanewise.objective.diffusion;

import io.lanewise.objective.Names;
import java.util.List;

/// Descending noise levels for samplers in the variance-exploding form `x = x0 + sigma eps`,
/// float64. None of them ends with 0; a sampler that goes to clean data appends it.
public final class Sigmas {
  /// The names: the levels of each with its usual constants.
  public static final List<String> NAMES = List.of("karras", "exponential", "vp", "ve");

  private Sigmas() {}

  /// Levels by name: `karras` (0.002 to 80, rho 7), `exponential` (0.002 to 80), `vp` (betaD 19.9,
  /// betaMin 0.1, from t = 1 to 0.001), `ve` (0.01 to 50).
  ///
  /// @throws IllegalArgumentException naming the nearest name if there is none, or if n < 1
  public static double[] of(String name, int n) {
    return switch (name) {
      case "karras" -> karras(n, 0.002, 80, 7);
      case "exponential" -> exponential(n, 0.002, 80);
      case "vp" -> vp(n, 19.9, 0.1, 1e-3);
      case "ve" -> exponential(n, 0.01, 50);
      default -> throw Names.unknown("sigmas", name, NAMES);
    };
  }

  /// Levels by name with ends of one's own: `karras`, `exponential` or `ve`.
  ///
  /// @param rho of `karras`
  /// @throws IllegalArgumentException for another name, or as [#karras] and [#exponential]
  public static double[] of(String name, int n, double min, double max, double rho) {
    return switch (name) {
      case "karras" -> karras(n, min, max, rho);
      case "exponential", "ve" -> exponential(n, min, max);
      default ->
          throw new IllegalArgumentException(
              "sigmas '%s': found ends, expected them for karras, exponential or ve only"
                  .formatted(name));
    };
  }

  /// `(max^(1/rho) + u (min^(1/rho) - max^(1/rho)))^rho`, u from 0 to 1. Karras et al.,
  /// arXiv:2206.00364, equation 5.
  ///
  /// @throws IllegalArgumentException unless n >= 1, 0 < min <= max and rho > 0
  public static double[] karras(int n, double min, double max, double rho) {
    check(n, min, max);
    if (!(rho > 0)) {
      throw new IllegalArgumentException("rho: found %s, expected a number > 0".formatted(rho));
    }
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
