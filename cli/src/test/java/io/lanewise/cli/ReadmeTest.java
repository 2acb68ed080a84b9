package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the README shows of a command's output is what it prints.
class ReadmeTest {
  private static final Path ROOT = Path.of("..");

  /// A command after a `$`, and the first lines of its output, all indented.
  private static final Pattern EXAMPLE =
      Pattern.compile(" {4}\\$ lanewise ([^\\n]*)\\n((?: {4}[^\\n]*\\n|\\n(?= {4}))+)");

  private record Example(String command, List<String> output) {
    @Override
    public String toString() {
      return command;
    }
  }

  static Stream<Example> examples() throws IOException {
    List<MatchResult> found =
        EXAMPLE.matcher(Files.readString(ROOT.resolve("README.md"))).results().toList();
    return found.stream()
        .map(match -> new Example(match.group(1), match.group(2).lines().toList()));
  }

  @Test
  void thereAreFourRecipes() throws IOException {
    assertThat(examples()).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void printsWhatIsShown(Example example) {
    String[] words = example.command.replace("data/", ROOT.resolve("data") + "/").split(" ");

    List<String> printed = plain(Shell.run(Objectives.all(), words).out().lines());

    assertThat(example.output).hasSizeGreaterThan(4);
    assertThat(printed.subList(0, Math.min(printed.size(), example.output.size())))
        .isEqualTo(plain(example.output.stream()));
  }

  /// Columns are as wide as their longest number, and that may be a rounding error.
  private static List<String> plain(Stream<String> lines) {
    return lines.map(line -> line.strip().replaceAll(" +", " ")).toList();
  }
}
