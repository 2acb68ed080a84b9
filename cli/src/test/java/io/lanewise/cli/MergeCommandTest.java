package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `lanewise run --state` and `lanewise merge`: from parts to the report of the whole.
class MergeCommandTest {
  private static final List<String> LINES =
      List.of("1,0,a", "-2,0.5,b", "1,0.25,a", "0.1,-3,b", "4,0,a");

  @TempDir Path folder;
  private String a = "";
  private String b = "";

  @BeforeEach
  void write() throws IOException {
    plan("whole", 0, 5);
    plan("first", 0, 2);
    plan("second", 2, 5);
    a = folder.resolve("a.state").toString();
    b = folder.resolve("b.state").toString();
  }

  /// Plans that differ in their files only, each in a folder of its own.
  private void plan(String name, int from, int to) throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        own.resolve("posterior.csv"),
        "mu,logvar,label\n" + String.join("\n", LINES.subList(from, to)) + "\n");
    Files.writeString(
        own.resolve("plan.yaml"),
        """
        lanewise: 1
        title: Parts
        data: {posterior: posterior.csv}
        evaluate:
          - objective: gaussian-kl
            by: [label]
          - objective: posterior-collapse
            by: [label]
        checks: [gaussian-kl.kl > 0.5]
        """);
  }

  private Shell run(String part, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "run",
                folder.resolve(part).resolve("plan.yaml").toString(),
                "-o",
                folder.resolve(part).resolve("report").toString()));
    args.addAll(List.of(more));
    return lanewise(args.toArray(String[]::new));
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }

  /// What does not depend on time and place.
  private static String results(Path report) throws IOException {
    String json = Files.readString(report.resolve("results.json"));
    return json.substring(0, json.indexOf("\"provenance\""))
        .replaceAll("\"seconds\": [^\\n]*", "\"seconds\": 0");
  }

  @Test
  void statesMergeToTheResultsOfOneRun() throws IOException {
    Shell first = run("first", "--state", a);
    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(first.out()).contains("Written\n  " + a);
    run("second", "--state", b);
    run("whole");
    Path out = folder.resolve("merged");
    String both = folder.resolve("both.state").toString();

    Shell merged = lanewise("merge", a, b, "-o", out.toString(), "--state", both);

    assertThat(merged.err()).isEmpty();
    assertThat(merged.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(merged.out())
        .contains("gaussian-kl by label", out.resolve("report.html").toString());
    assertThat(results(out)).isEqualTo(results(folder.resolve("whole").resolve("report")));
    String json = Files.readString(out.resolve("results.json"));
    assertThat(json)
        .contains(
            folder.resolve("first").resolve("posterior.csv").toString(),
            folder.resolve("second").resolve("posterior.csv").toString(),
            "\"state\": \"" + a + "\"",
            "\"state\": \"" + b + "\"");
    assertThat(Files.readString(out.resolve("report.html"))).contains("Merged from", a);

    assertThat(lanewise("merge", both, "--format", "json").out())
        .startsWith("{")
        .contains("\"gaussian-kl\"");
  }

  @Test
  void anObjectiveWritesAStateToo() {
    String csv = folder.resolve("whole").resolve("posterior.csv").toString();

    assertThat(lanewise("kl", csv, "--state", a).exitCode()).isEqualTo(ExitCode.DONE);

    assertThat(lanewise("merge", a).out()).contains("gaussian-kl  kl");
  }

  @Test
  void whatCannotBeMergedIsOneLine() throws IOException {
    String csv = folder.resolve("first").resolve("posterior.csv").toString();
    String other = folder.resolve("second").resolve("posterior.csv").toString();
    lanewise("kl", csv, "--state", a);
    lanewise("kl", other, "--free-bits", "0.5", "--state", b);

    Shell different = lanewise("merge", a, b);
    assertThat(different.err())
        .isEqualTo(
            "lanewise: %s: evaluation 'gaussian-kl', parameter 'free-bits': found '0.5', expected '0' as in %s\n"
                .formatted(b, a));
    assertThat(different.exitCode()).isEqualTo(ExitCode.USAGE);

    Files.writeString(Path.of(b), "not a state");
    Path out = folder.resolve("merged");
    Shell broken = lanewise("merge", a, b, "-o", out.toString());
    assertThat(broken.err()).startsWith("lanewise: " + b + ": found no zip directory");
    assertThat(broken.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(out).doesNotExist();

    Shell absent = lanewise("merge", folder.resolve("none").toString());
    assertThat(absent.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(lanewise("merge").err()).startsWith("lanewise: found no STATE, expected one");
    assertThat(lanewise("merge").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aStateIsReplacedOnlyIfAsked() throws IOException {
    String csv = folder.resolve("whole").resolve("posterior.csv").toString();
    lanewise("kl", csv, "--state", a);
    byte[] before = Files.readAllBytes(Path.of(a));

    Shell again = lanewise("kl", csv, "--state", a);
    assertThat(again.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(Files.readAllBytes(Path.of(a))).isEqualTo(before);
    assertThat(lanewise("merge", a, "--state", a).exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(lanewise("kl", csv, "--state", a, "--replace").exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aBrokenCheckOfTheWholeIsCode1() throws IOException {
    for (String part : List.of("first", "second")) {
      Path plan = folder.resolve(part).resolve("plan.yaml");
      Files.writeString(plan, Files.readString(plan).replace("> 0.5", "> 100"));
    }
    assertThat(run("first", "--state", a).exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(run("second", "--state", b).exitCode()).isEqualTo(ExitCode.CHECK_FAILED);

    Shell merged = lanewise("merge", a, b);

    assertThat(merged.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(merged.out()).contains("FAIL  gaussian-kl.kl");
  }
}
