package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.score.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The page of the score family: its Java example is the code that runs here, and it names every
/// role, parameter and output of every objective.
class ScoreDocsTest {
  private static final Path DOCS = Path.of("..", "docs", "objectives");
  private static final Path SOURCES = Path.of("src", "test", "java", "io", "lanewise", "examples");

  @Test
  void scoreExampleRuns() {
    Diagnostics.Summary summary = ScoreExample.run();
    assertThat(summary.acceptance()).isBetween(0.6, 0.98);
    assertThat(summary.splitRHat()).isBetween(0.99, 1.02);
    assertThat(summary.effectiveSampleSize()).isGreaterThan(1000);
    assertThat(summary.evaluations()).isEqualTo(16 * 5501L);
  }

  @Test
  void docsShowTheCodeThatRuns() throws IOException {
    String source = Files.readString(SOURCES.resolve("ScoreExample.java"));
    String code =
        source
            .substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("// end"))
            .stripIndent();
    assertThat(code.lines().count()).isLessThan(10);
    assertThat(Files.readString(DOCS.resolve("score.md"))).contains("```java\n" + code + "```");
  }

  static Stream<Descriptor> descriptors() {
    return Objectives.all().stream()
        .map(Objective::descriptor)
        .filter(d -> d.family() == Family.SCORE);
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void docsNameEverything(Descriptor descriptor) throws IOException {
    String page = Files.readString(DOCS.resolve("score.md"));
    String heading = "\n## " + descriptor.id() + "\n";
    assertThat(page).contains(heading);
    String rest = page.substring(page.indexOf(heading) + heading.length());
    String section = rest.contains("\n## ") ? rest.substring(0, rest.indexOf("\n## ")) : rest;
    Stream<String> names =
        Stream.of(
                descriptor.sets().stream().flatMap(s -> s.roles().stream()).map(r -> r.name()),
                descriptor.parameters().stream().map(p -> p.name()),
                descriptor.outputs().stream().map(o -> o.name()))
            .flatMap(s -> s);
    assertThat(names).allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
    assertThat(section)
        .contains("lanewise " + descriptor.id())
        .contains("objective: " + descriptor.id());
  }
}
