package io.lanewise.objective.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.result.Verdict;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is said of chains that do not move, and of draws at the ends of float64.
class ChainSummaryTest {
  private static final long[] IDS = {7, 8, 9};

  private static double[][] moving() {
    Random random = new Random(11);
    double[][] chains = new double[3][20];
    for (double[] chain : chains) {
      Arrays.setAll(chain, i -> random.nextGaussian());
    }
    return chains;
  }

  @Test
  void aDimensionThatIsConstantHasNoSizeAndIsNamed() {
    ChainSummary summary = new ChainSummary();
    summary.add(moving());
    double[][] constant = new double[3][20];
    Arrays.stream(constant).forEach(chain -> Arrays.fill(chain, 0.1));
    summary.add(constant);
    assertThat(summary.sizes.get(0)).isFinite();
    assertThat(summary.sizes.get(1)).isNaN();
    assertThat(summary.bulkSizes.get(1)).isNaN();
    assertThat(summary.tailSizes.get(1)).isNaN();
    assertThat(summary.meanErrors.get(1)).isNaN();
    Verdict verdict = summary.moving(IDS);
    assertThat(verdict.status()).isEqualTo(Verdict.Status.FAIL);
    assertThat(verdict.evidence()).isEqualTo("dimension 1: all draws are 0.1");
    Verdict mixed = summary.mixed(5);
    assertThat(mixed.status()).isEqualTo(Verdict.Status.UNKNOWN);
    assertThat(mixed.evidence()).contains("of dimension 0", "no R-hat of 1 of 2 dimensions");
    // What is known to be too great is so whatever the other dimension would say.
    double[][] apart = moving();
    Arrays.setAll(apart[0], i -> apart[0][i] + 9);
    summary.add(apart);
    assertThat(summary.mixed(1.01).status()).isEqualTo(Verdict.Status.FAIL);
  }

  @Test
  void chainsAndHalvesThatDoNotMoveAreNamed() {
    double[][] chains = moving();
    Arrays.fill(chains[1], 0.1);
    Arrays.fill(chains[2], 10, 20, -3);
    ChainSummary summary = new ChainSummary();
    summary.add(chains);
    assertThat(summary.moving(IDS).status()).isEqualTo(Verdict.Status.FAIL);
    assertThat(summary.moving(IDS).evidence())
        .isEqualTo(
            "dimension 0: chain 8 does not move; dimension 0: chain 9 does not move in its second"
                + " half");
    ChainSummary half = new ChainSummary();
    chains = moving();
    Arrays.fill(chains[0], 0, 10, 5);
    half.add(chains);
    assertThat(half.moving(IDS).status()).isEqualTo(Verdict.Status.WARN);
    ChainSummary none = new ChainSummary();
    none.add(moving());
    assertThat(none.moving(IDS).status()).isEqualTo(Verdict.Status.PASS);
  }

  @Test
  void aJudgementNamesFivePlaces() {
    ChainSummary summary = new ChainSummary();
    for (int j = 0; j < 8; j++) {
      summary.add(new double[3][8]);
    }
    assertThat(summary.moving(IDS).evidence())
        .startsWith("dimension 0: all draws are 0.0; ")
        .endsWith("dimension 4: all draws are 0.0; and 3 more");
  }

  @Test
  void scaleDoesNotShow() {
    double[][] chains = moving();
    double size = Diagnostics.effectiveSampleSize(chains);
    double reduction = Diagnostics.splitRHat(chains);
    double rank = Diagnostics.rankRHat(chains);
    double error = Diagnostics.meanError(chains);
    for (int exponent : new int[] {1021, 532, -565, -1000}) {
      double[][] scaled = times(chains, exponent);
      assertThat(Diagnostics.effectiveSampleSize(scaled)).isEqualTo(size);
      assertThat(Diagnostics.splitRHat(scaled)).isEqualTo(reduction);
      assertThat(Diagnostics.rankRHat(scaled)).isEqualTo(rank);
      assertThat(Diagnostics.meanError(scaled)).isEqualTo(Math.scalb(error, exponent));
    }
    // A spread of 1e-10 around 1e160, and integers in units of the least number there is.
    double[][] far = new double[3][20];
    double[][] least = new double[3][20];
    double[][] whole = new double[3][20];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 20; i++) {
        double rounded = Math.rint(1000 * chains[c][i]);
        whole[c][i] = rounded;
        least[c][i] = Math.scalb(rounded, -1074);
        far[c][i] = Math.scalb(Math.scalb(1, 43) + rounded, 490);
      }
    }
    size = Diagnostics.effectiveSampleSize(whole);
    assertThat(Diagnostics.effectiveSampleSize(least)).isEqualTo(size);
    assertThat(Diagnostics.effectiveSampleSize(far)).isCloseTo(size, within(1e-10 * size));
    assertThat(Diagnostics.splitRHat(far)).isCloseTo(Diagnostics.splitRHat(whole), within(1e-12));
  }

  @Test
  void chainsApartByMoreThanTheirSquaresCanSay() {
    double[][] chains = times(moving(), -500);
    Arrays.fill(chains[0], 1);
    // Of two half-chains at 1 and four at 0: B/n = 4/15; W is the variance of the others, of which
    // a third is 0.
    double variances = 0;
    for (int c = 1; c < 3; c++) {
      for (int half = 0; half < 2; half++) {
        double[] x = Arrays.copyOfRange(moving()[c], 10 * half, 10 * half + 10);
        double mean = Arrays.stream(x).average().orElseThrow();
        variances += Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / 9;
      }
    }
    double expected = Math.scalb(Math.sqrt(4.0 / 15 / (variances / 6)), 500);
    assertThat(Diagnostics.splitRHat(chains)).isCloseTo(expected, within(1e-12 * expected));
  }

  private static double[][] times(double[][] chains, int exponent) {
    double[][] scaled = new double[chains.length][];
    for (int c = 0; c < chains.length; c++) {
      scaled[c] = Arrays.stream(chains[c]).map(v -> Math.scalb(v, exponent)).toArray();
    }
    return scaled;
  }
}
