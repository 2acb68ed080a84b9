package io.lanewise.cli;

import io.lanewise.report.Digits;
import io.lanewise.report.MarkdownReport;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a workflow of GitHub reads: annotations on standard output, and the file of the summary of
/// a step.
final class Github {
  private Github() {}

  /// A text for the log, none of whose lines is a command to the workflow, and an annotation for
  /// each check or judgement that a reader should know of.
  ///
  /// @param fails whether a judgement is an error and not a warning
  static String log(String text, Report report, Predicate<Verdict> fails) {
    String token = UUID.randomUUID().toString();
    StringBuilder log = new StringBuilder();
    log.append("::stop-commands::").append(token).append('\n');
    log.append(text).append(text.endsWith("\n") ? "" : "\n");
    log.append("::").append(token).append("::\n");
    for (CheckResult check : report.checks()) {
      if (!check.passed()) {
        annotate(
            log,
            "error",
            check.measure(),
            "expected %s, found %s".formatted(check.expected(), Digits.found(check)));
      }
    }
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Verdict verdict : evaluation.verdicts()) {
        if (verdict.status() == Verdict.Status.FAIL || verdict.status() == Verdict.Status.WARN) {
          annotate(
              log,
              fails.test(verdict) ? "error" : "warning",
              evaluation.name() + "." + verdict.name(),
              JunitXml.said(verdict));
        }
      }
    }
    return log.toString();
  }

  private static void annotate(StringBuilder log, String level, String title, String message) {
    log.append("::%s title=%s::%s\n".formatted(level, property(title), data(message)));
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }

  /// Appends the report to the summary of the step.
  ///
  /// @param file the value of `GITHUB_STEP_SUMMARY`; null or empty outside of a workflow
  static void summarize(Report report, @Nullable String file) {
    if (file == null || file.isEmpty()) {
      return;
    }
    try {
      Files.writeString(
          Path.of(file),
          MarkdownReport.toMarkdown(report) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: found no way to append to it, expected the file of GITHUB_STEP_SUMMARY"
              .formatted(file),
          e);
    }
  }
}
