package io.lanewise.report;

import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A report's measures as CSV (RFC 4180 with line feeds), a line each, for spreadsheets and data
/// frames. The last columns tell where models stand. Over all rows `by` and `group` are empty; an
/// unknown standard error is empty; non-finite values are `NaN`, `Infinity` and `-Infinity`.
/// Arrays, verdicts and provenance are in [JsonReport]'s file only.
public final class CsvReport {
  private static final String HEADER =
      "evaluation,objective,measure,by,group,value,standard_error,n,unit,model,step,rank,rank_lower,"
          + "rank_upper,beats_next,tied\n";

  private CsvReport() {}

  /// The measures as text, a header line first.
  public static String toCsv(Report report) {
    StringBuilder csv = new StringBuilder(HEADER);
    for (EvaluationResult evaluation : report.evaluations()) {
      lines(csv, report, evaluation, "", "", evaluation.measures());
      for (Breakdown breakdown : evaluation.breakdowns()) {
        for (Breakdown.Group group : breakdown.groups()) {
          lines(csv, report, evaluation, breakdown.by(), group.label(), group.measures());
        }
      }
    }
    return csv.toString();
  }

  private static void lines(
      StringBuilder csv,
      Report report,
      EvaluationResult evaluation,
      String by,
      String group,
      List<Measure> measures) {
    for (Measure measure : measures) {
      String standardError =
          Double.isNaN(measure.standardError()) ? "" : Double.toString(measure.standardError());
      csv.append(
              Stream.of(
                      text(evaluation.name()),
                      text(evaluation.objective()),
                      text(measure.name()),
                      text(by),
                      text(group),
                      Double.toString(measure.value()),
                      standardError,
                      Long.toString(measure.n()),
                      text(measure.unit()),
                      rank(report, evaluation, by.isEmpty() ? measure.name() : ""))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
  }

  /// The model and, for a measure over all rows that ranks, where it stands.
  private static String rank(Report report, EvaluationResult evaluation, String measure) {
    EvaluationResult.Model model = evaluation.model();
    if (model == null) {
      return ",,,,,,";
    }
    Leaderboard.Standing standing =
        report.leaderboards().stream()
            .filter(b -> b.evaluation().equals(model.evaluation()) && b.measure().equals(measure))
            .flatMap(board -> board.standings().stream())
            .filter(s -> s.model().equals(model.name()) && s.rank() > 0)
            .findFirst()
            .orElse(null);
    String step = model.step() == null ? "" : Double.toString(model.step());
    if (standing == null) {
      return "%s,%s,,,,,".formatted(text(model.name()), step);
    }
    return Stream.of(
            text(model.name()),
            step,
            Integer.toString(standing.rank()),
            standing.lowestRank() == 0 ? "" : Integer.toString(standing.lowestRank()),
            standing.highestRank() == 0 ? "" : Integer.toString(standing.highestRank()),
            Double.isNaN(standing.beatsNext()) ? "" : Double.toString(standing.beatsNext()),
            Boolean.toString(standing.tied()))
        .collect(Collectors.joining(","));
  }

  private static String text(String value) {
    String safe = isFormula(value) ? "'" + value : value;
    boolean quote = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quote ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  /// Names come from files; a spreadsheet must not run them. Numbers such as `-1` are left alone.
  private static boolean isFormula(String value) {
    return !value.isEmpty()
        && "=+-@\t\r".indexOf(value.charAt(0)) >= 0
        && !value.matches("[+-]?[0-9.]+([eE][+-]?[0-9]+)?");
  }
}
