package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Verdict.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages of the likelihood and variational families: their Java examples are the code that runs
/// here, and they name every role, parameter and output of every objective.
class LikelihoodAndVariationalDocsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  private static final Path DOCS = Path.of("..", "docs", "objectives");
  private static final Path SOURCES = Path.of("src", "test", "java", "io", "lanewise", "examples");

  @Test
  void likelihoodExampleRuns() {
    EvaluationResult result =
        Objects.requireNonNull(
            LikelihoodExample.run(DATA.resolve("autoregressive.parquet").toString())
                .evaluation("log-likelihood"));
    assertThat(Objects.requireNonNull(result.measure("perplexity")).value()).isGreaterThan(1);
  }

  @Test
  void variationalExampleRuns() {
    EvaluationResult result =
        Objects.requireNonNull(
            VariationalExample.run(DATA.resolve("vae.npz").toString())
                .evaluation("posterior-collapse"));
    assertThat(result.verdicts().getFirst().status()).isEqualTo(Status.PASS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Likelihood", "Variational"})
  void docsShowTheCodeThatRuns(String family) throws IOException {
    String source = Files.readString(SOURCES.resolve(family + "Example.java"));
    String code =
        source
            .substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("    // end"))
            .stripTrailing()
            .stripIndent();
    assertThat(code.lines().count()).isLessThan(10);
    assertThat(Files.readString(DOCS.resolve(family.toLowerCase(Locale.ROOT) + ".md")))
        .contains("```java\n" + code + "\n```");
  }

  static Stream<Descriptor> descriptors() {
    return Objectives.all().stream()
        .map(Objective::descriptor)
        .filter(d -> EnumSet.of(Family.LIKELIHOOD, Family.VARIATIONAL).contains(d.family()));
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
