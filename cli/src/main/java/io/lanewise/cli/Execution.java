package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.cli.plan.PlanYaml;
import io.lanewise.report.JsonReport;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs an evaluation for a command: refuses to overwrite before any work, shows progress, writes
/// the files, prints the results.
final class Execution {
  private final Terminal terminal;
  private final RunOptions options;

  Execution(Terminal terminal, RunOptions options) {
    this.terminal = terminal;
    this.options = options;
  }

  /// Prints the plan that `lanewise run` takes to the same numbers.
  int print(Evaluation.Builder evaluation) {
    options.applyWords(evaluation);
    terminal.out().print(PlanYaml.of(evaluation.build().plan()));
    return ExitCode.DONE;
  }

  /// Does all of it.
  ///
  /// @param directory where files go; null to write none
  /// @param plan the plan file, an input too; null if there is none
  /// @return the exit code
  int run(Evaluation.Builder evaluation, @Nullable Path directory, @Nullable Path plan)
      throws IOException {
    options.applyTo(evaluation);
    Plots drawn = Plots.parse(options.plots);
    ReportFiles files = directory == null ? null : new ReportFiles(directory, options.replace);
    InputFiles inputs = InputFiles.of(evaluation.build().plan());
    if (plan != null) {
      inputs.and(plan);
      if (options.state != null) {
        inputs.refuse(List.of(options.state));
      }
    }
    boolean made = false;
    if (files != null) {
      refuseSame(files, options.state);
      made = files.prepare(inputs);
      evaluation.output(files.directory(), options.replace);
    }
    Report report;
    try (ProgressLine progress = new ProgressLine(terminal)) {
      report = evaluation.progress(progress).build().run();
    } catch (RuntimeException | Error e) {
      if (made && files != null) {
        files.forget();
      }
      throw e;
    }
    return finish(terminal, options.format, report, files, drawn, options.state);
  }

  /// Two outputs of one name would be one in the end.
  static void refuseSame(ReportFiles files, @Nullable Path state) {
    for (Path file : List.of(files.json(), files.html())) {
      if (state != null
          && file.toAbsolutePath().normalize().equals(state.toAbsolutePath().normalize())) {
        throw new IllegalArgumentException(
            "option '--state': found '%s', a file of the report, expected another name"
                .formatted(state));
      }
    }
  }

  /// Writes the files of a report and prints it.
  ///
  /// @param drawn the plots to write beside it
  /// @param state the state file that was written, or null
  /// @return the exit code
  static int finish(
      Terminal terminal,
      RunOptions.Format format,
      Report report,
      @Nullable ReportFiles files,
      Plots drawn,
      @Nullable Path state)
      throws IOException {
    List<Path> plots = files == null ? List.of() : files.write(report, drawn);
    terminal.tell(drawn.leftOut(plots.stream().map(Path::toString).toList()));
    switch (format) {
      case JSON -> terminal.out().println(JsonReport.toJson(report));
      case TEXT -> {
        terminal.out().print(new Summary(report).text());
        if (files != null || state != null) {
          terminal.out().println();
          terminal.out().println("Written");
        }
        if (state != null) {
          terminal.out().println("  " + state);
        }
        if (files != null) {
          terminal.out().println("  " + files.html());
          terminal.out().println("  " + files.json());
          plots.forEach(plot -> terminal.out().println("  " + plot));
          for (EvaluationResult result : report.evaluations()) {
            for (String rows : result.rowFiles()) {
              terminal.out().println("  " + files.directory().resolve(rows));
            }
          }
        }
      }
    }
    return report.passed() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
  }
}
