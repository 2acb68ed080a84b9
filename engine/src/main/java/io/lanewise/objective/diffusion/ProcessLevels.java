package io.lanewise.objective.diffusion;

import io.lanewise.objective.NoiseLevels;
import java.util.function.DoubleUnaryOperator;

/// The noise levels of a process in continuous time.
///
/// @param name the process
public record ProcessLevels(String name) implements NoiseLevels {
  @Override
  public DoubleUnaryOperator sigma() {
    return DiffusionProcess.of(name)::sigma;
  }

  @Override
  public DoubleUnaryOperator lnSigma() {
    DiffusionProcess process = DiffusionProcess.of(name);
    return time -> {
      double sigma = process.sigma(time);
      if (sigma <= 0) {
        throw new IllegalArgumentException("found %s, expected a time with noise".formatted(sigma));
      }
      return StrictMath.log(sigma);
    };
  }

  @Override
  public DoubleUnaryOperator logSnr() {
    return DiffusionProcess.of(name)::logSnr;
  }

  @Override
  public String describe() {
    return "process " + name;
  }
}
