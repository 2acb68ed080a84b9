package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.cli.plan.PlanYaml;
import io.lanewise.report.CsvReport;
import io.lanewise.report.JsonReport;
import io.lanewise.report.MarkdownReport;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
    refuseSame(files, options.state, options.report.junit);
    boolean made = false;
    if (files != null) {
      made = files.prepare(inputs);
      evaluation.output(files.directory(), options.replace);
      drawn.prepare(evaluation.build().plan());
    }
    Report report;
    try (ProgressLine progress = new ProgressLine(terminal)) {
      options.report.prepare(inputs, options.replace);
      report = evaluation.progress(progress).build().run();
    } catch (RuntimeException | Error | IOException e) {
      options.report.forget();
      if (made && files != null) {
        files.forget();
      }
      throw e;
    }
    return finish(terminal, options.report, report, files, drawn, options.state, options.replace);
  }

  /// Two outputs of one name would be one in the end.
  static void refuseSame(@Nullable ReportFiles files, @Nullable Path state, @Nullable Path junit) {
    if (files != null) {
      for (Path file : List.of(files.json(), files.html())) {
        refuseSame("--state", state, "a file of the report", file);
        refuseSame("--junit", junit, "a file of the report", file);
      }
    }
    refuseSame("--junit", junit, "that of --state", state);
  }

  private static void refuseSame(
      String option, @Nullable Path given, String what, @Nullable Path other) {
    if (given != null
        && other != null
        && given.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())) {
      throw new IllegalArgumentException(
          "option '%s': found '%s', %s, expected another name".formatted(option, given, what));
    }
  }

  /// Writes the files of a report and prints it.
  ///
  /// @param options how to print it, and what fails
  /// @param drawn the plots to write beside it
  /// @param state the state file that was written, or null
  /// @param replace whether the file of test cases may replace one
  /// @return the exit code
  static int finish(
      Terminal terminal,
      ReportOptions options,
      Report report,
      @Nullable ReportFiles files,
      Plots drawn,
      @Nullable Path state,
      boolean replace)
      throws IOException {
    List<Path> plots = files == null ? List.of() : files.write(report, drawn);
    options.write(report, replace);
    Github.summarize(report, System.getenv("GITHUB_STEP_SUMMARY"));
    terminal.tell(drawn.leftOut(plots.stream().map(Path::toString).toList()));
    List<Path> written = new ArrayList<>();
    Stream.of(state, options.junit).filter(Objects::nonNull).forEach(written::add);
    if (files != null) {
      written.add(files.html());
      written.add(files.json());
      written.addAll(plots);
      for (EvaluationResult result : report.evaluations()) {
        result.rowFiles().forEach(rows -> written.add(files.directory().resolve(rows)));
      }
    }
    switch (options.format) {
      case JSON -> terminal.out().println(JsonReport.toJson(report));
      case CSV -> terminal.out().print(CsvReport.toCsv(report));
      case MARKDOWN -> terminal.out().print(MarkdownReport.toMarkdown(report));
      case TEXT -> terminal.out().print(text(report, written));
      case GITHUB ->
          terminal.out().print(Github.log(text(report, written), report, options::fails));
    }
    terminal.tell(options.unheeded(report));
    return options.fails(report) ? ExitCode.CHECK_FAILED : ExitCode.DONE;
  }

  private static String text(Report report, List<Path> written) {
    StringBuilder text = new StringBuilder(new Summary(report).text());
    if (!written.isEmpty()) {
      text.append("\nWritten\n");
      written.forEach(file -> text.append("  ").append(file).append('\n'));
    }
    return text.toString();
  }
}
