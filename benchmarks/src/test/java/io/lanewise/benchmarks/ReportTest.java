package io.lanewise.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Runs `test_report.py`, where there is a python3: who measures needs it anyway.
class ReportTest {
  @Test
  void thePageSaysWhatWasMeasured() throws IOException, InterruptedException {
    assumeTrue(hasPython(), "no python3");
    Process tests =
        new ProcessBuilder("python3", "-B", "test_report.py").redirectErrorStream(true).start();
    String output = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tests.waitFor()).as(output).isZero();
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder(List.of("python3", "--version"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
