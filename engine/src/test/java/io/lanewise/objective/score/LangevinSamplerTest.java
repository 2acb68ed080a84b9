package io.lanewise.objective.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.result.Measure;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Samplers against the distributions they must reach, with fixed seeds and bounds of five standard
/// errors; scores against finite differences; diagnostics against closed forms.
class LangevinSamplerTest {
  private static final ScoreFunction NORMAL = GaussianScore.isotropic(new double[1], 1);

  private static double[] flat(LangevinSampler.Result result) {
    return result.draws().stream().flatMap(Arrays::stream).mapToDouble(draw -> draw[0]).toArray();
  }

  private static double moment(double[] x, int power) {
    return Arrays.stream(x).map(v -> Math.pow(v, power)).average().orElseThrow();
  }

  /// Case B18: ULA's stationary variance on N(0, 1) is 1 / (1 - eta / 2).
  @Test
  void unadjustedLangevinIsOffByWhatTheorySays() {
    LangevinSampler sampler = new LangevinSampler(0.1, false, 200, 1, 5);
    LangevinSampler.Result result = sampler.run(NORMAL, new double[16][1], 20_000);
    double[][] chains = Diagnostics.dimension(result, 0);
    double variance = moment(flat(result), 2);
    // x^2 of an AR(1) with phi = 0.9 has autocorrelation 0.81: 320000 draws are worth 33600.
    assertThat(variance)
        .isCloseTo(1.0526315789473684, within(5 * 1.0526 * Math.sqrt(2 / 33_600.0)));
    assertThat(variance - 1).isGreaterThan(0.0122);
    assertThat(result.acceptance()).isEqualTo(1);
    assertThat(result.evaluations()).isEqualTo(16 * 20_201L);
    assertThat(Diagnostics.splitRHat(chains)).isCloseTo(1, within(0.005));
    // ESS of the mean of an AR(1): N (1 - phi) / (1 + phi).
    assertThat(Diagnostics.effectiveSampleSize(chains) / (320_000 / 19.0)).isBetween(0.85, 1.15);
  }

  @Test
  void theCorrectionIsExactOnAMixture() {
    MixtureScore mixture =
        new MixtureScore(
            new double[] {3, 7},
            List.of(
                GaussianScore.isotropic(new double[] {-1.5}, 0.6),
                GaussianScore.isotropic(new double[] {1}, 0.8)));
    LangevinSampler.Result result =
        new LangevinSampler(0.5, true, 500, 5, 8).run(mixture, new double[16][1], 10_000);
    double[] x = flat(result);
    double ess = Diagnostics.effectiveSampleSize(Diagnostics.dimension(result, 0));
    double mean = -0.45 + 0.7;
    double second = 0.3 * (2.25 + 0.36) + 0.7 * (1 + 0.64);
    double deviation = Math.sqrt(second - mean * mean);
    assertThat(ess).isGreaterThan(2000);
    assertThat(moment(x, 1)).isCloseTo(mean, within(5 * deviation / Math.sqrt(ess)));
    double fourth = moment(x, 4);
    assertThat(moment(x, 2))
        .isCloseTo(second, within(5 * Math.sqrt((fourth - second * second) / ess)));
    assertThat(result.acceptance()).isBetween(0.6, 0.98);
  }

  /// Kolmogorov and Smirnov's distance to the mixture, at a level of one in a thousand for as many
  /// draws as the chains are worth. ULA with the same step is beyond it.
  @Test
  void theCorrectedChainHasTheMixturesDistribution() {
    double[] means = {-1.5, 1};
    double[] deviations = {0.6, 0.8};
    double[] weights = {0.3, 0.7};
    MixtureScore mixture =
        new MixtureScore(
            weights,
            List.of(
                GaussianScore.isotropic(new double[] {means[0]}, deviations[0]),
                GaussianScore.isotropic(new double[] {means[1]}, deviations[1])));
    double[] scaled = new double[2];
    for (int run = 0; run < 2; run++) {
      LangevinSampler.Result result =
          new LangevinSampler(0.5, run == 0, 500, 20, 9).run(mixture, new double[16][1], 2000, 2);
      double[] x = flat(result);
      Arrays.sort(x);
      double distance = 0;
      for (int i = 0; i < x.length; i++) {
        double below = 0;
        for (int k = 0; k < 2; k++) {
          below += weights[k] * normalBelow((x[i] - means[k]) / deviations[k]);
        }
        distance = Math.max(distance, Math.abs(below - (i + 0.5) / x.length));
      }
      double ess = Diagnostics.of(result).effectiveSampleSize();
      assertThat(ess).isGreaterThan(2000);
      scaled[run] = distance * Math.sqrt(ess);
    }
    assertThat(scaled[0]).isLessThan(1.95);
    assertThat(scaled[1]).isGreaterThan(1.95);
  }

  /// By Simpson's rule from -10, to 1e-10.
  private static double normalBelow(double z) {
    int n = 400;
    double h = (Math.clamp(z, -9.9, 10) + 10) / n;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double at = -10 + i * h;
      sum += (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-at * at / 2);
    }
    return sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  /// BAOAB's positions are exact on a normal distribution for every stable step (Leimkuhler and
  /// Matthews 2013); with half drifts outside, OBABO's variance would be 1 / (1 - h^2 / 4) = 1.19.
  @Test
  void underdampedPositionsHaveTheTargetsVariance() {
    LangevinSampler.Result result =
        new UnderdampedSampler(0.8, 1, 500, 1, 3).run(NORMAL, new double[16][1], 20_000, 2);
    double[][] squares =
        Arrays.stream(Diagnostics.dimension(result, 0))
            .map(chain -> Arrays.stream(chain).map(v -> v * v).toArray())
            .toArray(double[][]::new);
    double ess = Diagnostics.effectiveSampleSize(squares);
    double bound = 5 * Math.sqrt(2 / ess);
    assertThat(bound).isLessThan(0.05);
    assertThat(moment(flat(result), 2)).isCloseTo(1, within(bound));
    assertThat(result.evaluations()).isEqualTo(16 * 20_500L);
    assertThat(result.steps()).isEqualTo(20_500);
    Diagnostics.Summary summary = Diagnostics.of(result);
    assertThat(summary.stepSize()).isEqualTo(0.8);
    assertThat(summary.splitRHat()).isCloseTo(1, within(0.005));
    assertThat(summary.seconds()).isPositive();
  }

  @Test
  void threadsDoNotShow() {
    ScoreFunction target =
        new GaussianScore(new double[] {0, 1}, new double[][] {{2, 0.5}, {0.5, 1}});
    double[][] start = new double[7][2];
    LangevinSampler sampler = new LangevinSampler(0.2, true, 3, 2, 1);
    LangevinSampler.Result one = sampler.run(target, start, 20);
    LangevinSampler.Result three = sampler.run(target, start, 20, 3);
    UnderdampedSampler kinetic = new UnderdampedSampler(0.3, 2, 5, 3, 1);
    for (int c = 0; c < 7; c++) {
      assertThat(three.draws().get(c)).isDeepEqualTo(one.draws().get(c));
      assertThat(kinetic.run(target, start, 9, 4).draws().get(c))
          .isDeepEqualTo(kinetic.run(target, start, 9, 1).draws().get(c));
    }
    assertThat(three.meanScoreNorm()).isEqualTo(one.meanScoreNorm());
    assertThat(three.acceptance()).isEqualTo(one.acceptance());
  }

  /// A file's rows are chains: the transform and the sampler draw the same.
  @Test
  void theTransformIsTheSampler() {
    double[][] start = {{0.5, 1}, {-2, 0}, {3, 3}};
    ScoreFunction target =
        new MixtureScore(
            new double[] {1, 3},
            List.of(
                new GaussianScore(new double[] {0, 1}, new double[][] {{2, 0.5}, {0.5, 1}}),
                new GaussianScore(new double[] {2, 2}, new double[][] {{1, 0}, {0, 1}})));
    LangevinSampler.Result result = new LangevinSampler(0.3, true, 0, 6, 77).run(target, start, 1);
    Task task =
        Task.of("langevin")
            .column("x", "x")
            .parameter("score-function", "mixture")
            .parameter("correction", "metropolis")
            .parameter("eta", "0.3")
            .parameter("steps", "6")
            .parameter("noise", "philox:77")
            .parameter(
                "target",
                "{\"weights\": [1, 3], \"means\": [[0, 1], [2, 2]],"
                    + " \"covariances\": [[[2, 0.5], [0.5, 1]], [[1, 0], [0, 1]]]}");
    Table table = new Table().vectors("x", start);
    double[] expected = result.draws().stream().flatMapToDouble(c -> Arrays.stream(c[0])).toArray();
    assertThat(table.output(task, "x-next")).isEqualTo(expected);
    Measure acceptance =
        Objects.requireNonNull(table.evaluate(task, 3, 2, 1).measure("acceptance"));
    assertThat(acceptance.value()).isEqualTo(result.acceptance());
  }

  /// Without the correction the variance would be `1 / (1 - eta / 2)`, a third more.
  @Test
  void correctionKeepsTheTargetWithEitherStream() {
    double[] normals = new double[8000];
    new PhiloxNoise(5).normalsF64(0, normals.length, 0, MemorySegment.ofArray(normals));
    double[][] start = new double[4000][];
    for (int i = 0; i < start.length; i++) {
      start[i] = new double[] {normals[2 * i], normals[2 * i + 1]};
    }
    Table table = new Table().vectors("x", start);
    for (String noise : new String[] {"philox:6", "threefry:6"}) {
      Task task =
          Task.of("langevin")
              .column("x", "x")
              .parameter("score-function", "standard-normal")
              .parameter("correction", "metropolis")
              .parameter("eta", "0.5")
              .parameter("steps", "8")
              .parameter("noise", noise);
      double[] x = table.output(task, "x-next");
      double squares = Arrays.stream(x).map(v -> v * v).sum();
      double z = (squares / x.length - 1) / Math.sqrt(2.0 / x.length);
      assertThat(Math.abs(z)).as(noise).isLessThan(4);
      assertThat(x).isNotEqualTo(normals);
    }
  }

  @Test
  void targetsThatAreNone() {
    Task task = Task.of("langevin").column("x", "x").parameter("eta", "0.3");
    Table table = new Table().vectors("x", new double[][] {{0, 1}});
    java.util.function.BiConsumer<Task, String> refuses =
        (wrong, message) ->
            assertThatThrownBy(() -> table.evaluate(wrong)).hasMessageContaining(message);
    Task gaussian = task.parameter("score-function", "gaussian");
    refuses.accept(gaussian, "found target 'none', expected JSON or a file");
    refuses.accept(
        gaussian.parameter("target", "{\"means\": [[1]], \"deviations\": [1]}"),
        "found a mean of 1 numbers, expected 2 as in x");
    refuses.accept(
        gaussian.parameter("target", "{\"means\": [[1, 2], [3, 4]], \"deviations\": [1, 1]}"),
        "found 2 means, expected one");
    refuses.accept(
        gaussian.parameter("target", "{\"means\": [[1, 2]]}"),
        "found neither covariances nor deviations");
    refuses.accept(gaussian.parameter("target", "{\"mean\": [[1, 2]]}"), "found key 'mean'");
    refuses.accept(gaussian.parameter("target", "{\"means\": [[1, "), "found no JSON");
    refuses.accept(
        gaussian.parameter("target", "nowhere.json"), "nowhere.json: found no readable file");
    refuses.accept(
        task.parameter("correction", "metropolis")
            .parameter("score-function", "standard-normal")
            .parameter("noise", "numpy:1"),
        "expected a density and noise philox or threefry");
  }

  @Test
  void aChainDoesNotDependOnOthers() {
    LangevinSampler sampler = new LangevinSampler(0.2, true, 3, 2, 1);
    double[][] start = {{0.5, 1}, {-2, 0}};
    ScoreFunction target =
        new GaussianScore(new double[] {0, 1}, new double[][] {{2, 0.5}, {0.5, 1}});
    List<double[][]> both = sampler.run(target, start, 10).draws();
    assertThat(sampler.run(target, new double[][] {start[0]}, 10).draws().getFirst())
        .isDeepEqualTo(both.getFirst());
  }

  /// Two far modes of the data with noise sigma: annealing finds them in the right shares.
  @Test
  void annealingFindsBothModes() {
    double[][] states = new double[2000][1];
    Random random = new Random(4);
    for (double[] state : states) {
      state[0] = 10 * random.nextGaussian();
    }
    double[] sigmas = io.lanewise.objective.diffusion.Sigmas.exponential(12, 0.05, 10);
    LangevinSampler.annealed(
        (x, sigma, score) -> {
          double deviation = Math.sqrt(0.01 + sigma * sigma);
          new MixtureScore(
                  new double[] {1, 4},
                  List.of(
                      GaussianScore.isotropic(new double[] {-3}, deviation),
                      GaussianScore.isotropic(new double[] {3}, deviation)))
              .evaluate(x, score);
        },
        sigmas,
        30,
        2e-4,
        true,
        6,
        states);
    double[] x = Arrays.stream(states).mapToDouble(s -> s[0]).toArray();
    double low = (double) Arrays.stream(x).filter(v -> v < 0).count() / x.length;
    assertThat(low).isCloseTo(0.2, within(5 * Math.sqrt(0.16 / 2000) + 0.02));
    assertThat(Arrays.stream(x).map(v -> Math.abs(Math.abs(v) - 3)).max().orElseThrow())
        .isLessThan(1);
  }

  @Test
  void scoresAreGradients() {
    GaussianScore a =
        new GaussianScore(new double[] {1, -1}, new double[][] {{2, 0.6}, {0.6, 0.5}});
    MixtureScore mixture =
        new MixtureScore(
            new double[] {1, 2}, List.of(a, GaussianScore.isotropic(new double[2], 0.7)));
    for (ScoreFunction f : List.of(a, mixture)) {
      double[] x = {0.3, -0.4};
      double[] score = new double[2];
      f.evaluate(x, score);
      for (int j = 0; j < 2; j++) {
        double[] up = x.clone();
        double[] down = x.clone();
        up[j] += 1e-5;
        down[j] -= 1e-5;
        double slope = (f.evaluate(up, new double[2]) - f.evaluate(down, new double[2])) / 2e-5;
        assertThat(score[j]).isCloseTo(slope, within(1e-8));
      }
    }
    // scipy 1.10: multivariate_normal.logpdf([.3, -.4], [1, -1], [[2, .6], [.6, .5]])
    assertThat(a.evaluate(new double[] {0.3, -0.4}, new double[2]))
        .isCloseTo(-2.7623897650951355, within(1e-14));
  }

  @Test
  void diagnosticsOfGivenChains() {
    // numpy 1.24: halves (1, 2), (3, 4), (2, 4), (6, 9); W = 1.875, variance of means = 6.5625
    double[][] chains = {{1, 2, 3, 4}, {2, 4, 6, 9}};
    assertThat(Diagnostics.splitRHat(chains)).isCloseTo(2.0, within(1e-14));
    assertThat(Diagnostics.splitRHat(new double[][] {{1, 1, 1, 1}})).isNaN();
    assertThatThrownBy(() -> Diagnostics.splitRHat(new double[][] {{1, 2}}))
        .hasMessageContaining("found 1 of 2 draws");
    Random random = new Random(3);
    double[][] independent = new double[4][1000];
    for (double[] chain : independent) {
      Arrays.setAll(chain, i -> random.nextGaussian());
    }
    assertThat(Diagnostics.effectiveSampleSize(independent)).isBetween(3200.0, 4800.0);
    assertThat(Diagnostics.splitRHat(independent)).isCloseTo(1, within(0.01));
  }

  @Test
  void whatCannotBe() {
    assertThatThrownBy(() -> new LangevinSampler(0, true, 0, 1, 0)).hasMessageContaining("eta 0.0");
    assertThatThrownBy(() -> new GaussianScore(new double[2], new double[][] {{1, 2}, {2, 1}}))
        .hasMessageContaining("positive definite");
    ScoreFunction unknown =
        (x, score) -> {
          Arrays.fill(score, 0);
          return Double.NaN;
        };
    assertThatThrownBy(
            () -> new LangevinSampler(1, true, 0, 1, 0).run(unknown, new double[1][1], 1))
        .hasMessageContaining("found no log-density");
  }
}
