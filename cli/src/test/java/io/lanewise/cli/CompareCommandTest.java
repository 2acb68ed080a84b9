package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two runs side by side. Losses of A at t = 0: 1, 2, 3 (mean 2, standard error 1 / sqrt(3)), at t
/// = 1: 5, 5, 5, 7 (5.5, 0.5); B: 1.5, 2.5, 3.5 and 2, 2, 2, 4.
class CompareCommandTest {
  private static final String HEAD = "t,loss\n";
  @TempDir Path folder;

  @BeforeEach
  void evaluate() throws IOException {
    run("a", HEAD + "0,1\n0,2\n0,3\n1,5\n1,5\n1,5\n1,7\n", "t");
    run("b", HEAD + "0,1.5\n0,2.5\n0,3.5\n1,2\n1,2\n1,2\n1,4\n", "t");
  }

  private void run(String name, String rows, String by) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".csv"), rows);
    Shell shell =
        lanewise(
            "loss-by-timestep",
            file.toString(),
            "--by",
            by,
            "-o",
            folder.resolve(name).toString(),
            "--replace");
    assertThat(shell.err()).isEmpty();
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }

  private Shell compare(String... more) {
    List<String> args =
        Stream.concat(
                Stream.of(
                    "compare", folder.resolve("a").toString(), folder.resolve("b").toString()),
                Stream.of(more))
            .toList();
    return lanewise(args.toArray(String[]::new));
  }

  @Test
  void verdictsKnowTheStandardErrors() {
    JsonNode root = JsonMapper.shared().readTree(compare("--format", "json").out());
    JsonNode evaluation = root.get("evaluations").get(0);
    JsonNode total = evaluation.get("measures").get(0);
    assertThat(total.get("name").asString()).isEqualTo("loss");
    assertThat(total.get("difference").doubleValue()).isCloseTo(17.5 / 7 - 4, offset());
    JsonNode groups = evaluation.get("breakdowns").get(0).get("groups");
    JsonNode first = groups.get(0).get("measures").get(0);
    assertThat(first.get("difference").doubleValue()).isEqualTo(0.5);
    // se(2) and se(2.5) are both 1 / sqrt(3): z = 0.5 / sqrt(2 / 3)
    assertThat(first.get("z").doubleValue()).isCloseTo(0.6123724356957945, offset());
    assertThat(first.get("verdict").asString()).isEqualTo("no difference");
    JsonNode second = groups.get(1).get("measures").get(0);
    // both 0.5: z = -3 / sqrt(0.5)
    assertThat(second.get("z").doubleValue()).isCloseTo(-4.242640687119285, offset());
    assertThat(second.get("verdict").asString()).isEqualTo("better");
  }

  private static org.assertj.core.data.Offset<Double> offset() {
    return org.assertj.core.api.Assertions.within(1e-14);
  }

  @Test
  void theThresholdIsTheCallers() {
    assertThat(compare("--threshold", "5").out())
        .contains(
            "beyond 5.0 standard errors", "better in 0 groups, worse in 0, no different in 2");
    assertThat(compare("--threshold", "0.5").out())
        .contains("better in 1 groups, worse in 1, no different in 0");
    assertThat(compare("--threshold", "0").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void worseCanFail() {
    String a = folder.resolve("a").toString();
    String b = folder.resolve("b").toString();
    assertThat(lanewise("compare", b, a, "--fail-if-worse", "--threshold", "1").exitCode())
        .isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(lanewise("compare", a, b, "--fail-if-worse", "--threshold", "1").exitCode())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void bothRunsAreOnOnePlot() throws Exception {
    Path out = folder.resolve("out");
    Shell shell = compare("-o", out.toString(), "--names", "<base>,new");
    assertThat(shell.err()).isEmpty();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted())
          .containsExactly(
              "comparison.json", "loss-by-timestep-by-t.png", "loss-by-timestep-by-t.svg");
    }
    Path svg = out.resolve("loss-by-timestep-by-t.svg");
    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    assertThat(svg)
        .content()
        .contains("&lt;base&gt;: mean 4.00 ± 0.7", "new: mean 2.50 ± 0.3", "1.96 standard errors")
        .contains("loss (dimensionless)</text>", ">t</text>");
    BufferedImage png =
        Objects.requireNonNull(ImageIO.read(out.resolve("loss-by-timestep-by-t.png").toFile()));
    assertThat(png.getWidth()).isEqualTo(1920);
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < png.getWidth(); x += 2) {
      for (int y = 0; y < png.getHeight(); y += 2) {
        colours.add(png.getRGB(x, y) & 0xffffff);
      }
    }
    assertThat(colours).contains(0xffffff, 0x1d5fa6, 0xc4541a);

    assertThat(compare("-o", out.toString()).exitCode()).isEqualTo(ExitCode.USAGE);
    Files.delete(out.resolve("comparison.json"));
    Shell refused = compare("-o", out.toString());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(out.resolve("comparison.json")).doesNotExist();
  }

  @Test
  void aRunHasItsPlotsBesideTheReport() {
    for (String file : List.of("loss-by-timestep-by-t.svg", "loss-by-timestep-by-t.png")) {
      assertThat(folder.resolve("a").resolve(file)).isNotEmptyFile();
    }
    Shell none =
        lanewise(
            "loss-by-timestep",
            folder.resolve("a.csv").toString(),
            "--plots",
            "none",
            "-o",
            folder.resolve("bare").toString());
    assertThat(none.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(folder.resolve("bare").toFile().list())
        .containsExactlyInAnyOrder("report.html", "results.json");
    assertThat(
            lanewise("loss-by-timestep", folder.resolve("a.csv").toString(), "--plots", "gif")
                .err())
        .contains("found 'gif', expected svg, png");
  }

  @Test
  void edgesOfTheDataAreDrawnButNotJudged() throws IOException {
    run("a", HEAD + "0,1\n1,2\n2,3\n4,5\n", "t:2");
    run("b", HEAD + "0,1\n1,2\n2,3\n8,5\n", "t:2");
    assertThat(compare().out())
        .contains("found no group that both have, only 4 of one; fixed edges would be comparable");
  }

  @Test
  void whatCannotBeCompared() throws IOException {
    assertThat(compare("--evaluation", "los").err()).contains("loss-by-timestep");
    assertThat(compare("--with", "loss-by-timestep").err()).contains("found no --evaluation");
    assertThat(compare("--names", "one").err()).contains("expected two with a comma");
    String a = folder.resolve("a").toString();
    assertThat(lanewise("compare", a, folder.resolve("none").toString()).exitCode())
        .isEqualTo(ExitCode.IO);
    Path text = Files.writeString(folder.resolve("x.json"), "{\"schema\": \"other/1\"}");
    Shell other = lanewise("compare", a, text.toString());
    assertThat(other.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(other.err()).contains("found schema 'other/1', expected 'lanewise-results/2'");
    Files.writeString(text, "{");
    assertThat(lanewise("compare", a, text.toString()).err()).contains("found no JSON");
  }
}
