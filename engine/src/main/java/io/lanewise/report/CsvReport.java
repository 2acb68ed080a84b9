package io.lanewise.report;

import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A report's measures as CSV (RFC 4180 with line feeds), a line each, for spreadsheets and data
/// frames. Over all rows `by` and `group` are empty; an unknown standard error is empty; non-finite
/// values are `NaN`, `Infinity` and `-Infinity`. Arrays, verdicts and provenance are in
/// [JsonReport]'s file only.
public final class CsvReport {
  private static final String HEADER =
      "evaluation,objective,measure,by,group,value,standard_error,n,unit\n";

  private CsvReport() {}

  /// The measures as text, a header line first.
  public static String toCsv(Report report) {
    StringBuilder csv = new StringBuilder(HEADER);
    for (EvaluationResult evaluation : report.evaluations()) {
      lines(csv, evaluation, "", "", evaluation.measures());
      for (Breakdown breakdown : evaluation.breakdowns()) {
        for (Breakdown.Group group : breakdown.groups()) {
          lines(csv, evaluation, breakdown.by(), group.label(), group.measures());
        }
      }
    }
    return csv.toString();
  }

  private static void lines(
      StringBuilder csv,
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
                      text(measure.unit()))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
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
