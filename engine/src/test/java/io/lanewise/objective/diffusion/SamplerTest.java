package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.noise.Noise;
import io.lanewise.noise.NumpyNoise;
import io.lanewise.noise.PhiloxNoise;
import io.lanewise.noise.ZeroNoise;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  /// NumPy's loops of improved-diffusion's formulas, noise by `default_rng(71)` after the 15
  /// states.
  @Test
  void learnedVariancesAsImprovedDiffusionSamples() throws Exception {
    JsonNode golden =
        JsonMapper.shared()
            .readTree(Files.readString(Path.of("../data/golden/diffusion/sampling.json")));
    int[] timesteps = golden.get("timesteps").valueStream().mapToInt(JsonNode::asInt).toArray();
    for (JsonNode c : golden.get("cases")) {
      String variance = c.get("variance").asString();
      boolean clip = c.get("clip").asBoolean();
      Sampler.VarianceModel model =
          (x, rows, dim, t, out, said) -> {
            Arrays.setAll(out, i -> 0.9 * x[i] * (t + 1) / 1001 + 0.1);
            Arrays.setAll(
                said, i -> x[i] / (1 + Math.abs(x[i])) - (variance.equals("learned") ? 3 : 0));
          };
      double[] start = numbers(c.get("start"));
      double[] end = numbers(c.get("end"));
      double[] x = start.clone();
      Noise noise = new NumpyNoise(BigInteger.valueOf(71), 15).withElements(15);
      Threshold threshold = clip ? Threshold.clip(1) : Threshold.NONE;
      new Sampler(Prediction.EPS, threshold, false, noise, 0)
          .ddpm(LINEAR, timesteps, variance, model, x, 5);
      for (int i = 0; i < x.length; i++) {
        assertThat(x[i]).isCloseTo(end[i], within(1e-10 * Math.max(1, Math.abs(end[i]))));
      }
      // The last two rows alone, by their place.
      double[] tail = Arrays.copyOfRange(start, 9, 15);
      new Sampler(Prediction.EPS, threshold, false, noise, 3)
          .ddpm(LINEAR, timesteps, variance, model, tail, 2);
      assertThat(tail).isEqualTo(Arrays.copyOfRange(x, 9, 15));
    }
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  @Test
  void variancesAreOfTheModelsKind() {
    Sampler sampler = sampler(Prediction.EPS, Threshold.NONE);
    double[] x = normals(6);
    Sampler.VarianceModel both =
        (state, rows, dim, t, out, said) -> {
          throw new AssertionError("asked for timestep " + t);
        };
    assertThatThrownBy(() -> sampler.ddpm(LINEAR, new int[] {5}, "learned", GAUSSIAN, x, 6))
        .hasMessageContaining("found 'learned', expected a fixed kind");
    assertThatThrownBy(() -> sampler.ddpm(LINEAR, new int[] {5}, "fixed-small", both, x, 6))
        .hasMessageContaining("found 'fixed-small', expected a learned kind");
    assertThatThrownBy(() -> sampler.ddpm(LINEAR, new int[] {5, 7}, "learned", both, x, 6))
        .hasMessageContaining("found 7 after 5");
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

  /// Data N(0, 0.25) in the variance-exploding form: the exact denoised data.
  private static final Sampler.Model DENOISER =
      (x, rows, dim, sigma, out) -> Arrays.setAll(out, i -> 0.25 / (0.25 + sigma * sigma) * x[i]);

  private static double[] noisy(int n, double sigma) {
    double[] x = normals(n);
    Arrays.setAll(x, i -> Math.sqrt(sigma * sigma + 0.25) * x[i]);
    return x;
  }

  private static double[] ladder(int n) {
    return Arrays.copyOf(Sigmas.karras(n, 0.002, 80, 7), n + 1);
  }

  /// Both samplers keep the distribution of every level, so the data's comes out: its variance has
  /// standard error 0.25 sqrt(2 / 4000) = 0.0056. Euler's method errs by about 1 / steps besides.
  @Test
  void stochasticSamplersReachTheData() {
    Sampler sampler = sampler(Prediction.X0, Threshold.NONE);
    double[] ancestral = noisy(4000, 80);
    sampler.eulerAncestral(ladder(300), 1, DENOISER, ancestral, 4000);
    assertThat(variance(ancestral)).isCloseTo(0.25, within(0.025));
    double[] churned = noisy(4000, 80);
    sampler.churn(ladder(100), new Sampler.Churn(30, 0.01, 50, 1), true, DENOISER, churned, 4000);
    assertThat(variance(churned)).isCloseTo(0.25, within(0.025));
    // The noise is really there: another seed, another sample.
    double[] again = noisy(4000, 80);
    new Sampler(Prediction.X0, Threshold.NONE, false, new PhiloxNoise(4), 0)
        .churn(ladder(100), new Sampler.Churn(30, 0.01, 50, 1), true, DENOISER, again, 4000);
    assertThat(again[0]).isNotEqualTo(churned[0]);
  }

  @Test
  void withoutNoiseTheyAreTheOde() {
    Sampler sampler = sampler(Prediction.X0, Threshold.NONE);
    double[] euler = noisy(10, 80);
    double[] ancestral = euler.clone();
    double[] churned = euler.clone();
    double[] heun = euler.clone();
    sampler.euler(false, ladder(20), DENOISER, euler, 10);
    sampler.eulerAncestral(ladder(20), 0, DENOISER, ancestral, 10);
    sampler.heun(false, ladder(20), DENOISER, heun, 10);
    sampler.churn(ladder(20), new Sampler.Churn(0, 0, 80, 1), true, DENOISER, churned, 10);
    for (int i = 0; i < 10; i++) {
      assertThat(ancestral[i]).isCloseTo(euler[i], within(1e-12));
    }
    assertThat(churned).isEqualTo(heun);
  }

  /// Data N(0, 0.25): the flow maps x(1) to x(t) by the ratio of the standard deviations.
  @ParameterizedTest
  @ValueSource(
      strings = {"vp-sde", "sub-vp-sde", "ve-sde", "flow-data-to-noise", "flow-noise-to-data"})
  void probabilityFlowConverges(String name) {
    DiffusionProcess process = DiffusionProcess.of(name);
    Sampler.Model model =
        (x, rows, dim, t, out) -> {
          double alpha = process.alpha(t);
          double sigma = process.sigma(t);
          double ofEps = sigma / (alpha * alpha * 0.25 + sigma * sigma);
          Arrays.setAll(out, i -> ofEps * x[i]);
        };
    boolean up = name.equals("flow-noise-to-data");
    double from = up ? 0.05 : 0.95;
    double to = up ? 0.95 : 0.05;
    double[] errors = new double[4];
    for (int k = 0; k < 4; k++) {
      int steps = k % 2 == 0 ? 200 : 400;
      double[] times = new double[steps + 1];
      Arrays.setAll(times, i -> from + (to - from) * i / steps);
      double[] x = {1};
      new Sampler(Prediction.EPS, Threshold.NONE, false, new ZeroNoise(), 0)
          .probabilityFlow(process, times, k >= 2, model, x, 1);
      errors[k] = Math.abs(x[0] - deviation(process, to) / deviation(process, from));
    }
    assertThat(errors[0] / errors[1]).isBetween(1.7, 2.4);
    assertThat(errors[2] / errors[3]).isBetween(3.3, 5.0);
    assertThat(errors[3]).isLessThan(1e-3);
  }

  private static double deviation(DiffusionProcess process, double t) {
    double alpha = process.alpha(t);
    double sigma = process.sigma(t);
    return Math.sqrt(alpha * alpha * 0.25 + sigma * sigma);
  }

  @Test
  void inverseDdimGoesUp() {
    double[] x = normals(100);
    double[] same = x.clone();
    int[] up = {0, 100, 400, 999};
    Sampler sampler = sampler(Prediction.EPS, Threshold.NONE);
    sampler.ddimInverse(LINEAR, up, GAUSSIAN, x, 100);
    sampler.ddim(LINEAR, new int[] {0, 100, 400}, 999, 0, GAUSSIAN, same, 100);
    assertThat(x).isEqualTo(same);
    assertThatThrownBy(() -> sampler.ddimInverse(LINEAR, new int[] {5, 5}, GAUSSIAN, x, 100))
        .hasMessageContaining("found 5 after 5");
  }

  /// A model that predicts nonsense: with a threshold every sampler ends within it.
  @Test
  void thresholdsHoldInEverySampler() {
    Sampler.Model wild = (x, rows, dim, t, out) -> Arrays.setAll(out, i -> 50 + i % 7);
    for (Threshold threshold :
        List.of(Threshold.clip(0.5), new Threshold("dynamic", 1, 0.9, 100))) {
      Sampler sampler = new Sampler(Prediction.X0, threshold, true, new PhiloxNoise(1), 0);
      List<double[]> results = new ArrayList<>();
      for (int k = 0; k < 7; k++) {
        results.add(noisy(60, 1));
      }
      double[] sigmas = {1, 0.5, 0.1, 0};
      double[] times = {1, 0.5, 0.1, 0};
      int[] timesteps = Spacing.of("leading", 1000, 10);
      sampler.ddim(LINEAR, timesteps, -1, 0.5, wild, results.get(0), 6);
      sampler.ddpm(LINEAR, timesteps, "fixed-small", wild, results.get(1), 6);
      sampler.euler(false, sigmas, wild, results.get(2), 6);
      sampler.heun(true, sigmas, wild, results.get(3), 6);
      sampler.eulerAncestral(sigmas, 1, wild, results.get(4), 6);
      sampler.churn(sigmas, new Sampler.Churn(1, 0, 9, 1), true, wild, results.get(5), 6);
      sampler.probabilityFlow(
          DiffusionProcess.of("flow-data-to-noise"), times, false, wild, results.get(6), 6);
      double bound = threshold.kind().equals("clip") ? 0.5 : 1;
      for (double[] x : results) {
        assertThat(Arrays.stream(x).map(Math::abs).max().orElseThrow())
            .isLessThanOrEqualTo(bound + 1e-12);
      }
    }
    assertThatThrownBy(() ->
            sampler(Prediction.X0, Threshold.clip(1))
                .euler(false, new double[] {1, 0}, wild, normals(6), 6))
        .hasMessageContaining("expected eps from the thresholded x0");
  }

  /// Rows enough for many tiles; every pool gives the bits of one thread.
  @Test
  void threadsDoNotShow() throws Exception {
    int rows = 20_000;
    List<double[]> results = new ArrayList<>();
    for (int threads : List.of(1, 2, 7)) {
      double[] x = noisy(rows * 3, 80);
      try (ForkJoinPool pool = new ForkJoinPool(threads)) {
        pool.submit(
                () -> {
                  Sampler sampler = sampler(Prediction.X0, Threshold.NONE);
                  sampler.churn(
                      ladder(3), new Sampler.Churn(1, 0, 100, 1), true, DENOISER, x, rows);
                  sampler.eulerAncestral(new double[] {1, 0.5, 0.1}, 1, DENOISER, x, rows);
                  sampler(Prediction.EPS, Threshold.NONE)
                      .ddim(LINEAR, new int[] {900, 300}, -1, 1, GAUSSIAN, x, rows);
                })
            .get();
      }
      results.add(x);
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
  }

  /// The network that makes the denoiser of N(0, 0.25) by EDM's preconditioning is 0: its skip is
  /// the optimal factor there.
  @Test
  void preconditionedNetworks() {
    Sampler.Model zero =
        (x, rows, dim, noise, out) -> {
          assertThat(noise).isCloseTo(Math.log(3) / 4, within(1e-15));
          assertThat(x[0]).isCloseTo(2 / Math.sqrt(9.25), within(1e-15));
          Arrays.fill(out, 0);
        };
    double[] found = new double[1];
    double[] expected = new double[1];
    Preconditioning.denoiser(zero, 0.5).predict(new double[] {2}, 1, 1, 3, found);
    DENOISER.predict(new double[] {2}, 1, 1, 3, expected);
    assertThat(found[0]).isCloseTo(expected[0], within(1e-16));
  }

  @Test
  void levelsThatMustDescendAreChecked() {
    Sampler sampler = new Sampler(Prediction.X0, Threshold.NONE, true, new PhiloxNoise(1), 0);
    double[] x = {1};
    Sampler.Churn churn = new Sampler.Churn(1, 0, 100, 1);
    double[] sigmas = {5, 2, 3, 0};
    assertThatThrownBy(() -> sampler.churn(sigmas, churn, true, GAUSSIAN, x, 1))
        .hasMessage("sigmas: found 3.0 after 2.0 at 1, expected descending ones, >= 0");
    assertThatThrownBy(() -> sampler.eulerAncestral(sigmas, 1, GAUSSIAN, x, 1))
        .hasMessage("sigmas: found 3.0 after 2.0 at 1, expected descending ones, >= 0");
    assertThatThrownBy(
            () -> sampler.ddpm(LINEAR, new int[] {9, 5, 7}, "fixed-small", GAUSSIAN, x, 1))
        .hasMessage("timesteps: found 7 after 5 at 1, expected descending ones");
  }
}
