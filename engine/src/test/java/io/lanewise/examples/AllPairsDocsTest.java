package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objectives;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What docs/objectives/sample.md says of all pairs of rows: its example is the code that runs
/// here, and it names every role, parameter, measure and output.
class AllPairsDocsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  private static final Path PAGE = Path.of("..", "docs", "objectives", "sample.md");
  private static final Path SOURCE =
      Path.of("src", "test", "java", "io", "lanewise", "examples", "AllPairsExample.java");

  @TempDir Path temp;

  private Report run(String generated) {
    return AllPairsExample.run(
        DATA.resolve("real.npy").toString(), DATA.resolve(generated).toString(), temp);
  }

  private static double value(Report report, String evaluation, String measure) {
    Measure found =
        Objects.requireNonNull(
            Objects.requireNonNull(report.evaluation(evaluation)).measure(measure));
    return found.value();
  }

  @Test
  void theExampleRunsAndTellsGoodFromCollapsed() {
    Report good = run("samples-good.npy");
    assertThat(temp.resolve("precision-recall-generated.npz")).exists();
    Report collapsed = run("samples-collapsed.npy");
    assertThat(value(good, "kid", "kid")).isLessThan(value(collapsed, "kid", "kid"));
    assertThat(value(good, "precision-recall", "recall"))
        .isGreaterThan(value(collapsed, "precision-recall", "recall"));
  }

  @Test
  void thePageShowsTheCodeThatRuns() throws IOException {
    String source = Files.readString(SOURCE);
    String code =
        source
            .substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("// end"))
            .stripIndent();
    assertThat(Files.readString(PAGE)).contains("```java\n" + code + "```");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kernel-inception-distance",
        "maximum-mean-discrepancy",
        "precision-recall",
        "memorization",
        "energy-distance",
        "pairwise-distance"
      })
  void thePageNamesEverything(String id) throws IOException {
    Descriptor descriptor = Objectives.get(id).descriptor();
    String page = Files.readString(PAGE);
    String heading = "\n## " + id + "\n";
    assertThat(page).contains(heading);
    String rest = page.substring(page.indexOf(heading) + heading.length());
    String section = rest.contains("\n## ") ? rest.substring(0, rest.indexOf("\n## ")) : rest;
    Stream<String> names =
        Stream.of(
                descriptor.sets().stream().map(s -> s.name()),
                descriptor.sets().stream().flatMap(s -> s.roles().stream()).map(r -> r.name()),
                descriptor.parameters().stream().map(p -> p.name()),
                descriptor.outputs().stream().map(o -> o.name()),
                descriptor.aliases().stream())
            .flatMap(s -> s);
    assertThat(names).allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
    assertThat(section).contains("lanewise ").contains("objective: " + id);
  }
}
