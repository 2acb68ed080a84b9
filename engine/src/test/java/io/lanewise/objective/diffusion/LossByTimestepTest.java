package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which timesteps the rule calls failed.
class LossByTimestepTest {
  @TempDir Path temp;

  /// A curve that falls from 1 to 0.01 over 200 timesteps, 20 noisy rows each.
  private Verdict verdict(int failing, double factor, int steps) throws IOException {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder("loss,t\n");
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < 20; i++) {
        double loss = Math.exp(-4.6 * t / steps) * (1 + 0.1 * random.nextGaussian());
        csv.append(t == failing ? factor * loss : loss).append(',').append(t).append('\n');
      }
    }
    Path file = Files.writeString(temp.resolve("loss.csv"), csv);
    return Objects.requireNonNull(
            Evaluation.builder()
                .data("rows", file.toString())
                .evaluate(Task.of("loss-by-timestep"))
                .build()
                .run()
                .evaluation("loss-by-timestep"))
        .verdicts()
        .getFirst();
  }

  @Test
  void aSmoothCurvePasses() throws IOException {
    assertThat(verdict(-1, 1, 200).status()).isEqualTo(Verdict.Status.PASS);
  }

  @Test
  void oneTimestepThatFailsIsNamed() throws IOException {
    Verdict verdict = verdict(50, 2, 200);
    assertThat(verdict.status()).isEqualTo(Verdict.Status.FAIL);
    assertThat(verdict.evidence()).startsWith("1 of 200 groups: 50 (");
    assertThat(verdict.rule()).contains("more than 6.0 robust standard deviations");
  }

  @Test
  void tooFewGroupsTellNothing() throws IOException {
    assertThat(verdict(2, 9, 5).status()).isEqualTo(Verdict.Status.UNKNOWN);
  }
}
