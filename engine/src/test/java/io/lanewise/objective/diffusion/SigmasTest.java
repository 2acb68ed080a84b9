package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ladders and the sigmas of timesteps against k-diffusion, run in float64.
class SigmasTest {
  private static final Schedule LINEAR = Schedule.of("linear", 1000);

  private static JsonNode golden() throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(Path.of("../data/golden/diffusion/denoisers.json")));
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  /// k-diffusion's end with a 0, ours do not.
  private static void ladder(JsonNode expected, double... found) {
    double[] whole = numbers(expected);
    assertThat(found).hasSize(whole.length - 1);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(whole[i], Percentage.withPercentage(1e-10));
    }
  }

  @Test
  void laddersOfKDiffusion() throws IOException {
    JsonNode ladders = golden().get("ladders");
    ladder(ladders.get("karras"), Sigmas.karras(7, 0.02, 50, 5));
    ladder(ladders.get("exponential"), Sigmas.exponential(7, 0.02, 50));
    ladder(ladders.get("polyexponential 1"), Sigmas.polyexponential(7, 0.02, 50, 1));
    ladder(ladders.get("polyexponential 2.5"), Sigmas.polyexponential(7, 0.02, 50, 2.5));
    ladder(ladders.get("polyexponential 2.5"), Sigmas.of("polyexponential", 7, 0.02, 50, 2.5));
    ladder(ladders.get("vp"), Sigmas.of("vp", 7));
    ladder(golden().get("times").get("sigmas"), Sigmas.of(LINEAR, 7));
    assertThat(Sigmas.of("polyexponential", 3)).isEqualTo(Sigmas.polyexponential(3, 0.002, 80, 1));
    assertThat(Sigmas.polyexponential(1, 0.02, 50, 1)).containsExactly(50);
    assertThatThrownBy(() -> Sigmas.polyexponential(3, 1, 2, 0)).hasMessageContaining("rho");
    assertThatThrownBy(() -> Sigmas.of("vp", 3, 1, 2, 7))
        .hasMessageContaining("sigmas 'vp': found");
  }

  @Test
  void timestepsOfSigmas() throws IOException {
    JsonNode times = golden().get("times");
    double[] of = numbers(times.get("of"));
    assertThat(Arrays.stream(of).map(s -> Sigmas.timestep(LINEAR, s)).toArray())
        .containsExactly(numbers(times.get("t")), within(1e-9));
    assertThat(Arrays.stream(of).map(s -> Sigmas.nearestTimestep(LINEAR, s)).toArray())
        .isEqualTo(numbers(times.get("nearest")));
    assertThat(Sigmas.timestep(LINEAR, Sigmas.at(LINEAR, 123.25))).isCloseTo(123.25, within(1e-9));
    Schedule silent = Schedule.of("linear-zero-snr", 1000);
    assertThat(Sigmas.timestep(silent, Double.POSITIVE_INFINITY)).isEqualTo(999);
    assertThat(Sigmas.timestep(silent, 0)).isZero();
    assertThatThrownBy(() -> Sigmas.at(LINEAR, 999.5))
        .hasMessage("schedule 'linear': found timestep 999.5, expected 0 to 999");
  }
}
