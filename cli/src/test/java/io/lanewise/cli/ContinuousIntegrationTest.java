package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/// What systems of continuous integration read, and what makes a command fail. The quickstart's
/// `samples-collapsed.npy` fails the judgement of `diversity`, and 900 rows of 64 numbers give that
/// of `frechet-distance` a warning.
class ContinuousIntegrationTest {
  private static final Path QUICKSTART = Path.of("../data/quickstart");
  private static final String COLLAPSED =
      "diversity Q/samples-collapsed.npy --reference Q/real.npy";
  private static final String FEW_ROWS = "fid Q/real.npy Q/samples-good.npy";
  private static final String REMARK =
      "lanewise: found judgements that failed (diversity.mode-collapse), and no check of them: the"
          + " exit code is 0, with --fail-on fail 1\n";

  @TempDir Path folder;

  private Shell lanewise(String line) {
    return Shell.run(
        Objectives.all(),
        line.replace("Q/", QUICKSTART + "/").replace("OUT", folder.toString()).split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "diversity Q/samples-collapsed.npy --reference Q/real.npy --fail-on fail, 1",
    "diversity Q/samples-collapsed.npy --reference Q/real.npy --fail-on warn, 1",
    "diversity Q/samples-good.npy --reference Q/real.npy --fail-on warn, 0",
    "fid Q/real.npy Q/samples-good.npy, 0",
    "fid Q/real.npy Q/samples-good.npy --fail-on fail, 0",
    "fid Q/real.npy Q/samples-good.npy --fail-on warn, 1",
  })
  void judgementsFailIfAskedTo(String line, int exitCode) {
    Shell shell = lanewise(line);

    assertThat(shell.exitCode()).isEqualTo(exitCode);
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void aJudgementThatFailsIsNotPassedOverInSilence() {
    Shell shell = lanewise(COLLAPSED);

    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shell.err()).isEqualTo(REMARK);
  }

  @Test
  void casesOfJunitAreChecksAndJudgements() throws Exception {
    Path plan =
        Files.writeString(
            folder.resolve("p.yaml"),
            """
            lanewise: 1
            title: 'a <b> & "c" '
            data: {real: R, fake: F}
            evaluate:
              - {objective: frechet-distance, name: fid, data: {real: real, generated: fake}}
              - {objective: diversity, data: {generated: fake, reference: real}}
              - {objective: precision-recall, data: {real: real, generated: fake}}
            checks:
              - fid.frechet-distance < 9
              - fid.frechet-distance < 5
            """
                .replace("R,", QUICKSTART.toRealPath().resolve("real.npy") + ",")
                .replace("F}\n", QUICKSTART.toRealPath().resolve("samples-collapsed.npy") + "}\n"));

    Shell shell = lanewise("run " + plan + " -o OUT/report --junit OUT/new/j.xml --fail-on fail");

    assertThat(shell.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(shell.out()).contains("Written\n  " + folder.resolve("new/j.xml"));
    Element root = xml(folder.resolve("new/j.xml"));
    assertThat(root.getAttribute("name")).isEqualTo("a <b> & \"c\" ");
    assertThat(root.getAttribute("tests")).isEqualTo("5");
    assertThat(root.getAttribute("failures")).isEqualTo("2");
    assertThat(cases(root))
        .containsExactly(
            "fid|frechet-distance < 9.0|passed",
            "fid|frechet-distance < 5.0|failure: found 5.14600",
            "fid|sample-size|passed",
            "diversity|mode-collapse|failure: fail: total variance is 0.2544 of the reference's"
                + " (rule: collapsed if total variance is below 0.5 of the reference's)",
            "precision-recall|evaluated|passed");
  }

  @Test
  void casesOfJunitFailOnlyWhereTheCommandDoes() throws Exception {
    assertThat(lanewise(FEW_ROWS + " --junit OUT/j.xml").exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(xml(folder.resolve("j.xml")).getAttribute("failures")).isEqualTo("0");
    assertThat(xml(folder.resolve("j.xml")).getTextContent()).contains("warn: 900 real rows");

    assertThat(lanewise(FEW_ROWS + " --junit OUT/k.xml --fail-on warn").exitCode())
        .isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(xml(folder.resolve("k.xml")).getAttribute("failures")).isEqualTo("1");
  }

  private static Element xml(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  private static List<String> cases(Element root) {
    List<String> cases = new ArrayList<>();
    var nodes = root.getElementsByTagName("testcase");
    for (int i = 0; i < nodes.getLength(); i++) {
      Element one = (Element) nodes.item(i);
      var failures = one.getElementsByTagName("failure");
      cases.add(
          "%s|%s|%s"
              .formatted(
                  one.getAttribute("classname"),
                  one.getAttribute("name"),
                  failures.getLength() == 0
                      ? "passed"
                      : "failure: " + ((Element) failures.item(0)).getAttribute("message")));
    }
    return cases;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--junit Q/real.npy --replace | an input is never replaced",
        "--junit OUT/a --state OUT/a | option '--junit': found '",
        "-o OUT/r --junit OUT/r/report.html | a file of the report, expected another name",
        "--format xml | found 'xml', expected text or json or csv or markdown or github",
        "--fail-on never | found 'never', expected warn or fail",
      })
  void mistakesAreSaidBeforeAnyWork(String options, String problem) {
    Shell shell = lanewise(FEW_ROWS + " " + options);

    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains(problem);
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void anExistingFileStaysAndAFolderMadeInVainGoes() throws IOException {
    Path old = Files.writeString(folder.resolve("j.xml"), "old");

    assertThat(lanewise(FEW_ROWS + " --junit OUT/j.xml").err()).contains("--replace replaces it");
    assertThat(old).hasContent("old");
    assertThat(lanewise("fid none.npy none.npy --junit OUT/made/j.xml").exitCode()).isNotZero();
    assertThat(folder.resolve("made")).doesNotExist();
  }

  @Test
  void printsTables() {
    assertThat(lanewise(FEW_ROWS + " --format csv").out())
        .startsWith("evaluation,objective,measure,by,group,value,")
        .contains("frechet-distance,frechet-distance,mean-term,,,0.0153351741");
    assertThat(lanewise(FEW_ROWS + " --format markdown").out())
        .startsWith("# Fréchet distance\n\n| Evaluation |")
        .contains("| frechet-distance | frechet-distance | 0.189091 |");
  }

  @Test
  void annotatesAWorkflow() {
    List<String> lines = lanewise(COLLAPSED + " --format github").out().lines().toList();

    assertThat(lines.getFirst()).startsWith("::stop-commands::");
    String token = lines.getFirst().substring("::stop-commands::".length());
    assertThat(lines.subList(lines.size() - 2, lines.size()))
        .containsExactly(
            "::%s::".formatted(token),
            "::warning title=diversity.mode-collapse::fail: total variance is 0.2544 of the"
                + " reference's (rule: collapsed if total variance is below 0.5 of the"
                + " reference's)");
    assertThat(lanewise(COLLAPSED + " --format github --fail-on fail").out())
        .contains("\n::error title=diversity.mode-collapse::fail: total variance");
  }

  @Test
  @Timeout(120)
  void appendsToTheSummaryOfAStep() throws Exception {
    Path summary = Files.writeString(folder.resolve("summary.md"), "before\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(Main.FLAGS.split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("kl", QUICKSTART.resolve("vae.npz").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("GITHUB_STEP_SUMMARY", summary.toString());

    Process process = builder.start();

    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(summary))
        .startsWith("before\n# Gaussian KL to the standard normal\n")
        .contains("| gaussian-kl | kl | 12.882 ± 0.043 |");
  }
}
