package io.lanewise.objective.diffusion;

import io.lanewise.objective.NoiseLevels;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/// The noise levels of a discrete schedule, at whole timesteps.
///
/// @param name the schedule
/// @param timesteps T
public record ScheduleLevels(String name, int timesteps) implements NoiseLevels {
  @Override
  public DoubleUnaryOperator sigma() {
    double[] noise = Schedule.of(name, timesteps).noise();
    return table(t -> Math.sqrt(noise[t]));
  }

  @Override
  public DoubleUnaryOperator lnSigma() {
    double[] noise = Schedule.of(name, timesteps).noise();
    return table(t -> StrictMath.log(Math.sqrt(noise[t])));
  }

  @Override
  public DoubleUnaryOperator logSnr() {
    return table(Schedule.of(name, timesteps)::logSnr);
  }

  @Override
  public String describe() {
    return "schedule %s, T = %d".formatted(name, timesteps);
  }

  private DoubleUnaryOperator table(IntToDoubleFunction level) {
    double[] table = new double[timesteps];
    for (int t = 0; t < timesteps; t++) {
      table[t] = level.applyAsDouble(t);
    }
    return t -> {
      if (Double.isNaN(t)) {
        return t;
      }
      if (!(t >= 0 && t < table.length) || t != Math.rint(t)) {
        throw new IllegalArgumentException(
            "found %s, expected a timestep in [0, %d]".formatted(t, table.length - 1));
      }
      return table[(int) t];
    };
  }
}
