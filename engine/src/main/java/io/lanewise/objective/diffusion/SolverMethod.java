package io.lanewise.objective.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a method of [MultistepStep] takes: which of the model's outputs, and what of them.
@SuppressWarnings("ImmutableEnumChecker") // lists that are never written
enum SolverMethod {
  /// PNDM's linear multistep.
  PLMS("plms", 4, List.of()),
  /// The first step of PNDM without Runge and Kutta: the mean of the outputs at both ends.
  PLMS_START("plms-start", 1, List.of("next")),
  /// Runge and Kutta's step, with which PNDM starts.
  PRK("prk", 1, List.of("mid", "mid-2", "next")),
  /// Linear multistep by the spacing of the levels.
  LMS("lms", 4, List.of()),
  /// DPM-Solver++ 1, 2M and 3M.
  DPM_SOLVER_PLUS_PLUS("dpm-solver++", 3, List.of()),
  /// DPM-Solver in several steps.
  DPM_SOLVER("dpm-solver", 3, List.of()),
  /// UniPC's predictor.
  UNIPC("unipc", 4, List.of()),
  /// UniPC's corrector.
  UNIPC_CORRECTOR("unipc-corrector", 4, List.of("next")),
  /// DPM-Solver-2 of k-diffusion.
  DPM_2("dpm-2", 1, List.of("mid")),
  /// DPM-Solver++ 2S of k-diffusion.
  DPM_SOLVER_2S("dpm-solver++2s", 1, List.of("mid")),
  /// DPM-Solver++ SDE of k-diffusion.
  DPM_SOLVER_SDE("dpm-solver++sde", 1, List.of("mid"));

  /// The names.
  static final List<String> NAMES = Arrays.stream(values()).map(m -> m.id).toList();

  private final String id;
  private final int order;
  private final List<String> stages;

  SolverMethod(String id, int order, List<String> stages) {
    this.id = id;
    this.order = order;
    this.stages = stages;
  }

  static SolverMethod of(String name) {
    return values()[NAMES.indexOf(name)];
  }

  /// How many outputs at this level and before it are used at most.
  int order() {
    return order;
  }

  /// The outputs that it needs besides: at levels between, and at the end.
  List<String> stages() {
    return stages;
  }

  /// Whether it knows only sigmas where alpha is 1, and asks the model between two of them.
  boolean isStaged() {
    return stages.equals(List.of("mid"));
  }

  /// Whether it can add noise.
  boolean isStochastic() {
    return isStaged() || this == DPM_SOLVER_PLUS_PLUS || this == DPM_SOLVER;
  }

  /// Whether levels before this one count in the step itself.
  boolean usesEarlierLevels() {
    return order > 1 && this != PLMS;
  }

  /// What it adds up: predicted data, predicted noise, or slopes of the straight path.
  List<Prediction> adds(String path, boolean unipcOfEps) {
    return switch (this) {
      case DPM_SOLVER_PLUS_PLUS, DPM_SOLVER_2S, DPM_SOLVER_SDE -> List.of(Prediction.X0);
      case UNIPC, UNIPC_CORRECTOR -> List.of(unipcOfEps ? Prediction.EPS : Prediction.X0);
      case LMS ->
          path.equals("straight")
              ? List.of(Prediction.VELOCITY, Prediction.VELOCITY_TO_DATA)
              : List.of(Prediction.EPS, Prediction.SCORE);
      default -> List.of(Prediction.EPS, Prediction.SCORE);
    };
  }

  /// The points whose outputs are used, in the order of [Solver], as the ends of roles' names: none
  /// for this level, `-1` for the one before.
  ///
  /// @param earlier how many outputs before this level there are
  List<String> points(int earlier) {
    List<String> points = new ArrayList<>(List.of(""));
    for (int k = 1; k <= earlier; k++) {
      points.add("-" + k);
    }
    stages.forEach(stage -> points.add("-" + stage));
    return points;
  }
}
