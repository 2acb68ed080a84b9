package io.lanewise.objective.diffusion;

import io.lanewise.batch.Names;
import java.util.Arrays;
import java.util.List;

/// What a model predicts. Every kind is linear in the clean data and the noise, so with `x_t =
/// alpha x0 + sigma eps` each follows from any other and x_t.
///
/// | kind | definition |
/// |---|---|
/// | `eps` | the noise |
/// | `x0` | the clean data |
/// | `v` | `alpha eps - sigma x0`; Salimans and Ho, arXiv:2202.00512 |
/// | `score` | `-eps / sigma`, the gradient of `log q(x_t given x0)` |
/// | `velocity` | `eps - x0`: dx/dt of the straight path from data (t = 0) to noise, as in diffusers |
/// | `velocity-to-data` | `x0 - eps`: the same from noise (t = 0) to data, as in flow_matching |
public enum Prediction {
  /// The noise.
  EPS("eps"),
  /// The clean data.
  X0("x0"),
  /// `alpha eps - sigma x0`.
  V("v"),
  /// `-eps / sigma`.
  SCORE("score"),
  /// `eps - x0`.
  VELOCITY("velocity"),
  /// `x0 - eps`.
  VELOCITY_TO_DATA("velocity-to-data");

  /// The names.
  public static final List<String> NAMES =
      Arrays.stream(values()).map(Prediction::toString).toList();

  private final String id;

  Prediction(String id) {
    this.id = id;
  }

  /// The kind of that name.
  ///
  /// @throws IllegalArgumentException naming the nearest name if there is none
  public static Prediction of(String name) {
    return Arrays.stream(values())
        .filter(p -> p.id.equals(name))
        .findFirst()
        .orElseThrow(() -> Names.unknown("prediction", name, NAMES));
  }

  /// The factor of x0 in what is predicted.
  double data(double alpha, double sigma) {
    return switch (this) {
      case EPS, SCORE -> 0;
      case X0, VELOCITY_TO_DATA -> 1;
      case V -> -sigma;
      case VELOCITY -> -1;
    };
  }

  /// The factor of eps in what is predicted.
  double noise(double alpha, double sigma) {
    return switch (this) {
      case EPS, VELOCITY -> 1;
      case X0 -> 0;
      case V -> alpha;
      case SCORE -> -1 / sigma;
      case VELOCITY_TO_DATA -> -1;
    };
  }

  /// The factors (of x_t, of this prediction) that give `target`. A level at which this prediction
  /// does not determine the target, such as eps -> x0 without signal, gives infinite or NaN
  /// factors.
  Conversion to(Prediction target, double alpha, double sigma) {
    if (target == this) {
      return new Conversion(0, 1);
    }
    double m0 = data(alpha, sigma);
    double m1 = noise(alpha, sigma);
    double q0 = target.data(alpha, sigma);
    double q1 = target.noise(alpha, sigma);
    double determinant = alpha * m1 - sigma * m0;
    return new Conversion(
        (q0 * m1 - q1 * m0) / determinant, (q1 * alpha - q0 * sigma) / determinant);
  }

  /// `target = state x_t + output prediction`.
  ///
  /// @param state the factor of x_t
  /// @param output the factor of what the model predicted
  record Conversion(double state, double output) {}

  /// The name.
  @Override
  public String toString() {
    return id;
  }
}
