package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleCommandTest {
  @Test
  void csvHasEveryDigit() {
    Shell shell = Shell.run("schedule", "linear", "--steps", "1000", "--format", "csv");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shell.out().lines())
        .hasSize(1001)
        .startsWith("t,beta,alphaBar,alpha,sigma,snr,logSnr")
        .anyMatch(line -> line.startsWith("0.0,1.0E-4,0.9999,"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scaled-linear-zero-snr", "flow-data-to-noise", "karras"})
  void textHasALineForEachLevel(String name) {
    Shell shell = Shell.run("schedule", name, "--steps", "5");
    assertThat(shell.out().lines()).hasSize(6);
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void jsonLeavesOutWhatThereIsNot() {
    Shell shell = Shell.run("schedule", "edm", "--steps", "2", "--format", "json");
    assertThat(shell.out()).contains("\"logSnr\"").doesNotContain("beta");
  }

  @Test
  void anUnknownNameIsAMisuse() {
    Shell shell = Shell.run("schedule", "liner");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains("did you mean 'linear'?");
  }
}
