package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objectives;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The page of the sample family: its Java example is the code that runs here, and its sections
/// name every role, parameter and output.
class DistributionDocsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  private static final Path PAGE = Path.of("..", "docs", "objectives", "sample.md");

  @Test
  void theExampleRuns() {
    Report report =
        DistributionExample.run(
            DATA.resolve("real.npy").toString(), DATA.resolve("samples-good.npy").toString());
    assertThat(report.evaluations()).hasSize(2);
    assertThat(
            Objects.requireNonNull(report.evaluations().getLast().measure("vendi-score")).value())
        .isBetween(1.0, 64.0);
    assertThat(report.provenance().linearAlgebra()).containsAnyOf("openblas", "ojalgo");
  }

  @Test
  void thePageShowsTheCodeThatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/io/lanewise/examples/DistributionExample.java"));
    String code =
        source
            .substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("// end"))
            .stripIndent();
    assertThat(code.lines().count()).isLessThan(11);
    assertThat(Files.readString(PAGE)).contains("```java\n" + code + "```");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frechet-distance",
        "diversity",
        "inception-score",
        "vendi-score",
        "sliced-wasserstein",
        "mode-coverage"
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
                descriptor.sets().stream().flatMap(s -> s.roles().stream()).map(r -> r.name()),
                descriptor.parameters().stream().map(p -> p.name()),
                descriptor.outputs().stream().map(o -> o.name()))
            .flatMap(s -> s);
    assertThat(names).allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
    assertThat(section).contains("lanewise " + id).contains("objective: " + id);
  }
}
