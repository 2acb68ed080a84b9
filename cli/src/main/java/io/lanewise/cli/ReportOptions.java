package io.lanewise.cli;

import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// The options of every command that ends in a report: how it is printed, and what fails.
final class ReportOptions {
  /// How a report is printed.
  enum Format {
    /// A summary for readers.
    TEXT,
    /// The whole report for programs.
    JSON,
    /// A row for each measure.
    CSV,
    /// Tables for an issue or a pull request.
    MARKDOWN,
    /// The summary, and what failed as annotations of a GitHub workflow.
    GITHUB;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The least that a judgement must come to for the command to fail.
  enum FailOn {
    /// A warning.
    WARN,
    /// A failure.
    FAIL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      converter = FormatConverter.class,
      description =
          "What to print: text, json, csv, markdown, or github: text with annotations of a workflow."
              + " Default: text.")
  Format format = Format.TEXT;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also write checks and judgements as the test cases of a JUnit XML file.")
  @Nullable Path junit;

  @Option(
      names = "--fail-on",
      paramLabel = "STATUS",
      converter = FailOnConverter.class,
      description =
          "Exit with 1 if a judgement is this, or worse: warn or fail. Default: only checks of the"
              + " plan decide.")
  @Nullable FailOn failOn;

  private boolean made;

  /// Whether a judgement makes the command fail.
  boolean fails(Verdict verdict) {
    return failOn != null
        && (verdict.status() == Verdict.Status.FAIL
            || (verdict.status() == Verdict.Status.WARN && failOn == FailOn.WARN));
  }

  /// Whether a check or a judgement makes the command fail.
  boolean fails(Report report) {
    return !report.passed()
        || report.evaluations().stream()
            .anyMatch(evaluation -> evaluation.verdicts().stream().anyMatch(this::fails));
  }

  /// What to say of judgements that failed where the command does not; empty if there are none.
  String unheeded(Report report) {
    List<String> failed =
        report.evaluations().stream()
            .flatMap(evaluation ->
                evaluation.verdicts().stream()
                    .filter(verdict -> verdict.status() == Verdict.Status.FAIL)
                    .map(verdict -> evaluation.name() + "." + verdict.name()))
            .toList();
    return failed.isEmpty() || fails(report)
        ? ""
        : "found judgements that failed (%s), and no check of them: the exit code is 0, with"
                .formatted(String.join(", ", failed))
            + " --fail-on fail 1";
  }

  /// Fails, before any work, if the file of test cases cannot be written.
  void prepare(InputFiles inputs, boolean replace) throws IOException {
    if (junit != null) {
      made = files(junit, replace).prepare(List.of(name(junit)), inputs);
    }
  }

  /// Removes the folder that was made if nothing is in it.
  void forget() {
    if (made && junit != null && junit.getParent() != null) {
      try {
        Files.deleteIfExists(junit.getParent());
      } catch (IOException e) {
        // It is not empty: then it stays. What led here is the error to be told.
      }
    }
  }

  /// Writes the file of test cases, if one was asked for.
  void write(Report report, boolean replace) throws IOException {
    if (junit != null) {
      byte[] xml = new JunitXml(report, this::fails).text().getBytes(StandardCharsets.UTF_8);
      files(junit, replace).write(new LinkedHashMap<>(Map.of(name(junit), xml)));
    }
  }

  private static OutputFiles files(Path file, boolean replace) {
    return new OutputFiles(Objects.requireNonNullElse(file.getParent(), Path.of(".")), replace);
  }

  private static String name(Path file) {
    if (file.getFileName() == null) {
      throw new IllegalArgumentException(
          "option '--junit': found '%s', expected the name of a file".formatted(file));
    }
    return file.getFileName().toString();
  }

  /// Reads a format's lower-case name.
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return RunOptions.word(text, Format.values());
    }
  }

  /// Reads `warn` or `fail`.
  static final class FailOnConverter implements ITypeConverter<FailOn> {
    @Override
    public FailOn convert(String text) {
      return RunOptions.word(text, FailOn.values());
    }
  }
}
