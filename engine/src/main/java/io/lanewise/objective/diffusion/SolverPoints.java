package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import java.util.List;

/// Which columns a step of several outputs takes: checked before any row is read.
///
/// @param points the points whose outputs are bound, as ends of roles' names: none for this level
/// @param asked whether for each of them a column says what state the model was asked about
/// @param timesteps whether levels are timesteps of a schedule, not sigmas
/// @param earlierLevels whether the levels of earlier outputs are bound
/// @param averagesOutputs whether outputs are averaged as they are, and converted at this level
record SolverPoints(
    SolverMethod method,
    List<String> points,
    List<Boolean> asked,
    boolean timesteps,
    boolean earlierLevels,
    boolean averagesOutputs) {

  static SolverPoints of(Binding binding) {
    String name = binding.get(MultistepStep.METHOD);
    SolverMethod method = SolverMethod.of(name);
    int earlier = earlier(binding, method);
    List<String> points = method.points(earlier);
    for (String stage : List.of("mid", "mid-2", "next")) {
      expect(binding, "prediction-" + stage, method.stages().contains(stage));
    }
    boolean timesteps = binding.has("t");
    if (timesteps == binding.has("sigma")) {
      throw new IllegalArgumentException(
          "found %s of the roles 'sigma' and 't', expected exactly one"
              .formatted(timesteps ? "both" : "neither"));
    }
    expect(binding, "t-next", timesteps);
    expect(binding, "sigma-next", !timesteps);
    String path = binding.get(MultistepStep.PATH);
    if (method.isStaged() && (timesteps || !path.equals("exploding"))) {
      throw new IllegalArgumentException(
          "method is '%s': found levels by %s, expected sigma on path 'exploding'"
              .formatted(name, timesteps ? "t" : "sigma on path '" + path + "'"));
    }
    if (binding.get(MultistepStep.ETA) != 0 && !method.isStochastic()) {
      throw new IllegalArgumentException(
          "method is '%s': found eta %s, expected 0, since it adds no noise"
              .formatted(name, binding.get(MultistepStep.ETA)));
    }
    boolean averaging = averages(method) && binding.get(MultistepStep.PLMS_OF).equals("output");
    Prediction kind = Prediction.of(binding.get(StepOptions.PREDICTION));
    boolean thresholded = !binding.get(StepOptions.THRESHOLD).equals("none");
    List<Prediction> adds =
        method.adds(
            timesteps ? "preserving" : path, binding.get(MultistepStep.UNIPC_OF).equals("eps"));
    if (thresholded && !adds.contains(Prediction.X0)) {
      StepOptions.step(binding).checkSlopes();
    }
    boolean needsState =
        thresholded ? !(kind == Prediction.X0 && adds.contains(kind)) : !adds.contains(kind);
    if (method == SolverMethod.PRK && !averaging && kind != Prediction.EPS) {
      throw new IllegalArgumentException(
          "method is 'prk': found plms-of 'eps' with prediction-type '%s', expected 'eps'"
              .formatted(kind));
    }
    boolean levels =
        method.usesEarlierLevels() || (!averaging && (needsState || kind == Prediction.SCORE));
    for (int k = 1; k <= 3; k++) {
      expect(binding, "sigma-" + k, k <= earlier && levels && !timesteps);
      expect(binding, "t-" + k, k <= earlier && levels && timesteps);
    }
    states(binding, points, needsState && !averaging, kind);
    for (String point : averaging ? points : List.<String>of()) {
      expect(binding, "state" + point, false);
    }
    List<Boolean> asked = points.stream().map(p -> binding.has("state" + p)).toList();
    return new SolverPoints(method, points, asked, timesteps, levels && earlier > 0, averaging);
  }

  private static boolean averages(SolverMethod method) {
    return method == SolverMethod.PLMS
        || method == SolverMethod.PLMS_START
        || method == SolverMethod.PRK;
  }

  private static int earlier(Binding binding, SolverMethod method) {
    int earlier = 0;
    for (int k = 1; k <= 3; k++) {
      if (!binding.has("prediction-" + k)) {
        continue;
      }
      if (k >= method.order()) {
        throw unwanted(binding, "prediction-" + k);
      }
      if (earlier != k - 1) {
        throw new IllegalArgumentException(
            "found a column for role 'prediction-%d' and none for 'prediction-%d', expected both"
                .formatted(k, k - 1));
      }
      earlier = k;
    }
    return earlier;
  }

  private static void states(
      Binding binding, List<String> points, boolean needed, Prediction kind) {
    for (String point : List.of("-1", "-2", "-3", "-mid", "-mid-2", "-next")) {
      String role = "state" + point;
      if (binding.has(role) && !points.contains(point)) {
        throw unwanted(binding, role);
      }
      if (needed && points.contains(point) && !binding.has(role)) {
        throw new IllegalArgumentException(
            ("method is '%s' with prediction-type '%s'%s: found no column for role '%s', expected"
                    + " the state that the model was asked about when it put out 'prediction%s'")
                .formatted(
                    binding.get(MultistepStep.METHOD),
                    kind,
                    binding.get(StepOptions.THRESHOLD).equals("none") ? "" : " and a threshold",
                    role,
                    point));
      }
    }
  }

  private static void expect(Binding binding, String role, boolean expected) {
    if (binding.has(role) && !expected) {
      throw unwanted(binding, role);
    }
    if (!binding.has(role) && expected) {
      throw new IllegalArgumentException(
          "method is '%s': found no column for role '%s', expected one"
              .formatted(binding.get(MultistepStep.METHOD), role));
    }
  }

  private static IllegalArgumentException unwanted(Binding binding, String role) {
    return new IllegalArgumentException(
        "method is '%s': found a column for role '%s', expected none"
            .formatted(binding.get(MultistepStep.METHOD), role));
  }
}
