package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.noise.PhiloxNoise;
import io.lanewise.noise.ZeroNoise;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sampling loops: full loops of diffusers' own tests, exact distributions, orders of convergence.
class SamplerTest {
  private static final Schedule LINEAR = Schedule.of("linear", 1000);

  private static Sampler sampler(Prediction prediction, Threshold threshold) {
    return new Sampler(prediction, threshold, false, new PhiloxNoise(3), 0);
  }

  /// Cases E1 and E2: DDIMScheduler, 10 steps, eta 0, f(x, t) = x t / (t + 1).
  @ParameterizedTest
  @CsvSource({"EPS, 172.006522", "V, 52.530124"})
  void fullLoopOfDiffusers(Prediction prediction, double expected) {
    double[] x = new double[4 * 3 * 8 * 8];
    for (int i = 0; i < x.length; i++) {
      int b = i / 192;
      int chw = i % 192;
      x[i] = (chw * 4 + b) / 768.0;
    }
    Sampler.Model model =
        (state, rows, dim, t, out) -> Arrays.setAll(out, i -> state[i] * t / (t + 1));
    sampler(prediction, Threshold.clip(1))
        .ddim(LINEAR, Spacing.of("leading", 1000, 10), -1, 0, model, x, 4);
    double sum = Arrays.stream(x).map(Math::abs).sum();
    assertThat(sum).isCloseTo(expected, within(1e-6));
    assertThat(Math.rint(sum * 1e4) / 1e4)
        .isCloseTo(prediction == Prediction.EPS ? 172.0067 : 52.5302, within(1e-2));
  }

  /// The exact eps for data N(0, 0.25): what comes out must be that distribution.
  private static final Sampler.Model GAUSSIAN =
      (x, rows, dim, t, out) -> {
        double alphaBar = LINEAR.alphaBar()[(int) t];
        double noise = LINEAR.noise()[(int) t];
        Arrays.setAll(out, i -> Math.sqrt(noise) * x[i] / (alphaBar * 0.25 + noise));
      };

  private static double[] normals(int n) {
    double[] x = new double[n];
    new PhiloxNoise(9).normalsF64(0, n, 0, java.lang.foreign.MemorySegment.ofArray(x));
    return x;
  }

  private static double variance(double[] x) {
    return Arrays.stream(x).map(v -> v * v).sum() / x.length;
  }

  @ParameterizedTest
  @ValueSource(strings = {"fixed-small", "fixed-large"})
  void ancestralSamplingReachesTheData(String variance) {
    double[] x = normals(1000);
    sampler(Prediction.EPS, Threshold.NONE)
        .ddpm(LINEAR, Spacing.of("leading", 1000, 1000), variance, GAUSSIAN, x, 1000);
    // The standard error of the variance is 0.25 sqrt(2 / 1000) = 0.011.
    assertThat(variance(x)).isCloseTo(0.25, within(0.045));
  }

  @Test
  void ddimThereAndBackIsWhereItBegan() {
    double[] x = normals(100);
    double[] start = x.clone();
    int[] down = Spacing.of("leading", 1000, 1000);
    int[] up = new int[1000];
    Arrays.setAll(up, i -> i);
    Sampler sampler = sampler(Prediction.EPS, Threshold.NONE);
    sampler.ddim(LINEAR, down, 0, 0, GAUSSIAN, x, 100);
    assertThat(variance(x) / variance(start)).isCloseTo(0.25, within(0.01));
    sampler.ddim(LINEAR, up, 999, 0, GAUSSIAN, x, 100);
    for (int i = 0; i < x.length; i++) {
      assertThat(x[i]).isCloseTo(start[i], within(0.02 * Math.abs(start[i])));
    }
    assertThatThrownBy(() -> sampler.ddim(LINEAR, up, 999, 1, GAUSSIAN, x, 100))
        .hasMessageContaining("expected 0 in ascending order");
  }

  /// Data N(0, 1): the ODE's solution is x(0) = x(s) / sqrt(1 + s^2); Euler is of first order, Heun
  /// second.
  @Test
  void odeSolversConverge() {
    Sampler.Model denoiser = (x, rows, dim, s, out) -> Arrays.setAll(out, i -> x[i] / (1 + s * s));
    Sampler sampler = new Sampler(Prediction.X0, Threshold.NONE, false, new ZeroNoise(), 0);
    double[] errors = new double[4];
    for (int k = 0; k < 4; k++) {
      double[] sigmas = Sigmas.karras(k % 2 == 0 ? 40 : 80, 0.002, 80, 7);
      double[] x = {80};
      if (k < 2) {
        sampler.euler(false, sigmas, denoiser, x, 1);
      } else {
        sampler.heun(false, sigmas, denoiser, x, 1);
      }
      errors[k] = Math.abs(x[0] - 80 / Math.sqrt(1 + 6400) * Math.sqrt(1 + 4e-6));
    }
    assertThat(errors[0] / errors[1]).isBetween(1.7, 2.4);
    assertThat(errors[2] / errors[3]).isBetween(3.3, 5.0);
    assertThat(errors[3]).isLessThan(3e-3);
  }

  /// One velocity everywhere: any number of Euler steps from sigma 1 to 0 adds minus the velocity.
  @Test
  void flowMatchingWalksTheStraightLine() {
    double[] x = {1, 2};
    Sampler.Model constant = (s, rows, dim, t, out) -> Arrays.fill(out, 0.5);
    sampler(Prediction.VELOCITY, Threshold.NONE)
        .euler(true, new double[] {1, 0.7, 0.2, 0}, constant, x, 1);
    assertThat(x[0]).isCloseTo(0.5, within(1e-14));
    assertThat(x[1]).isCloseTo(1.5, within(1e-14));
  }

  @Test
  void noiseDoesNotDependOnTheSplit() {
    double[] whole = normals(60);
    double[] tail = Arrays.copyOfRange(whole, 40, 60);
    int[] timesteps = Spacing.of("trailing", 1000, 20);
    sampler(Prediction.EPS, Threshold.NONE).ddim(LINEAR, timesteps, -1, 1, GAUSSIAN, whole, 6);
    new Sampler(Prediction.EPS, Threshold.NONE, false, new PhiloxNoise(3), 4)
        .ddim(LINEAR, timesteps, -1, 1, GAUSSIAN, tail, 2);
    assertThat(tail).isEqualTo(Arrays.copyOfRange(whole, 40, 60));
  }
}
