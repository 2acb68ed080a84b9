package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.plan.Options;
import io.lanewise.result.Report;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise merge STATE...`.
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Writes the report of one run over the rows of several runs, from the states they wrote with --state.",
    footer = {
      "",
      "States are merged in the order given. They must be of the same plan over columns of the same types.",
      "Exit codes: 0 done, 1 a check of the plan failed, 2 usage, 3 a state that cannot be used, 4 input or output."
    })
final class MergeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "STATE", arity = "1..*", description = "The state files.")
  List<Path> states = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Folder for results.json and report.html.")
  @Nullable Path out;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Write the merged state to this file too.")
  @Nullable Path state;

  @Mixin ReportOptions reportOptions = new ReportOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Worker threads; 0 means one per core. Results do not depend on this.")
  int threads;

  @Option(
      names = "--memory",
      paramLabel = "GIB",
      defaultValue = "2",
      description = "The most GiB that an evaluation of whole sets may hold at once. Default: 2.")
  double memory;

  @Option(
      names = "--plots",
      paramLabel = "FORMATS",
      defaultValue = "auto",
      description =
          "Formats of the plots of losses by timestep: svg, png, both with a comma, auto or none. Default: auto.")
  String plots = "auto";

  @Option(names = "--replace", description = "Replace existing output files.")
  boolean replace;

  MergeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    ReportFiles files = out == null ? null : new ReportFiles(out, replace);
    Options options =
        Options.builder()
            .threads(RunOptions.checkedThreads(threads))
            .memoryBytes(RunOptions.bytes(memory))
            .replace(replace)
            .state(state)
            .build();
    InputFiles inputs = InputFiles.of(states.stream().map(Path::toString).toList());
    Execution.refuseSame(files, state, reportOptions.junit);
    boolean made = false;
    if (files != null) {
      made = files.prepare(inputs);
    }
    Report report;
    try {
      reportOptions.prepare(inputs, replace);
      report = Evaluation.merge(states, options);
    } catch (RuntimeException | Error | IOException e) {
      reportOptions.forget();
      if (made && files != null) {
        files.forget();
      }
      throw e;
    }
    return Execution.finish(
        terminal, reportOptions, report, files, Plots.parse(plots), state, replace);
  }
}
