package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From files to files, over the real registry. KL of rows 1 and 2 of the posterior: 0.5 and 1,
/// exactly.
class EndToEndTest {
  @TempDir Path folder;
  private Path plan = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("posterior.csv"), "mu,logvar,label\n1,0,a\n-2,0,b\n1,0,a\n");
    Files.writeString(folder.resolve("broken.csv"), "mu,logvar\n1,0\nnan,0\n");
    plan =
        Files.writeString(
            folder.resolve("plan.yaml"),
            """
            lanewise: 1
            data: {posterior: posterior.csv}
            evaluate:
              - objective: gaussian-kl
                by: [label]
                rows: csv
            checks: [gaussian-kl.kl > 0.5]
            """);
  }

  @Test
  void aPlanGivesAReportAndRows() {
    Path out = folder.resolve("report");

    Shell shell = lanewise("run", plan.toString(), "-o", out.toString());

    assertThat(shell.err()).isEmpty();
    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shell.out())
        .contains("gaussian-kl  kl", "1.00 ± 0.50", "gaussian-kl by label", "pass")
        .contains(out.resolve("report.html").toString())
        .contains(out.resolve("gaussian-kl.csv").toString());
    assertThat(out.resolve("results.json")).content().contains("\"gaussian-kl\"");
    assertThat(out.resolve("report.html")).content().startsWith("<!DOCTYPE html>");
    assertThat(out.resolve("gaussian-kl.csv")).content().contains("0.5").contains("2");
  }

  @Test
  void aSecondRunReplacesOnlyIfAsked() {
    Path out = folder.resolve("report");
    lanewise("run", plan.toString(), "-o", out.toString());

    assertThat(lanewise("run", plan.toString(), "-o", out.toString()).exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(lanewise("run", plan.toString(), "-o", out.toString(), "--replace").exitCode())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void aBrokenCheckIsCode1AndStillAReport() throws IOException {
    Files.writeString(plan, Files.readString(plan).replace("> 0.5", "> 5"));
    Path out = folder.resolve("report");

    Shell shell = lanewise("run", plan.toString(), "-o", out.toString());

    assertThat(shell.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(shell.out()).contains("FAIL  gaussian-kl.kl");
    assertThat(out.resolve("results.json")).exists();
  }

  @Test
  void anObjectiveNeedsNoPlan() {
    Shell shell = lanewise("kl", file("posterior.csv"), "--mu", "mu", "--by", "label");

    assertThat(shell.err()).isEmpty();
    assertThat(shell.out()).contains("kl", "1.00 ± 0.50", "by label");
    assertThat(lanewise("kl", file("posterior.csv"), "--format", "json").out())
        .startsWith("{")
        .contains("\"gaussian-kl\"");
  }

  @Test
  void badDataIsCode3AndNothingWritten() {
    Path out = folder.resolve("report");

    Shell shell = lanewise("kl", file("broken.csv"), "-o", out.toString(), "--rows", "csv");

    assertThat(shell.err())
        .startsWith("lanewise: " + file("broken.csv"))
        .contains("row 1", "column 'mu': found NaN");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(out).doesNotExist();
    assertThat(lanewise("kl", file("broken.csv"), "--policy", "skip").out())
        .contains("non-finite", "0.5");
  }

  @Test
  void anAbsentFileIsCode4AnUnknownColumnCode2() {
    assertThat(lanewise("kl", file("none.csv")).exitCode()).isEqualTo(ExitCode.IO);
    Shell shell = lanewise("kl", file("posterior.csv"), "--mu", "moo");
    assertThat(shell.err()).contains("'moo'");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  /// ln p = -1 + (0.5 + 0.25) and -2 + (1 - 4): mean -2.625.
  @Test
  void aRoleOfManyColumnsTakesAListOfThem() throws IOException {
    Files.writeString(folder.resolve("flow.csv"), "b,one,two\n-1,0.5,0.25\n-2,1,-4\n");
    String[] command = {
      "flow", file("flow.csv"), "--base", "given", "--base-logp", "b", "--logdet", "one,two"
    };
    assertThat(lanewise(command).out()).contains("log-density", "-2.6");
    Files.writeString(
        plan,
        """
        lanewise: 1
        data: {flow: flow.csv}
        evaluate:
          - objective: flow
            parameters: {base: given}
            columns: {base-logp: b, logdet: [one, two]}
        checks: [flow-log-density.log-density < -2.6249, flow-log-density.log-density > -2.6251]
        """);
    Shell shell = lanewise("run", plan.toString(), "-o", folder.resolve("many").toString());
    assertThat(shell.err()).isEmpty();
    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(folder.resolve("many/results.json")).content().contains("\"one,two\"");
    Files.writeString(plan, Files.readString(plan).replace("base-logp: b", "base-logp: [b, one]"));
    assertThat(lanewise("run", plan.toString()).err())
        .contains("plan.yaml:6", "expected the name of a column");
    command[7] = "one,,two";
    assertThat(lanewise(command).err())
        .contains("role 'logdet': found 'one,,two', expected columns separated by commas");
    assertThat(lanewise("describe", "flow").out()).contains("vector of one or more columns");
  }

  @Test
  void inspectsAndConverts() {
    Path arrow = folder.resolve("posterior.arrow");

    assertThat(lanewise("convert", file("posterior.csv"), arrow.toString()).out())
        .isEqualTo("Written: %s, 3 rows\n".formatted(arrow));
    assertThat(lanewise("convert", file("posterior.csv"), arrow.toString()).exitCode())
        .isEqualTo(ExitCode.USAGE);
    Shell shell = lanewise("inspect", arrow.toString(), file("broken.csv"));
    assertThat(shell.out()).contains(": arrow-file", ": csv", "2 labels");
    assertThat(lanewise("inspect", arrow.toString(), "--format", "json").out())
        .contains("\"min\" : -2.0", "\"rows\" : 3");
    assertThat(
            lanewise("convert", file("posterior.csv"), file("x.npz"), "--columns", "mu,lable")
                .err())
        .contains("unknown column 'lable'; did you mean 'label'?");
  }

  @Test
  void everyObjectiveDescribesItselfAndHelps() {
    for (var objective : Objectives.all()) {
      String id = objective.descriptor().id();
      assertThat(lanewise("describe", id).exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(lanewise(id, "--help").out()).contains("Usage: lanewise " + id);
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }
}
