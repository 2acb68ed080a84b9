package io.lanewise.cli;

import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A small report with one of everything that is printed.
final class SampleReport {
  private SampleReport() {}

  private static final RowCounts ROWS = new RowCounts(1800, 1797, 2, 1);

  static final Report REPORT =
      new Report(
          "Digits",
          new Provenance(
              "0.1.0",
              Instant.EPOCH,
              1,
              "jvm",
              "os",
              "cpu",
              "scalar",
              "not used",
              2,
              0,
              "skip",
              Map.of()),
          List.of(
              new EvaluationResult(
                  "posterior-kl",
                  "gaussian-kl",
                  "variational",
                  "Gaussian KL",
                  "formula",
                  "reference",
                  new LinkedHashMap<>(),
                  new LinkedHashMap<>(),
                  rows(),
                  List.of(
                      measure("kl", 12.345678, 0.0123, "nats"),
                      measure("width", 10, Double.NaN, "1")),
                  List.of(),
                  List.of(
                      new Breakdown(
                          "t",
                          true,
                          "value",
                          List.of(
                              new Breakdown.Group(
                                  "0", 0, 0, ROWS, List.of(measure("kl", 1, 0.5, "nats")))))),
                  List.of(
                      new Verdict(
                          "collapse", Verdict.Status.FAIL, "ratio >= 0.5", "ratio is 0.25")),
                  List.of(),
                  0.1)),
          List.of(
              new CheckResult("posterior-kl.kl", ">= 0", 12.345678, true),
              new CheckResult("posterior-kl.kl", "< 1", 12.345678, false)),
          List.of(
              new ChecklistItem("state the objective", Verdict.Status.PASS, "KL"),
              new ChecklistItem("inspect latents", Verdict.Status.UNKNOWN, "nothing tells")));

  private static SequencedMap<String, RowCounts> rows() {
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    rows.put("rows", ROWS);
    return rows;
  }

  private static Measure measure(String name, double value, double standardError, String unit) {
    return new Measure(name, value, standardError, "mean", 1797, unit, Direction.LOWER, "mean of");
  }
}
