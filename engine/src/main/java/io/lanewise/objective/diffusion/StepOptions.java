package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;
import java.util.List;

/// The parameters that the steps share.
final class StepOptions {
  static final Parameter<String> PREDICTION =
      Parameter.choice(
          "prediction-type", "eps", "The kind of number in role prediction.", Prediction.NAMES);

  /// The same where a step goes to the timestep before, whose state's mean may be predicted itself.
  static final Parameter<String> PREDICTION_OR_PREVIOUS =
      Parameter.choice(
          "prediction-type",
          "eps",
          "What role prediction holds; previous-x is the mean of the state that a step leads to"
              + " (guided-diffusion's PREVIOUS_X).",
          PreviousX.NAMES);

  static final Parameter<String> THRESHOLD =
      Parameter.choice(
          "threshold",
          "none",
          "How predicted clean data is thresholded: clip to clip-range, or dynamic.",
          Threshold.KINDS);
  static final Parameter<Double> CLIP_RANGE =
      Parameter.number(
          "clip-range",
          "1",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Largest absolute value after clip.");
  static final Parameter<Double> QUANTILE =
      Parameter.number("dynamic-quantile", "0.995", 0, 1, "1", "Quantile of abs(x0) for dynamic.");
  static final Parameter<Double> MAX =
      Parameter.number(
          "dynamic-max",
          "1000",
          1,
          Double.POSITIVE_INFINITY,
          "1",
          "Largest bound of dynamic; diffusers' default is 1.");
  static final Parameter<String> EPS_FROM =
      Parameter.choice(
          "eps-from",
          "model",
          "eps from the model's output alone (diffusers), or from the thresholded x0"
              + " (guided-diffusion).",
          List.of("model", "clipped"));

  static final List<Parameter<?>> ALL =
      List.of(PREDICTION, THRESHOLD, CLIP_RANGE, QUANTILE, MAX, EPS_FROM);
  static final List<Parameter<?>> WITH_PREVIOUS =
      List.of(PREDICTION_OR_PREVIOUS, THRESHOLD, CLIP_RANGE, QUANTILE, MAX, EPS_FROM);

  private StepOptions() {}

  static ReverseStep step(Binding binding) {
    return step(binding, Prediction.of(binding.get(PREDICTION)));
  }

  static ReverseStep step(Binding binding, Prediction prediction) {
    return new ReverseStep(
        prediction, threshold(binding), binding.get(EPS_FROM).equals("clipped"), binding.kernels());
  }

  static Threshold threshold(Binding binding) {
    return new Threshold(
        binding.get(THRESHOLD), binding.get(CLIP_RANGE), binding.get(QUANTILE), binding.get(MAX));
  }
}
