package io.lanewise.kernel.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The loops that are checked in are those that the generator writes, but for spaces and line ends,
/// which the formatter owns.
class GeneratedLoopsTest {
  private static final Path LOOPS =
      Path.of(System.getProperty("basedir", ".")).resolve("..").resolve(GenerateLoops.LOOPS);

  static Stream<String> classes() {
    return GenerateLoops.generate().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("classes")
  void isWhatTheGeneratorWrites(String name) throws IOException {
    String written = Files.readString(LOOPS.resolve(name + ".java"));
    assertThat(tokens(written))
        .as("%s.java: expected what GenerateLoops writes; run it and the formatter", name)
        .isEqualTo(tokens(GenerateLoops.generate().get(name)));
  }

  @Test
  void nothingElseCallsItselfGenerated() throws IOException {
    try (Stream<Path> files = Files.list(LOOPS)) {
      List<String> found =
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith("Loops.java"))
              .map(f -> f.replace(".java", ""))
              .sorted()
              .toList();
      assertThat(found).isEqualTo(classes().sorted().toList());
    }
  }

  /// The text without spaces, and without the marks at the start of comment lines, which the
  /// formatter may break anew.
  private static String tokens(String text) {
    return text.replaceAll("(?m)^\\s*///?", "").replaceAll("\\s+", "");
  }
}
