package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.run.bind.ParameterFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsCommandTest {
  // lm-evaluation-harness 4e7e0d4: get_rolling_token_windows, run on 34 tokens with max_seq_len 10,
  // contexts 5 and 1.
  private static final String CONTEXT_5 =
      """
      document,inputFrom,inputTo,targetFrom,targetTo
      0,-1,9,0,10
      0,5,15,10,16
      0,11,21,16,22
      0,17,27,22,28
      0,23,33,28,34
      """;

  private static final String CONTEXT_1 =
      """
      document,inputFrom,inputTo,targetFrom,targetTo
      0,-1,9,0,10
      0,9,19,10,20
      0,19,29,20,30
      0,23,33,30,34
      1,-1,2,0,3
      """;

  @Test
  void asTheHarness() {
    Shell shell =
        Shell.run("windows", "34", "--max-length", "10", "--context", "5", "--format", "csv");
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out().lines()).containsExactlyElementsOf(CONTEXT_5.lines().toList());
    assertThat(
            Shell.run("windows", "34,0,3", "--max-length", "10", "--format", "csv").out().lines())
        .containsExactlyElementsOf(CONTEXT_1.replace("\n1,", "\n2,").lines().toList());
  }

  @Test
  void disjointInputsAreTheContextAlone() {
    Shell shell =
        Shell.run("windows", "34", "--max-length", "10", "--disjoint", "--format", "json");
    assertThat(shell.out().replaceAll("\\s", ""))
        .startsWith(
            "[{\"document\":0,\"inputFrom\":-1,\"inputTo\":0,\"targetFrom\":0,\"targetTo\":10}");
    assertThat(Shell.run("windows", "34", "--max-length", "10").out().lines()).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "arrow", "npz", "parquet"})
  void textsOfAFileToAFile(String extension, @TempDir Path temp) {
    Path file = temp.resolve("windows." + extension);
    Path again = temp.resolve("again." + extension);
    assertThat(Shell.run("windows", "12,7", "--max-length", "5", "-o", file.toString()).exitCode())
        .isEqualTo(ExitCode.DONE);
    assertThat(ParameterFile.expand("@" + file + "#targetTo")).isEqualTo("5.0,10.0,12.0,5.0,7.0");
    Shell shell =
        Shell.run("windows", "@" + file + "#targetTo", "--max-length", "5", "-o", again.toString());
    assertThat(shell.err()).isEmpty();
    assertThat(ParameterFile.expand("@" + again + "#document"))
        .isEqualTo("0.0,1.0,1.0,2.0,2.0,2.0,3.0,4.0,4.0");
  }

  @Test
  void whatCannotBe() {
    Shell shell = Shell.run("windows", "34.5", "--max-length", "10");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains("found '34.5', expected a whole number of tokens");
    shell = Shell.run("windows", "34", "--max-length", "10", "--context", "11");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains("found 11, expected 1 to --max-length = 10");
  }
}
