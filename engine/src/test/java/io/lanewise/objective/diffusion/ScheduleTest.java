package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Schedules against 80-bit NumPy (schedules.txt, schedules.py) and the cases E15, E24, E29 and E31
/// of other projects.
class ScheduleTest {
  private static List<String[]> golden() throws IOException {
    return Files.readAllLines(Path.of("..", "data", "golden", "diffusion", "schedules.txt"))
        .stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replace("-inf", "-Infinity").split(" "))
        .toList();
  }

  private static void close(String what, double found, String expected, double relative) {
    double value = Double.parseDouble(expected);
    if (Double.isInfinite(value)) {
      assertThat(found).as(what).isEqualTo(value);
    } else {
      assertThat(found).as(what).isCloseTo(value, within(relative * Math.abs(value)));
    }
  }

  /// The product of up to 4000 factors is the least exact of them; what is small near t = 0 is not.
  @Test
  void tablesAgreeWithMorePrecision() throws IOException {
    int lines = 0;
    for (String[] line : golden()) {
      String what = String.join(" ", Arrays.copyOf(line, 3));
      int t = Integer.parseInt(line[2]);
      if (line.length == 4) {
        double[] sigmas = Sigmas.of(line[0], Integer.parseInt(line[1]));
        close(what, sigmas[t], line[3], 3e-14);
      } else {
        Schedule schedule = Schedule.of(line[0], Integer.parseInt(line[1]));
        Posterior posterior = schedule.posterior(t, t - 1);
        // The terminal beta of a rescaled schedule and its neighbours divide by what is almost 0.
        double loose = line[0].endsWith("-zero-snr") ? 1e-8 : 2e-12;
        close(what + " beta", schedule.beta()[t], line[3], loose);
        close(what + " alphaBar", schedule.alphaBar()[t], line[4], loose);
        close(what + " noise", schedule.noise()[t], line[5], 3e-14);
        close(what + " logSnr", schedule.logSnr(t), line[6], loose);
        close(what + " coefficient1", posterior.coefficient1(), line[7], loose);
        close(what + " coefficient2", posterior.coefficient2(), line[8], loose);
        close(what + " variance", posterior.variance(), line[9], loose);
      }
      lines++;
    }
    assertThat(lines).isEqualTo(128);
  }

  /// Case E15: diffusers, DDPMScheduler, fixed_small.
  @ParameterizedTest
  @CsvSource({"0, 0", "487, 0.00979157198569", "999, 0.01999998352656"})
  void fixedSmallVariance(int t, double expected) {
    double found = Schedule.of("linear", 1000).posterior(t, t - 1).variance("fixed-small", 0);
    assertThat(found).isCloseTo(expected, within(1e-14));
  }

  /// Case E24: improved-diffusion.
  @Test
  void openAiLinear() {
    Schedule schedule = Schedule.of("linear-scaled", 1000);
    assertThat(schedule.alphaBar()[0]).isEqualTo(.9999);
    assertThat(schedule.alphaBar()[1]).isCloseTo(.9997800920720721, within(2e-16));
    assertThat(schedule.alphaBar()[499]).isCloseTo(.07858724288177824, within(2e-16));
    assertThat(schedule.alphaBar()[999]).isCloseTo(4.035829765375676e-05, within(1e-18));
    assertThat(schedule.posterior(1, 0).variance())
        .isCloseTo(5.4531876613021935e-05, within(1e-16));
    assertThat(schedule.posteriorLogVarianceClipped()[0])
        .isCloseTo(-9.81672513529567, within(1e-12));
    assertThat(schedule.posterior(500, 499).coefficient1())
        .isCloseTo(.003058057075629619, within(1e-15));
    assertThat(schedule.posterior(500, 499).coefficient2())
        .isCloseTo(.9941043507567258, within(1e-15));
  }

  /// Case E31: compute_snr of diffusers loses 3 digits at t = 0; 9999 is the exact ratio there.
  @Test
  void signalToNoise() {
    Schedule schedule = Schedule.of("linear", 1000);
    assertThat(schedule.snr(0)).isCloseTo(9999.0000000011, within(2e-9));
    assertThat(schedule.snr(0)).isCloseTo(9999, within(4e-12));
    assertThat(schedule.snr(499)).isCloseTo(.08528994446263685, within(1e-15));
    assertThat(schedule.snr(999)).isCloseTo(4.0359926511684205e-05, within(1e-18));
    assertThat(schedule.sigma(0)).isCloseTo(0.010000500037503126, within(1e-17));
  }

  /// Case E29: EDM.
  @Test
  void edmCoefficients() {
    Preconditioning one = Preconditioning.of(1, 0.5);
    assertThat(one.skip()).isEqualTo(.2);
    assertThat(one.out()).isCloseTo(.4472135954999579, within(1e-16));
    assertThat(one.in()).isCloseTo(.8944271909999159, within(2e-16));
    assertThat(one.noise()).isZero();
    assertThat(one.weight()).isEqualTo(5);
    double[] karras = Sigmas.karras(5, 0.002, 80, 7);
    double[] expected = {80, 17.52783196464411, 2.515218976147159, .16975275626876413, .002};
    for (int i = 0; i < 5; i++) {
      assertThat(karras[i]).isCloseTo(expected[i], within(2e-14 * expected[i]));
    }
  }

  @Test
  void noSignalIsLeftAfterRescaling() {
    for (String name : List.of("linear", "scaled-linear", "squared-cosine")) {
      Schedule plain = Schedule.of(name, 1000);
      Schedule rescaled = plain.zeroTerminalSnr();
      assertThat(rescaled.alphaBar()[999]).isZero();
      assertThat(rescaled.noise()[999]).isEqualTo(1);
      assertThat(rescaled.beta()[999]).isEqualTo(1);
      assertThat(rescaled.logSnr(999)).isEqualTo(Double.NEGATIVE_INFINITY);
      assertThat(rescaled.alphaBar()[0]).isEqualTo(plain.alphaBar()[0]);
    }
  }

  @Test
  void learnedVariances() {
    Posterior posterior = Schedule.of("linear", 1000).posterior(500, 499);
    assertThat(posterior.variance("learned-range", 1)).isCloseTo(posterior.beta(), within(1e-16));
    assertThat(posterior.variance("learned-range", -1))
        .isCloseTo(posterior.variance(), within(1e-16));
    assertThat(posterior.variance("learned", -2)).isEqualTo(StrictMath.exp(-2));
    assertThat(posterior.variance("none", 9)).isZero();
    assertThatThrownBy(() -> posterior.variance("small", 0)).hasMessageContaining("'small'");
  }

  /// What diffusers 0.3x and improved-diffusion's space_timesteps give.
  @Test
  void spacing() {
    assertThat(Spacing.of("leading", 1000, 4)).containsExactly(750, 500, 250, 0);
    assertThat(Spacing.of("trailing", 1000, 4)).containsExactly(999, 749, 499, 249);
    assertThat(Spacing.of("linspace", 1000, 4)).containsExactly(999, 666, 333, 0);
    assertThat(Spacing.of("linspace", 1000, 1)).containsExactly(0);
    // 1000 / 16 = 62.5: halves go to the even neighbour.
    assertThat(Spacing.of("trailing", 1000, 16)).startsWith(999, 937, 874, 811, 749);
    assertThat(Spacing.spaceTimesteps(100, "ddim25")).startsWith(0, 4, 8).hasSize(25);
    assertThat(Spacing.spaceTimesteps(300, "10,15,20"))
        .hasSize(45)
        .startsWith(0, 11, 22)
        .endsWith(299);
    // A section of 6 with 3: stride 2.5 gives 0, 2.5, 5; Python rounds 2.5 to 2.
    assertThat(Spacing.spaceTimesteps(6, "3")).containsExactly(0, 2, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim999", "ddim", "5,x", "101", ""})
  void spacingThatCannotBe(String specification) {
    assertThatThrownBy(() -> Spacing.spaceTimesteps(100, specification))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found");
  }

  /// alpha and sigma of all processes at once: those of the score_sde and flow_matching formulas.
  @ParameterizedTest
  @CsvSource({
    "vp-sde, 0.5, 0.2811828808, 0.9596542021",
    "sub-vp-sde, 0.5, 0.2811828808, 0.9209361875",
    "ve-sde, 0.5, 1, 0.7071067812",
    "edm, 0.25, 1, 0.25",
    "flow-data-to-noise, 0.25, 0.75, 0.25",
    "flow-noise-to-data, 0.25, 0.25, 0.75",
  })
  void processes(String name, double t, double alpha, double sigma) {
    DiffusionProcess process = DiffusionProcess.of(name);
    assertThat(process.alpha(t)).isCloseTo(alpha, within(1e-9));
    assertThat(process.sigma(t)).isCloseTo(sigma, within(1e-9));
    assertThat(process.logSnr(t)).isCloseTo(2 * Math.log(alpha / sigma), within(1e-8));
  }

  @Test
  void noiseNearTimeZeroKeepsItsDigits() {
    // beta(t) t = 1e-18: alpha rounds to 1, sigma does not round to 0.
    assertThat(DiffusionProcess.of("vp-sde").sigma(1e-17)).isCloseTo(1e-9, within(1e-16));
  }
}
