package io.lanewise.objective.diffusion;

import java.util.List;
import java.util.stream.Stream;

/// A prediction of the mean of the state one timestep before, `coefficient1 x0 + coefficient2 x_t`
/// of [Posterior]: guided-diffusion's ModelMeanType.PREVIOUS_X. Unlike the kinds of [Prediction] it
/// depends on two levels, so it needs timesteps of a schedule.
final class PreviousX {
  /// Its name as a prediction type.
  static final String NAME = "previous-x";

  /// All prediction types, this one too.
  static final List<String> NAMES =
      Stream.concat(Prediction.NAMES.stream(), Stream.of(NAME)).toList();

  private PreviousX() {}

  /// The factor of x0 in it, where x_t is `alpha x0 + sigma eps`.
  static double data(Posterior posterior, double alpha) {
    return posterior.coefficient1() + posterior.coefficient2() * alpha;
  }

  /// The factor of eps in it.
  static double noise(Posterior posterior, double sigma) {
    return posterior.coefficient2() * sigma;
  }

  /// The factors of x_t and of it that give x0.
  static Prediction.Conversion toData(Posterior posterior) {
    return new Prediction.Conversion(
        -posterior.coefficient2() / posterior.coefficient1(), 1 / posterior.coefficient1());
  }
}
