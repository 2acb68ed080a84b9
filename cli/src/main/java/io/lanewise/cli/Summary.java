package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import io.lanewise.report.Digits;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A report on a screen: measures, groups, what was left out, checks and checklist.
final class Summary {
  private static final int MOST_GROUPS = 20;
  private static final int TEXT_WIDTH = 90;
  private static final int MOST_CHARACTERS = 80;

  private final Report report;

  Summary(Report report) {
    this.report = report;
  }

  /// All of it.
  String text() {
    List<String> parts = new ArrayList<>();
    parts.add(Quoted.capped(report.title()) + "\n");
    parts.add(new Standings(report.leaderboards()).text());
    parts.add(measures());
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Breakdown breakdown : evaluation.breakdowns()) {
        parts.add(breakdown(evaluation, breakdown));
      }
    }
    parts.add(columns());
    parts.add(rows());
    parts.add(verdicts());
    parts.add(checks());
    parts.add(checklist());
    parts.removeIf(String::isEmpty);
    return String.join("\n", parts);
  }

  /// The columns in each role, one line for each evaluation; below it, columns that look intended
  /// but are not used.
  private String columns() {
    boolean alone = report.evaluations().size() == 1;
    StringBuilder text = new StringBuilder();
    for (EvaluationResult evaluation : report.evaluations()) {
      List<String> bound = new ArrayList<>();
      List<String> warnings = new ArrayList<>();
      evaluation
          .inputs()
          .forEach((set, input) -> {
            String prefix = evaluation.inputs().size() == 1 ? "" : set + ".";
            input
                .columns()
                .forEach((role, column) -> bound.add(prefix + role + "=" + capped(column)));
            String of = evaluation.inputs().size() == 1 ? "" : " (set '%s')".formatted(set);
            input.warnings().forEach(warning -> warnings.add(warning + of));
          });
      if (!bound.isEmpty()) {
        text.append(alone ? "columns" : "columns of " + evaluation.name())
            .append(": ")
            .append(String.join(" ", bound))
            .append('\n');
      }
      warnings.forEach(warning -> text.append("  WARN  ").append(warning).append('\n'));
    }
    return text.toString();
  }

  private static String capped(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }

  private String measures() {
    Table table = new Table("lllrl", "evaluation", "measure", "value", "n", "unit");
    for (EvaluationResult evaluation : report.evaluations()) {
      String name = evaluation.name();
      for (Measure measure : evaluation.measures()) {
        table.add(
            name,
            measure.name(),
            Digits.of(measure.value(), measure.standardError()),
            count(measure.n()),
            unit(measure.unit()));
        name = "";
      }
    }
    return table.isEmpty() ? "" : table.text();
  }

  private static String breakdown(EvaluationResult evaluation, Breakdown breakdown) {
    if (breakdown.groups().isEmpty()) {
      return "";
    }
    List<Measure> first = breakdown.groups().getFirst().measures();
    StringBuilder undefined = new StringBuilder();
    List<String> headings = new ArrayList<>(List.of(breakdown.by(), "rows"));
    for (Measure measure : first) {
      headings.add(measure.name());
    }
    Table table = new Table("lr" + "l".repeat(first.size()), headings.toArray(String[]::new));
    for (Breakdown.Group group :
        breakdown.groups().subList(0, Math.min(MOST_GROUPS, breakdown.groups().size()))) {
      List<String> cells =
          new ArrayList<>(List.of(Quoted.capped(group.label()), count(group.rows().used())));
      for (Measure measure : group.measures()) {
        cells.add(Digits.of(measure.value(), measure.standardError()));
      }
      table.add(cells.toArray(String[]::new));
    }
    for (Breakdown.Group group : breakdown.groups().stream().limit(MOST_GROUPS).toList()) {
      if (group.undefined() != null) {
        undefined.append(
            "  %s: %s\n"
                .formatted(Quoted.capped(group.label()), Quoted.sentence(group.undefined())));
      }
    }
    int more = breakdown.groups().size() - MOST_GROUPS;
    return "%s by %s\n%s%s%s"
        .formatted(
            evaluation.name(),
            Quoted.capped(breakdown.by()),
            table.text(),
            more > 0 ? "  and %s groups more\n".formatted(count(more)) : "",
            undefined);
  }

  /// Only rows that were left out, or that need attention; nothing if every row was used.
  private String rows() {
    Table table =
        new Table("llrrrrr", "rows of", "set", "read", "used", "nulls", "non-finite", "empty");
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Map.Entry<String, RowCounts> set : evaluation.rows().entrySet()) {
        RowCounts rows = set.getValue();
        if (rows.used() != rows.read() || rows.nulls() > 0 || rows.nonFinite() > 0) {
          table.add(
              evaluation.name(),
              set.getKey(),
              count(rows.read()),
              count(rows.used()),
              count(rows.nulls()),
              count(rows.nonFinite()),
              count(rows.empty()));
        }
      }
    }
    return table.isEmpty() ? "" : table.text();
  }

  private String verdicts() {
    Table table = new Table("llll", "", "", "", "");
    for (EvaluationResult evaluation : report.evaluations()) {
      for (Verdict verdict : evaluation.verdicts()) {
        table.add(mark(verdict.status()), evaluation.name(), verdict.name(), verdict.evidence());
      }
    }
    return table.isEmpty() ? "" : "Judgements\n" + table.text();
  }

  private String checks() {
    Table table = new Table("lllr", "", "", "", "");
    for (CheckResult check : report.checks()) {
      table.add(
          check.passed() ? "pass" : "FAIL",
          check.measure(),
          check.expected(),
          "found " + Digits.found(check));
    }
    return table.isEmpty() ? "" : "Checks\n" + table.text();
  }

  private String checklist() {
    Table table = new Table("ll", "", "");
    for (ChecklistItem item : report.checklist()) {
      table.add(mark(item.status()), item.question());
      for (String line : wrapped(item.answer())) {
        table.add("", "  " + line);
      }
    }
    return table.isEmpty() ? "" : "Checklist\n" + table.text();
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + word.length() >= TEXT_WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String mark(Verdict.Status status) {
    return switch (status) {
      case PASS -> "pass";
      case WARN -> "WARN";
      case FAIL -> "FAIL";
      case UNKNOWN -> "?";
    };
  }

  /// `1,797`.
  static String count(long n) {
    return n >= 0 && n < 1000 ? Long.toString(n) : String.format(Locale.ROOT, "%,d", n);
  }

  private static String unit(String unit) {
    return unit.equals("1") ? "" : unit;
  }
}
