package io.lanewise.report;

import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    leaderboards(report);
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
            text(Digits.found(check)),
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

  /// A table a measure would be long: one of all, with the best in bold, then the ranks.
  private void leaderboards(Report report) {
    if (report.leaderboards().isEmpty()) {
      return;
    }
    out.append("## Leaderboard\n\n");
    LeaderboardTable.of(report.leaderboards())
        .forEach(table -> {
          List<Leaderboard> boards = table.boards();
          row(
              Stream.concat(
                      Stream.of("Model"), boards.stream().map(b -> text(LeaderboardTable.title(b))))
                  .toArray(String[]::new));
          out.append("|---|").append("---:|".repeat(boards.size())).append('\n');
          for (String model : table.models()) {
            List<String> cells = new ArrayList<>(List.of(text(model)));
            for (Leaderboard board : boards) {
              Leaderboard.Standing standing = LeaderboardTable.find(board, model);
              String value =
                  standing == null ? "" : Digits.of(standing.value(), standing.standardError());
              cells.add(
                  standing == null
                      ? ""
                      : standing.best()
                          ? "**" + value + "**"
                          : value + (standing.tied() ? " =" : ""));
            }
            row(cells.toArray(String[]::new));
          }
          out.append('\n');
        });
    out.append("Bold: best; =: cannot be told from the best.\n\n");
    row("Measure", "Rank", "Model", "Value", "Rank, 95 %", "Beats the next");
    out.append("|---|---:|---|---:|---|---|\n");
    for (LeaderboardTable table : LeaderboardTable.of(report.leaderboards())) {
      Leaderboard board = table.boards().getFirst();
      for (Leaderboard.Standing standing : board.standings()) {
        row(
            text(board.evaluation() + "." + board.measure()),
            LeaderboardTable.rank(standing),
            text(standing.model()),
            Digits.of(standing.value(), standing.standardError()),
            LeaderboardTable.interval(standing),
            LeaderboardTable.beats(standing));
      }
    }
    out.append("\nIntervals: ")
        .append(text(LeaderboardTable.bases(report.leaderboards())))
        .append(".\n\n");
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
