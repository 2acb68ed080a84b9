package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.source.DataSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The page of the diffusion family: its Java examples are the code that runs here, and it names
/// every role, parameter and output of every objective, those of levels and steps in the sections
/// about them.
class DiffusionDocsTest {
  private static final Path PAGE = Path.of("..", "docs", "objectives", "diffusion.md");

  @Test
  void noisingRuns(@TempDir Path temp) {
    String file = Path.of("..", "data", "quickstart", "diffusion.npz").toString();
    assertThat(DiffusionExample.run(file, temp).evaluations()).hasSize(1);
    try (DataSet data = DataSet.of(temp.resolve("noising.npz").toString())) {
      assertThat(data.schema().stream().map(c -> c.name()))
          .containsExactlyInAnyOrder("xt", "eps", "target", "t");
    }
  }

  /// The exact model of data that is 0.3 everywhere: that is what comes out.
  @Test
  void samplingRuns() {
    Schedule schedule = Schedule.of("squared-cosine", 1000);
    double[] x = {1.5, -0.2, 0.4, -2};
    DiffusionExample.sample(
        (state, rows, dim, t, out) ->
            Arrays.setAll(
                out,
                i ->
                    (state[i] - Math.sqrt(schedule.alphaBar()[(int) t]) * 0.3)
                        / Math.sqrt(schedule.noise()[(int) t])),
        x,
        2);
    assertThat(x).containsExactly(new double[] {0.3, 0.3, 0.3, 0.3}, within(1e-9));
  }

  @Test
  void docsShowTheCodeThatRuns() throws IOException {
    String[] parts =
        Files.readString(Path.of("src/test/java/io/lanewise/examples/DiffusionExample.java"))
            .split("// begin\n");
    assertThat(parts).hasSize(3);
    for (String part : List.of(parts[1], parts[2])) {
      String code = part.substring(0, part.indexOf("// end")).stripIndent();
      assertThat(code.lines().count()).isLessThan(11);
      assertThat(Files.readString(PAGE)).contains("```java\n" + code + "```");
    }
  }

  static Stream<Descriptor> descriptors() {
    return Objectives.all().stream()
        .map(Objective::descriptor)
        .filter(d -> d.family() == Family.DIFFUSION && !d.id().equals("loss-by-timestep"));
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void docsNameEverything(Descriptor descriptor) throws IOException {
    String page = Files.readString(PAGE);
    String own = section(page, descriptor.id());
    String shared = section(page, "Noise levels") + section(page, "Steps");
    Stream<String> names =
        Stream.of(
                descriptor.sets().stream().flatMap(s -> s.roles().stream()).map(r -> r.name()),
                descriptor.parameters().stream().map(p -> p.name()),
                descriptor.outputs().stream().map(o -> o.name()))
            .flatMap(s -> s);
    assertThat(names).allSatisfy(name -> assertThat(own + shared).contains("`" + name + "`"));
    assertThat(own)
        .contains("lanewise " + descriptor.id())
        .contains("objective: " + descriptor.id());
  }

  private static String section(String page, String heading) {
    String line = "\n## " + heading + "\n";
    assertThat(page).contains(line);
    String rest = page.substring(page.indexOf(line) + line.length());
    return rest.contains("\n## ") ? rest.substring(0, rest.indexOf("\n## ")) : rest;
  }
}
