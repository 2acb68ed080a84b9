package io.lanewise.report;

import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import java.util.stream.Collectors;

/// A report's measures, verdicts, checks and checklist as Markdown tables, for an issue or a pull
/// request. Rounded by [Digits].
public final class MarkdownReport {
  private static final int MOST_GROUPS = 100;

  private final StringBuilder out = new StringBuilder();

  private MarkdownReport() {}

  /// The report as Markdown.
  public static String toMarkdown(Report report) {
    MarkdownReport markdown = new MarkdownReport();
    markdown.report(report);
    return markdown.out.toString();
  }

  private void report(Report report) {
    out.append("# ").append(text(report.title())).append("\n\n");
    row("Evaluation", "Measure", "Value", "Unit", "n", "Better");
    out.append("|---|---|---:|---|---:|---|\n");
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Measure measure : evaluation.measures()) {
        row(
            text(evaluation.name()),
            text(measure.name()),
            Digits.of(measure.value(), measure.standardError()),
            text(measure.unit()),
            Long.toString(measure.n()),
            measure.better().toString());
      }
    }
    columns(report);
    breakdowns(report);
    verdicts(report);
    if (!report.checks().isEmpty()) {
      out.append("\n## Checks\n\n");
      row("Measure", "Expected", "Found", "Result");
      out.append("|---|---|---:|---|\n");
      for (CheckResult check : report.checks()) {
        row(
            text(check.measure()),
            text(check.expected()),
            Digits.of(check.found()),
            check.passed() ? "pass" : "**FAIL**");
      }
    }
    if (!report.checklist().isEmpty()) {
      out.append("\n## Checklist\n\n");
      int number = 1;
      for (ChecklistItem item : report.checklist()) {
        out.append(number++ + ". " + text(item.question()) + ": ")
            .append(status(item.status()) + ". " + text(item.answer()) + "\n");
      }
    }
  }

  private void columns(Report report) {
    if (report.evaluations().stream().allMatch(evaluation -> evaluation.inputs().isEmpty())) {
      return;
    }
    out.append("\n## Columns\n\n");
    row("Evaluation", "Set", "Role = column", "Not used");
    out.append("|---|---|---|---|\n");
    for (EvaluationResult evaluation : report.evaluations()) {
      evaluation
          .inputs()
          .forEach((set, input) ->
              row(
                  text(evaluation.name()),
                  text(set),
                  input.columns().entrySet().stream()
                      .map(entry -> text(entry.getKey() + " = " + entry.getValue()))
                      .collect(Collectors.joining(", ")),
                  text(String.join("; ", input.warnings()))));
    }
  }

  private void breakdowns(Report report) {
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Breakdown breakdown : evaluation.breakdowns()) {
        out.append("\n## %s by %s\n\n".formatted(text(evaluation.name()), text(breakdown.by())));
        row("Group", "Rows", "Measure", "Value");
        out.append("|---|---:|---|---:|\n");
        for (Breakdown.Group group : breakdown.groups().stream().limit(MOST_GROUPS).toList()) {
          if (group.undefined() != null) {
            row(
                text(group.label()),
                Long.toString(group.rows().used()),
                "",
                "undefined: " + text(group.undefined()));
            continue;
          }
          for (Measure measure : group.measures()) {
            row(
                text(group.label()),
                Long.toString(group.rows().used()),
                text(measure.name()),
                Digits.of(measure.value(), measure.standardError()));
          }
        }
        int more = breakdown.groups().size() - MOST_GROUPS;
        if (more > 0) {
          out.append("\nand %d groups more, in results.json\n".formatted(more));
        }
      }
    }
  }

  private void verdicts(Report report) {
    if (report.evaluations().stream().allMatch(evaluation -> evaluation.verdicts().isEmpty())) {
      return;
    }
    out.append("\n## Verdicts\n\n");
    row("Evaluation", "Verdict", "Status", "Evidence");
    out.append("|---|---|---|---|\n");
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Verdict verdict : evaluation.verdicts()) {
        row(
            text(evaluation.name()),
            text(verdict.name()),
            status(verdict.status()),
            text(verdict.evidence()));
      }
    }
  }

  private void row(String... cells) {
    for (String cell : cells) {
      out.append("| ").append(cell).append(' ');
    }
    out.append("|\n");
  }

  private static String status(Verdict.Status status) {
    return status == Verdict.Status.FAIL ? "**FAIL**" : status.toString();
  }

  /// Escapes what Markdown or the HTML within it would interpret.
  private static String text(String value) {
    return value
        .replaceAll("[\\\\`*_{}\\[\\]<>|#]", "\\\\$0")
        .replace("&", "&amp;")
        .replaceAll("\\R|\t", " ")
        // What would move the cursor where the text is shown, hide in it or turn it around.
        .replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}]", "\uFFFD");
  }
}
