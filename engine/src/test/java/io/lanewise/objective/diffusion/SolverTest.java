package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The factors of solvers: against more digits, and the orders of their errors.
class SolverTest {
  /// The error of one step of a solver of that order, levels `h` apart in the logarithm (times what
  /// makes them uneven), from exact states of the flow and what the exact model says of them.
  private static double error(String name, int order, double h) {
    double[] sigmas = new double[order + 1];
    double[] gaps = {1, 1.3, 0.8, 1.1};
    double log = 0;
    for (int j = 0; j <= order; j++) {
      // The end, this level, and those before.
      sigmas[j] = 1.1 * Math.exp(log);
      log += j < order ? gaps[j] * h : 0;
    }
    Level to = Level.of("exploding", sigmas[0]);
    Level[] at =
        Arrays.stream(sigmas, 1, order + 1)
            .mapToObj(s -> Level.of("exploding", s))
            .toArray(Level[]::new);
    Combination sum =
        switch (name) {
          case "lms" -> Solver.lms(false, to, at);
          case "dpm++" -> Solver.dpmSolverPlusPlus(false, 0, to, at);
          case "dpm++heun" -> Solver.dpmSolverPlusPlus(true, 0, to, at);
          case "dpm" -> Solver.dpmSolver(false, 0, to, at);
          case "unipc" -> Solver.unipcPredictor(false, false, to, at);
          case "unipc-eps" -> Solver.unipcPredictor(true, true, to, at);
          default -> Solver.unipcCorrector(false, false, to, at);
        };
    double next = sum.state() * exact(at[0].sigma());
    for (int j = 0; j < sum.clean().length; j++) {
      double sigma = j < at.length ? at[j].sigma() : to.sigma();
      double x = exact(sigma);
      double clean = x * 0.25 / (0.25 + sigma * sigma);
      next += sum.clean()[j] * clean + sum.eps()[j] * (x - clean) / sigma;
    }
    return Math.abs(next - exact(to.sigma()));
  }

  private static double exact(double sigma) {
    return Math.sqrt(0.25 + sigma * sigma);
  }

  /// Half the step divides the error of one by 2^(order + 1), a corrector's by twice as much again.
  /// DPM-Solver's third order does no better than the second: its last term is half of Taylor's, in
  /// the authors' code, in diffusers and in k-diffusion alike.
  @ParameterizedTest
  @CsvSource({
    "lms, 1", "lms, 2", "lms, 3", "lms, 4", "dpm++, 1", "dpm++, 2", "dpm++heun, 2", "dpm++, 3",
    "dpm, 1", "dpm, 2", "dpm, 3", "unipc, 1", "unipc, 2", "unipc, 3", "unipc, 4", "unipc-eps, 2",
    "unipc-eps, 3", "corrector, 1", "corrector, 2", "corrector, 3"
  })
  void solversHaveTheirOrder(String name, int order) {
    boolean halved = name.startsWith("dpm") && order == 3;
    double expected = order + (name.equals("corrector") ? 2 : halved ? 0 : 1);
    double found = Math.log(error(name, order, 0.04) / error(name, order, 0.02)) / Math.log(2);
    assertThat(found).isCloseTo(expected, within(0.25));
  }

  /// By mpmath with 50 digits.
  @ParameterizedTest
  @CsvSource({
    "2, 1e-09, 0.5000000001666667",
    "2, -0.001, 0.4998333749916681",
    "2, -0.99, 0.36891816245489817",
    "2, 1.0, 0.7182818284590452",
    "2, -1.5, 0.321391182288191",
    "2, -20.0, 0.047500000005152886",
    "2, 30.0, 11873860646.103848",
    "3, 1e-09, 0.16666666670833333",
    "3, 0.5, 0.18977016560102516",
    "3, -0.99, 0.13240589651020387",
    "3, 1.0, 0.21828182845904523",
    "3, -1.5, 0.11907254514120598",
    "3, 3.0, 0.4290939601180618",
    "4, -0.001, 0.041658334722023835",
    "4, 0.5, 0.046206997868717015",
    "4, -1.5, 0.03172941435030713",
    "4, -20.0, 0.007202083333346216"
  })
  void phi(int k, double z, double expected) {
    assertThat(Solver.phi(k, z)).isCloseTo(expected, within(2e-15 * expected));
  }

  /// Python's fractions.
  @Test
  void integralsOfLmsAreExact() {
    Level[] at =
        Arrays.stream(new double[] {2, 3.5, 6.25, 10})
            .mapToObj(s -> Level.of("exploding", s))
            .toArray(Level[]::new);
    assertThat(Solver.lms(false, Level.of("exploding", 0.5), at).eps())
        .containsExactly(
            new double[] {
              -2.983455882352941, 1.9877622377622377, -0.5807486631016042, 0.0764423076923077
            },
            within(2e-15));
    assertThat(Solver.lms(false, Level.of("exploding", 0.5), at[0], at[1]).eps())
        .containsExactly(new double[] {-2.25, 0.75}, within(1e-15));
  }
}
