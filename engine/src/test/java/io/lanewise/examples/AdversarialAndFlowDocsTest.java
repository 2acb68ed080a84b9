package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages of the adversarial and flow families: their Java examples are the code that runs here,
/// and they name every role, parameter and output of every objective.
class AdversarialAndFlowDocsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  private static final Path DOCS = Path.of("..", "docs", "objectives");
  private static final Path SOURCES = Path.of("src", "test", "java", "io", "lanewise", "examples");

  @Test
  void adversarialExampleRuns() {
    Report report =
        AdversarialExample.run(
            DATA.resolve("gan-real.npz").toString(), DATA.resolve("gan-fake.npz").toString());
    assertThat(report.evaluations()).hasSize(2);
    assertThat(measure(report, "gan", "discriminator-loss").standardError()).isPositive();
  }

  @Test
  void flowExampleRuns() {
    Report report = FlowExample.run(DATA.resolve("flow.arrow").toString());
    assertThat(measure(report, "flow-log-density", "bits-per-dimension").value())
        .isCloseTo(2.29, within(0.01));
  }

  private static Measure measure(Report report, String evaluation, String name) {
    return Objects.requireNonNull(
        Objects.requireNonNull(report.evaluation(evaluation)).measure(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Adversarial", "Flow"})
  void docsShowTheCodeThatRuns(String family) throws IOException {
    String source = Files.readString(SOURCES.resolve(family + "Example.java"));
    String code =
        source
            .substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("// end"))
            .stripIndent();
    assertThat(code.lines().count()).isLessThan(10);
    assertThat(Files.readString(DOCS.resolve(family.toLowerCase(java.util.Locale.ROOT) + ".md")))
        .contains("```java\n" + code + "```");
  }

  static Stream<Descriptor> descriptors() {
    return Objectives.all().stream()
        .map(Objective::descriptor)
        .filter(d -> List.of(Family.ADVERSARIAL, Family.FLOW).contains(d.family()));
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void docsNameEverything(Descriptor descriptor) throws IOException {
    String page = Files.readString(DOCS.resolve(descriptor.family() + ".md"));
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
