package io.lanewise.objective.diffusion;

import io.lanewise.batch.Names;
import java.util.List;

/// A noising process in continuous time: `x_t = alpha(t) x0 + sigma(t) eps`.
///
/// | name | alpha(t) | sigma(t) | source |
/// |---|---|---|---|
/// | `vp-sde` | `exp(-t^2 (20 - 0.1) / 4 - 0.1 t / 2)` | `sqrt(1 - alpha^2)` | Song et al., arXiv:2011.13456, equation 33 |
/// | `sub-vp-sde` | the same | `1 - alpha^2` | the same, equation 36 |
/// | `ve-sde` | 1 | `0.01 (50 / 0.01)^t` | the same, equation 31 |
/// | `edm` | 1 | `t` | Karras et al., arXiv:2206.00364 |
/// | `flow-data-to-noise` | `1 - t` | `t` | rectified flow; diffusers' direction |
/// | `flow-noise-to-data` | `t` | `1 - t` | flow matching; the direction of flow_matching |
public sealed interface DiffusionProcess {
  /// The names.
  List<String> NAMES =
      List.of("vp-sde", "sub-vp-sde", "ve-sde", "edm", "flow-data-to-noise", "flow-noise-to-data");

  /// Those that may have other constants, as in `ve-sde:0.01:1348`.
  List<String> CONSTANTS = List.of("vp-sde", "sub-vp-sde", "ve-sde");

  /// The factor of the data at time `t`.
  double alpha(double t);

  /// The standard deviation of the noise at time `t`.
  double sigma(double t);

  /// `log(alpha^2 / sigma^2)`; infinity without noise, -infinity without signal.
  default double logSnr(double t) {
    return 2 * (StrictMath.log(alpha(t)) - StrictMath.log(sigma(t)));
  }

  /// The derivative of [#alpha] in time.
  double alphaRate(double t);

  /// The derivative of [#sigma] in time; infinite where VP's noise begins.
  double sigmaRate(double t);

  /// `g(t)^2` of `dx = f x dt + g dw`, the SDE in the direction in which noise grows: `|2 sigma
  /// sigma' - 2 sigma^2 alpha' / alpha|`. Infinite where no signal is left.
  default double squaredDiffusion(double t) {
    double sigma = sigma(t);
    return Math.abs(2 * sigma * sigmaRate(t) - 2 * sigma * sigma * alphaRate(t) / alpha(t));
  }

  /// Whether `name` may name a process: a known one, or one with constants whatever they are.
  static boolean isName(String name) {
    int colon = name.indexOf(':');
    return NAMES.contains(name) || (colon >= 0 && CONSTANTS.contains(name.substring(0, colon)));
  }

  private static DiffusionProcess withConstants(String name, String[] parts) {
    double first;
    double last;
    try {
      first = parts.length == 3 ? Double.parseDouble(parts[1]) : Double.NaN;
      last = parts.length == 3 ? Double.parseDouble(parts[2]) : Double.NaN;
    } catch (NumberFormatException e) {
      first = Double.NaN;
      last = Double.NaN;
    }
    boolean exploding = parts[0].equals("ve-sde");
    if (!(first >= 0 && first <= last) || (exploding && first == 0) || Double.isInfinite(last)) {
      throw new IllegalArgumentException(
          "process: found '%s', expected %s:MIN:MAX with 0 %s MIN <= MAX"
              .formatted(name, parts[0], exploding ? "<" : "<="));
    }
    return exploding
        ? new VarianceExploding(first, last)
        : new VariancePreserving(first, last, parts[0].equals("sub-vp-sde"));
  }

  /// The process of that name, with the constants above, or for the first three with others:
  /// `vp-sde:MIN:MAX` and `sub-vp-sde:MIN:MAX` of beta, `ve-sde:MIN:MAX` of sigma.
  ///
  /// @throws IllegalArgumentException naming the nearest name if there is none
  static DiffusionProcess of(String name) {
    if (isName(name) && !NAMES.contains(name)) {
      return withConstants(name, name.split(":", -1));
    }
    return switch (name) {
      case "vp-sde" -> new VariancePreserving(0.1, 20, false);
      case "sub-vp-sde" -> new VariancePreserving(0.1, 20, true);
      case "ve-sde" -> new VarianceExploding(0.01, 50);
      case "edm" -> new Edm();
      case "flow-data-to-noise" -> new Flow(true);
      case "flow-noise-to-data" -> new Flow(false);
      default -> throw Names.unknown("process", name, NAMES);
    };
  }

  /// VP and sub-VP.
  ///
  /// @param betaMin beta at t = 0
  /// @param betaMax beta at t = 1
  /// @param sub whether it is sub-VP
  record VariancePreserving(double betaMin, double betaMax, boolean sub)
      implements DiffusionProcess {
    private double logAlpha(double t) {
      return -0.25 * t * t * (betaMax - betaMin) - 0.5 * t * betaMin;
    }

    @Override
    public double alpha(double t) {
      return StrictMath.exp(logAlpha(t));
    }

    @Override
    public double sigma(double t) {
      double variance = -StrictMath.expm1(2 * logAlpha(t));
      return sub ? variance : Math.sqrt(variance);
    }

    private double beta(double t) {
      return betaMin + t * (betaMax - betaMin);
    }

    @Override
    public double alphaRate(double t) {
      return -0.5 * beta(t) * alpha(t);
    }

    @Override
    public double sigmaRate(double t) {
      double lost = StrictMath.exp(2 * logAlpha(t)) * beta(t);
      return sub ? lost : lost / (2 * sigma(t));
    }

    @Override
    public double squaredDiffusion(double t) {
      return sub ? -beta(t) * StrictMath.expm1(4 * logAlpha(t)) : beta(t);
    }
  }

  /// VE.
  ///
  /// @param sigmaMin sigma at t = 0
  /// @param sigmaMax sigma at t = 1
  record VarianceExploding(double sigmaMin, double sigmaMax) implements DiffusionProcess {
    @Override
    public double alpha(double t) {
      return 1;
    }

    @Override
    public double sigma(double t) {
      return sigmaMin * StrictMath.pow(sigmaMax / sigmaMin, t);
    }

    @Override
    public double alphaRate(double t) {
      return 0;
    }

    @Override
    public double sigmaRate(double t) {
      return sigma(t) * StrictMath.log(sigmaMax / sigmaMin);
    }
  }

  /// Time is sigma.
  record Edm() implements DiffusionProcess {
    @Override
    public double alpha(double t) {
      return 1;
    }

    @Override
    public double sigma(double t) {
      return t;
    }

    @Override
    public double alphaRate(double t) {
      return 0;
    }

    @Override
    public double sigmaRate(double t) {
      return 1;
    }
  }

  /// The straight path between data and noise.
  ///
  /// @param dataToNoise whether t = 0 is data
  record Flow(boolean dataToNoise) implements DiffusionProcess {
    @Override
    public double alpha(double t) {
      return dataToNoise ? 1 - t : t;
    }

    @Override
    public double sigma(double t) {
      return dataToNoise ? t : 1 - t;
    }

    @Override
    public double alphaRate(double t) {
      return dataToNoise ? -1 : 1;
    }

    @Override
    public double sigmaRate(double t) {
      return dataToNoise ? 1 : -1;
    }
  }
}
