package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scripts of completion; that for bash is tried in bash.
class CompletionCommandTest {
  /// A word in quotes, in which a quote or backslash stands after a backslash.
  private static final String QUOTED = "'(?:[^'\\\\]|\\\\['\\\\])*'";

  private static final Pattern FISH =
      Pattern.compile(
          "complete -c lanewise -n (?:__fish_use_subcommand -a [\\w-]+"
              + "|'__fish_seen_subcommand_from [\\w-]+'(?: -[ls] [\\w-]+)+(?: -r)?) -d "
              + QUOTED);

  @TempDir Path folder;

  private static Shell completion(String shell) {
    return Shell.run(Objectives.all(), "completion", shell);
  }

  @ParameterizedTest
  @CsvSource({
    "fi, 1, 'fid'",
    "samp, 1, 'samples'",
    "fid --cov, 2, '--covariance'",
    "vae --print, 2, '--print-plan'",
  })
  @EnabledOnOs(OS.LINUX)
  @Timeout(60)
  void bashCompletes(String typed, int word, String completed) throws Exception {
    Path script = Files.writeString(folder.resolve("completion"), completion("bash").out());
    String ask =
        "source '%s'; COMP_WORDS=(lanewise %s); COMP_CWORD=%d; _complete_lanewise; echo ${COMPREPLY[@]}"
            .formatted(script, typed, word);

    Process process =
        new ProcessBuilder(List.of("bash", "-c", ask))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(answer.strip()).isEqualTo(completed);
  }

  @Test
  void theScriptOfBashIsThatOfZsh() {
    assertThat(completion("zsh").out())
        .contains("bashcompinit")
        .hasSameSizeAs(completion("bash").out());
  }

  @Test
  void everyLineForFishIsACompletion() throws IOException {
    List<String> lines = completion("fish").out().lines().toList();

    assertThat(lines).allMatch(line -> FISH.matcher(line).matches());
    assertThat(lines)
        .anyMatch(line -> line.contains(" -a frechet-distance -d 'Fréchet distance"))
        .anyMatch(line -> line.contains("from gaussian-kl' -l mu -r -d 'Posterior mean"));
  }

  @Test
  void anotherShellIsRefused() {
    Shell shell = completion("tcsh");

    assertThat(shell.err()).contains("found 'tcsh', expected bash or zsh or fish");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
