package io.lanewise.objective.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Reverse diffusion of normal data, whose score at every level is known: the predictor alone is an
/// affine map of normals, so that the mean and variance that it must reach are a recursion of a
/// line.
class PredictorCorrectorTest {
  private static final int ROWS = 8000;
  private static final double MEAN = 1.5;
  private static final double VARIANCE = 0.25;
  private static final double[] SIGMAS = new double[60];
  private static final double[] BETAS = new double[80];
  private static final double[] ALPHA_BAR = new double[80];

  static {
    Arrays.setAll(SIGMAS, i -> 0.01 * Math.pow(1000, i / 59.0));
    double product = 1;
    for (int i = 0; i < BETAS.length; i++) {
      BETAS[i] = 0.001 + 0.15 * i / 79;
      product *= 1 - BETAS[i];
      ALPHA_BAR[i] = product;
    }
  }

  private static void exploding(double[] x, int level, double[] score) {
    score[0] = (MEAN - x[0]) / (VARIANCE + SIGMAS[level] * SIGMAS[level]);
  }

  private static void preserving(double[] x, int level, double[] score) {
    double variance = ALPHA_BAR[level] * VARIANCE + 1 - ALPHA_BAR[level];
    score[0] = (Math.sqrt(ALPHA_BAR[level]) * MEAN - x[0]) / variance;
  }

  private static double[][] start(double deviation) {
    Random random = new Random(5);
    double[][] states = new double[ROWS][1];
    for (double[] state : states) {
      state[0] = deviation * random.nextGaussian();
    }
    return states;
  }

  private static double mean(double[][] states) {
    return Arrays.stream(states).mapToDouble(s -> s[0]).average().orElseThrow();
  }

  private static double variance(double[][] states) {
    double mean = mean(states);
    return Arrays.stream(states).mapToDouble(s -> (s[0] - mean) * (s[0] - mean)).sum() / (ROWS - 1);
  }

  private static void reaches(double[][] states, double mean, double variance) {
    assertThat(mean(states)).isCloseTo(mean, within(5 * Math.sqrt(variance / ROWS)));
    assertThat(variance(states)).isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / ROWS)));
  }

  @Test
  void thePredictorAloneReachesWhatItsRecursionSays() {
    double[][] states = start(SIGMAS[59]);
    double mean = 0;
    double variance = SIGMAS[59] * SIGMAS[59];
    for (int i = 59; i >= 0; i--) {
      double before = i == 0 ? 0 : SIGMAS[i - 1];
      double square = SIGMAS[i] * SIGMAS[i] - before * before;
      double share = square / (VARIANCE + SIGMAS[i] * SIGMAS[i]);
      mean += share * (MEAN - mean);
      variance = (1 - share) * (1 - share) * variance + (i == 0 ? 0 : square);
    }
    PredictorCorrector.Result result =
        PredictorCorrector.varianceExploding(SIGMAS)
            .withCorrections(0, 1, PredictorCorrector.Norm.ROW)
            .run(PredictorCorrectorTest::exploding, states, 3, 2);
    reaches(states, mean, variance);
    assertThat(result.cost().steps()).isEqualTo(60);
    assertThat(result.cost().evaluations()).isEqualTo(60L * ROWS);
    assertThat(result.meanStepSize()).isNaN();
  }

  @Test
  void theVariancePreservingPredictorToo() {
    double[][] states = start(1);
    double mean = 0;
    double variance = 1;
    for (int i = 79; i >= 0; i--) {
      double spread = ALPHA_BAR[i] * VARIANCE + 1 - ALPHA_BAR[i];
      double kept = 2 - Math.sqrt(1 - BETAS[i]) - BETAS[i] / spread;
      mean = kept * mean + BETAS[i] * Math.sqrt(ALPHA_BAR[i]) * MEAN / spread;
      variance = kept * kept * variance + BETAS[i];
    }
    PredictorCorrector.variancePreserving(BETAS)
        .withCorrections(0, 1, PredictorCorrector.Norm.ROW)
        .withoutDenoising()
        .run(PredictorCorrectorTest::preserving, states, 3, 1);
    reaches(states, mean, variance);
  }

  /// With a step from the batch's norms, which is the same for every row, each correction contracts
  /// by `1 - eta / variance` and adds `2 eta`; eta hardly varies over 8000 rows, so the recursion
  /// with its mean holds to a per cent.
  @Test
  void correctionsOfABatchReachWhatTheirRecursionSays() {
    double[][] states = start(SIGMAS[59]);
    double snr = 0.3;
    double mean = 0;
    double variance = SIGMAS[59] * SIGMAS[59];
    for (int i = 59; i >= 0; i--) {
      double spread = VARIANCE + SIGMAS[i] * SIGMAS[i];
      // |z| is half normal, |s| that of a normal with this mean and variance over the spread.
      double shift = mean - MEAN;
      double scale = Math.sqrt(variance);
      double folded =
          scale * Math.sqrt(2 / Math.PI) * Math.exp(-shift * shift / (2 * variance))
              + shift * erf(shift / (scale * Math.sqrt(2)));
      double ratio = snr * Math.sqrt(2 / Math.PI) / (folded / spread);
      double eta = 2 * ratio * ratio;
      mean += eta / spread * (MEAN - mean);
      variance = (1 - eta / spread) * (1 - eta / spread) * variance + 2 * eta;
      double before = i == 0 ? 0 : SIGMAS[i - 1];
      double square = SIGMAS[i] * SIGMAS[i] - before * before;
      double share = square / spread;
      mean += share * (MEAN - mean);
      variance = (1 - share) * (1 - share) * variance + (i == 0 ? 0 : square);
    }
    PredictorCorrector.Result result =
        PredictorCorrector.varianceExploding(SIGMAS)
            .withCorrections(1, snr, PredictorCorrector.Norm.BATCH)
            .run(PredictorCorrectorTest::exploding, states, 3, 2);
    assertThat(mean(states)).isCloseTo(mean, within(5 * Math.sqrt(variance / ROWS) + 0.01));
    assertThat(variance(states))
        .isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / ROWS) + 0.01 * variance));
    assertThat(result.cost().evaluations()).isEqualTo(120L * ROWS);
    assertThat(result.meanStepSize()).isPositive();
  }

  /// By Simpson's rule.
  private static double erf(double z) {
    int n = 2000;
    double h = z / n;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double at = i * h;
      sum += (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-at * at);
    }
    return 2 / Math.sqrt(Math.PI) * sum * h / 3;
  }

  @Test
  void threadsDoNotShowAndRowsDoNotDependOnEachOther() {
    for (PredictorCorrector.Norm norm : PredictorCorrector.Norm.values()) {
      double[][] one = Arrays.copyOf(start(10), 9);
      double[][] three = Arrays.stream(one).map(double[]::clone).toArray(double[][]::new);
      double[][] alone = {one[0].clone()};
      PredictorCorrector sampler =
          PredictorCorrector.varianceExploding(SIGMAS).withCorrections(2, 0.16, norm);
      sampler.run(PredictorCorrectorTest::exploding, one, 8, 1);
      sampler.run(PredictorCorrectorTest::exploding, three, 8, 3);
      sampler.run(PredictorCorrectorTest::exploding, alone, 8, 1);
      assertThat(three).isDeepEqualTo(one);
      assertThat(Arrays.equals(alone[0], one[0])).isEqualTo(norm == PredictorCorrector.Norm.ROW);
    }
  }

  @Test
  void whatCannotBe() {
    assertThatThrownBy(() -> PredictorCorrector.varianceExploding(1, 0.5))
        .hasMessageContaining("found 0.5 after 1.0 at 1");
    assertThatThrownBy(() -> PredictorCorrector.variancePreserving(0.1, 1))
        .hasMessageContaining("found 1.0 at 1");
  }
}
