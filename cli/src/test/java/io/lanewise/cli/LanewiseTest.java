package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanewiseTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run",
        "merge",
        "list",
        "describe",
        "inspect",
        "convert",
        "schedule",
        "gaussian-kl",
        "kl",
        "gan"
      })
  void everyCommandHelps(String command) {
    Shell shell = command.isEmpty() ? Shell.run("--help") : Shell.run(command, "--help");

    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shell.out())
        .startsWith(("Usage: lanewise " + command.replaceFirst("^kl$", "gaussian-kl")).strip())
        .contains("--help");
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void everyCommandKnowsItsVersion() {
    assertThat(Shell.run("--version").out()).startsWith("lanewise ");
    assertThat(Shell.run("--version").exitCode()).isEqualTo(ExitCode.DONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'' | found no command, expected one, such as run or list (see 'lanewise --help')",
        "lst | unknown command 'lst'; did you mean 'list'? 'lanewise list' names the objectives (see 'lanewise --help')",
        "--verison | unknown option '--verison'; did you mean '--version'? Known: --debug,",
        "run | found no PLAN, expected one (see 'lanewise run --help')",
        "run p.yaml q.yaml | found argument 'q.yaml', expected none there (see",
        "run p.yaml --thread 2 | unknown option '--thread'; did you mean '--threads'? Known:",
        "run p.yaml --threads two | Invalid value for option '--threads': 'two' is not an int (see",
        "run p.yaml --precision=half | Invalid value for option '--precision': found 'half', expected double or single",
        "run p.yaml --policy=none | Invalid value for option '--policy': found 'none', expected fail or",
        "gaussian-kl | found no FILE, expected one (see 'lanewise gaussian-kl --help')",
        "gaussian-kl f --muu=x | unknown option '--muu'; did you mean '--mu'? Known: --batch-rows,",
        "gaussian-kl f --rows arrow | option '--rows': found no -o DIR, expected one to write to",
        "gaussian-kl f --by t:4:0:x | option '--by': found 't:4:0:x', expected COLUMN or",
        "gan --fake f | found no files of set 'real', expected them as REAL or with --real",
        "gan --reel r | unknown option '--reel'; did you mean '--real'? Known: --batch-rows,",
        "gan --real r --fak f | unknown option '--fak'; did you mean '--fake'? Known: --batch-rows,",
        "describe gausian-kl | unknown objective 'gausian-kl'; did you mean 'gaussian-kl'? 'lanewise list' names all",
      })
  void aMisuseIsOneLineAndCode2(String args, String message) {
    Shell shell = Shell.run(args.equals("''") || args.isEmpty() ? new String[0] : args.split(" "));

    assertThat(shell.err()).startsWith("lanewise: " + message);
    assertThat(shell.err().lines()).hasSize(1);
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void anAbsentPlanIsInputOutput() {
    Shell shell = Shell.run("run", "none.yaml");

    assertThat(shell.err()).isEqualTo("lanewise: none.yaml: found nothing, expected a file\n");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.IO);
  }

  @Test
  void aMistakeInThePlanSaysItsLine() throws IOException {
    Path plan = Files.writeString(folder.resolve("p.yaml"), "lanewise: 1\ndat: {}\n");

    Shell shell = Shell.run("run", plan.toString());

    assertThat(shell.err())
        .isEqualTo(
            "lanewise: %s:2: unknown key 'dat'; did you mean 'data'? Known: lanewise, title, data, models, evaluate, checks, facts, policy, precision\n"
                .formatted(plan));
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void refusesToOverwriteBeforeAnyWork() throws IOException {
    Path plan =
        Files.writeString(
            folder.resolve("p.yaml"),
            "lanewise: 1\ndata: {a: none.npz}\nevaluate: [{objective: gaussian-kl, data: a}]\n");
    Path old = Files.writeString(folder.resolve("report.html"), "old");

    Shell shell = Shell.run("run", plan.toString(), "-o", folder.toString());

    assertThat(shell.err())
        .isEqualTo(
            "lanewise: %s: found an existing file, expected none; --replace replaces it\n"
                .formatted(old));
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(old).hasContent("old");
  }

  @Test
  void debugAddsTheStackTrace() {
    assertThat(Shell.run("run", "none.yaml", "--debug").err())
        .contains("\tat io.lanewise.cli")
        .endsWith("lanewise: none.yaml: found nothing, expected a file\n");
  }

  @Test
  void derivesAnOptionForEachRoleAndParameter() {
    Set<String> options = options("gaussian-kl");

    assertThat(options)
        .contains("--mu", "--logvar", "--beta", "--reduce", "--by", "--rows", "--output", "-o");
  }

  @Test
  void derivesAnOptionForEachSetAndKeepsNamesApart() {
    Set<String> options = options("gan");

    assertThat(options)
        .contains("--real", "--fake", "--real-column", "--logit", "--threads")
        .contains("--threads-parameter", "--weight", "--fake-weight", "--spare-weight")
        .doesNotContain("--fake-logit", "--weight-column");
  }

  @Test
  void optionsSayWhatTheRegistryKnows() {
    String help = Shell.run("gaussian-kl", "--help").out().replaceAll("\\s+", " ");

    assertThat(help)
        .contains("Gaussian KL: 0.5 sum(exp(logvar) + mu^2 - 1 - logvar), 100% in nats")
        .contains("--mu=COLUMN Posterior means. Column: vector. Default: the column 'mu'.")
        .contains("--logvar=COLUMN Posterior log-variances. Column: vector, optional. Default:")
        .contains("--beta=VALUE Weight. Accepts a number >= 0, in nats. Default: 1.")
        .contains("--reduce=VALUE How. Accepts sum|mean. Required.");
  }

  @Test
  void listsByFamily() {
    assertThat(Shell.run("list").out())
        .isEqualTo(
            """
              family       objective    kind  title
              variational  gaussian-kl  rows  Gaussian KL
              adversarial  gan          rows  GAN losses
            """);
    assertThat(Shell.run("list", "--format", "json").out())
        .contains("\"id\" : \"gaussian-kl\"", "\"family\" : \"adversarial\"");
  }

  @Test
  void describesAnObjective() {
    assertThat(Shell.run("describe", "gaussian-kl").out())
        .contains(
            "Kingma and Welling 2014",
            "vector[latent] of one or more columns, optional",
            "default 1",
            "on request");
    assertThat(Shell.run("describe", "gan").out()).contains("Columns of 'fake' (optional)");
    assertThat(Shell.run("describe", "gan", "--format=json").out())
        .contains("\"default\" : \"0\"", "\"required\" : false");
  }

  @Test
  void describesTheChecklist() {
    assertThat(Shell.run("describe", "checklist").out())
        .contains("mode collapse", "sampling-steps");
  }

  private static Set<String> options(String command) {
    Descriptor objective =
        SampleObjectives.DESCRIPTORS.stream()
            .filter(descriptor -> descriptor.id().equals(command))
            .findFirst()
            .orElseThrow();
    return new ObjectiveCommand(Terminal.system(), objective).spec().optionsMap().keySet();
  }
}
