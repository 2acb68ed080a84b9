package io.lanewise.objective;

import io.lanewise.batch.Names;
import io.lanewise.objective.diffusion.DiffusionProcess;
import io.lanewise.objective.diffusion.ProcessLevels;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.objective.diffusion.ScheduleLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// How much noise there is at a timestep or time, with `x_t = alpha x0 + sigma eps`. The functions
/// throw IllegalArgumentException, saying what was found and expected, for a time outside their
/// domain. NaN gives NaN.
public interface NoiseLevels {
  /// The standard deviation of the noise.
  DoubleUnaryOperator sigma();

  /// Its natural logarithm.
  DoubleUnaryOperator lnSigma();

  /// `ln(alpha^2 / sigma^2)`.
  DoubleUnaryOperator logSnr();

  /// The schedule or process in words: `schedule linear, T = 1000`.
  String describe();

  /// The levels of a discrete schedule or a process in continuous time.
  ///
  /// @param timesteps T of a discrete schedule; otherwise ignored
  /// @throws IllegalArgumentException for an unknown name or a T that is out of range
  static NoiseLevels of(String name, int timesteps) {
    if (Schedule.NAMES.contains(name)) {
      if (timesteps < 1 || timesteps > 1_000_000) {
        throw new IllegalArgumentException(
            "schedule '%s': found %d timesteps, expected 1 to 1000000".formatted(name, timesteps));
      }
      return new ScheduleLevels(name, timesteps);
    }
    if (DiffusionProcess.NAMES.contains(name)) {
      return new ProcessLevels(name);
    }
    List<String> known = new ArrayList<>(Schedule.NAMES);
    known.addAll(DiffusionProcess.NAMES);
    throw Names.unknown("schedule", name, known);
  }
}
