package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;
import java.util.List;
import java.util.stream.Stream;

/// Weights of a row's denoising error by its noise level; with `snr = alpha^2 / sigma^2`, `s =
/// sigma / alpha`.
///
/// A weight belongs to the error of one kind of prediction. At one x_t the errors of all kinds are
/// multiples of each other, `error_k = r_k error_x0` with r of eps `1 / s`, v `(alpha^2 + sigma^2)
/// / sigma`, score `1 / (s sigma)`, velocity `(alpha + sigma) / sigma`, EDM's preconditioned target
/// `1 / out`; so a weight w of kind p is the weight `w (r_p / r_k)^2` of kind k: the same loss.
final class Weighting {
  /// EDM's preconditioned target, which depends on sigmaData besides the level.
  static final String PRECONDITIONED = "edm-preconditioned";

  /// The kinds of prediction.
  static final List<String> PREDICTIONS =
      Stream.concat(Prediction.NAMES.stream(), Stream.of(PRECONDITIONED)).toList();

  private static final String PUBLISHED = "published";

  static final Parameter<String> WEIGHTING =
      Parameter.choice(
          "weighting",
          "none",
          "Weight of a row's error.",
          List.of(
              "none",
              "snr",
              "min-snr",
              "soft-min-snr",
              "truncated-snr",
              "snr-plus-one",
              "edm",
              "likelihood",
              "sigma-sqrt",
              "cosmap",
              "given"));
  static final Parameter<String> PREDICTION =
      Parameter.choice(
          "prediction-type",
          PUBLISHED,
          "What target and prediction are; published: what the weighting was published for, eps for"
              + " snr and min-snr, edm-preconditioned for soft-min-snr, score for likelihood, x0 for"
              + " edm, truncated-snr and snr-plus-one.",
          Stream.concat(Stream.of(PUBLISHED), PREDICTIONS.stream()).toList());
  static final Parameter<Double> GAMMA =
      Parameter.number(
          "gamma", "5", Double.MIN_VALUE, Double.POSITIVE_INFINITY, "1", "Bound of min-snr.");

  private final String name;
  private final String published;
  private final String kind;
  private final double gamma;
  private final double sigmaData;

  Weighting(Binding binding) {
    name = binding.get(WEIGHTING);
    published =
        switch (name) {
          case "snr", "min-snr" -> "eps";
          case "soft-min-snr" -> PRECONDITIONED;
          case "likelihood" -> "score";
          default -> "x0";
        };
    String asked = binding.get(PREDICTION);
    kind = asked.equals(PUBLISHED) ? published : asked;
    gamma = binding.get(GAMMA);
    sigmaData = binding.get(Preconditioning.SIGMA_DATA);
  }

  /// Whether the weight follows from the row's level.
  boolean isLeveled() {
    return !name.equals("none") && !name.equals("given");
  }

  /// Whether it needs the diffusion of the forward SDE.
  boolean needsDiffusion() {
    return name.equals("likelihood");
  }

  /// The weight of one level.
  ///
  /// @param squaredDiffusion g^2 there; NaN unless [#needsDiffusion]
  double of(double alpha, double sigma, double squaredDiffusion) {
    double s = sigma / alpha;
    double snr = 1 / (s * s);
    return switch (name) {
      case "snr" -> lucid(snr, snr, alpha, sigma);
      case "min-snr" -> lucid(snr, Math.min(snr, gamma), alpha, sigma);
      case "soft-min-snr" -> {
        double total = s * s + sigmaData * sigmaData;
        double ratio = s * sigmaData / total;
        yield converted(ratio * ratio, alpha, sigma);
      }
      case "truncated-snr" -> converted(Math.max(snr, 1), alpha, sigma);
      case "snr-plus-one" -> converted(snr + 1, alpha, sigma);
      case "edm" -> converted(Preconditioning.of(s, sigmaData).weight(), alpha, sigma);
      case "likelihood" -> converted(squaredDiffusion, alpha, sigma);
      // diffusers' training scripts multiply whatever error there is by these.
      case "sigma-sqrt" -> 1 / (sigma * sigma);
      case "cosmap" -> 2 / (Math.PI * (1 - 2 * sigma + 2 * sigma * sigma));
      default -> throw new IllegalStateException(name);
    };
  }

  /// As lucidrains writes the weight `bound` of an error in x0 for x0, v and eps: without signal
  /// the error of eps keeps weight 1, which min(snr, gamma) / snr is near 0.
  private double lucid(double snr, double bound, double alpha, double sigma) {
    double ofEps = snr == 0 || bound == snr ? 1 : bound / snr;
    return switch (kind) {
      case "x0" -> bound;
      case "v" -> bound / (snr + 1);
      case "eps" -> ofEps;
      default -> converted(ofEps, alpha, sigma);
    };
  }

  private double converted(double weight, double alpha, double sigma) {
    if (kind.equals(published)) {
      return weight;
    }
    double ratio = error(published, alpha, sigma) / error(kind, alpha, sigma);
    return weight * (ratio * ratio);
  }

  /// How large an error of that kind is where that of x0 is 1.
  private double error(String of, double alpha, double sigma) {
    return switch (of) {
      case "x0" -> 1;
      case "eps" -> alpha / sigma;
      case "v" -> (alpha * alpha + sigma * sigma) / sigma;
      case "score" -> alpha / (sigma * sigma);
      case "velocity", "velocity-to-data" -> (alpha + sigma) / sigma;
      case PRECONDITIONED -> 1 / Preconditioning.of(sigma / alpha, sigmaData).out();
      default -> throw new IllegalStateException(of);
    };
  }
}
