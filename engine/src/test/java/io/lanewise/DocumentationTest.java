package io.lanewise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Transform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said of the registry outside of it.
class DocumentationTest {
  @Test
  void theReadmeListsEveryObjective() throws IOException {
    StringBuilder table =
        new StringBuilder("| objective | what | kind | formula |\n|---|---|---|---|\n");
    for (Objective objective : Objectives.all()) {
      Descriptor d = objective.descriptor();
      String kind =
          switch (objective) {
            case RowObjective rows -> "row";
            case Transform transform -> "transform";
            case SampleMetric metric -> "sample metric";
          };
      table.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(d.id(), d.title(), kind, d.formula().replace("|", "\\|")));
    }
    Path written = Files.writeString(Path.of("target", "objectives.md"), table);
    assertThat(Files.readString(Path.of("..", "README.md")))
        .as("README.md between its objectives comments must be the text of engine/%s", written)
        .contains("DocumentationTest -->\n" + table + "<!-- /objectives -->");
  }

  static java.util.List<Objective> objectives() {
    return Objectives.all();
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void descriptorsSayEverything(Objective objective) {
    Descriptor d = objective.descriptor();
    assertThat(d.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(d.formula()).isNotBlank();
    assertThat(d.reference()).isNotBlank();
    assertThat(d.sets()).isNotEmpty();
    d.sets()
        .forEach(set -> {
          assertThat(set.doc()).endsWith(".");
          set.roles().forEach(role -> assertThat(role.doc()).isNotBlank());
        });
    d.parameters().forEach(p -> assertThat(p.doc()).isNotBlank());
    d.outputs()
        .forEach(o -> {
          assertThat(o.definition()).isNotBlank();
          assertThat(o.unit()).isNotBlank();
        });
    d.parameters().stream()
        .filter(p -> p.defaultText() != null)
        .forEach(p ->
            assertThat(p.parse(java.util.Objects.requireNonNull(p.defaultText()))).isNotNull());
  }
}
