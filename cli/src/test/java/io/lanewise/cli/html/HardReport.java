package io.lanewise.cli.html;

import io.lanewise.result.ArrayMeasure;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Reports that break careless pages: no content, hostile names, undefined values, a thousand
/// groups.
final class HardReport {
  static final String HOSTILE = "<script>alert('\"x\"')</script>&amp;";

  private HardReport() {}

  static Report empty() {
    return new Report("", QuickstartReport.provenance(), List.of(), List.of(), List.of());
  }

  /// [#HOSTILE] wherever text can come from a file or a plan.
  static Report hostile() {
    String h = HOSTILE;
    Measure measure = new Measure(h, 1, 2, h, 3, h, Direction.LOWER, h);
    RowCounts counts = new RowCounts(5, 2, 1, 2);
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    inputs.put(h, new EvaluationResult.Input(h, new LinkedHashMap<>(Map.of(h, h))));
    Breakdown ordered =
        new Breakdown(
            h,
            true,
            h,
            List.of(
                new Breakdown.Group(h, 0, 1, counts, List.of(measure)),
                new Breakdown.Group(h, 1, 2, counts, List.of(measure))));
    EvaluationResult evaluation =
        new EvaluationResult(
            h,
            h,
            h,
            h,
            h,
            h,
            inputs,
            new LinkedHashMap<>(Map.of(h, h)),
            new LinkedHashMap<>(Map.of(h, counts)),
            List.of(measure),
            List.of(new ArrayMeasure(h, List.of(1.0, 2.0), h, h)),
            List.of(ordered),
            List.of(new Verdict(h, Verdict.Status.FAIL, h, h)),
            List.of(h),
            1);
    return new Report(
        h,
        new Provenance(
            h,
            QuickstartReport.provenance().started(),
            1,
            h,
            h,
            h,
            h,
            h,
            1,
            0,
            h,
            Map.of(h, List.of(new Provenance.InputFile(h, h, 1, 1, h, h))),
            List.of(new Provenance.InputFile(h, h, 1, 1, h, h)),
            List.of()),
        List.of(evaluation),
        List.of(new CheckResult(h + "." + h, h, 1, false)),
        List.of(new ChecklistItem(h, Verdict.Status.FAIL, h)));
  }

  /// Values that are not numbers.
  static Report undefined() {
    double[] values = {
      Double.NaN, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2, 1, Double.NaN, 0.5
    };
    List<Breakdown.Group> groups = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      groups.add(group(i, loss(values[i], i == 4 ? Double.POSITIVE_INFINITY : 0.1)));
    }
    return report(
        new Breakdown("t", true, "value", groups),
        List.of(
            loss(Double.NaN, Double.NaN),
            new Measure(
                "max", Double.POSITIVE_INFINITY, Double.NaN, "none", 8, "1", Direction.LOWER, "")),
        List.of(
            new ArrayMeasure("variance", List.of(0.0, Double.NaN, -1.0, 1.0), "1", "ddof 0"),
            new ArrayMeasure("nothing", List.of(Double.NaN), "1", ""),
            new ArrayMeasure("void", List.of(), "1", "")));
  }

  /// A group for each of a thousand timesteps, and as many dimensions, twice.
  static Report large() {
    List<Breakdown.Group> groups = new ArrayList<>();
    List<Double> variance = new ArrayList<>();
    for (int t = 0; t < 1000; t++) {
      double wave = 1 + 0.2 * Math.sin(t * 12.9898);
      double value = Math.exp(-t / 120.0) * wave;
      groups.add(group(t, loss(value, 0.25 * value)));
      variance.add(wave * t);
      variance.add(-0.1);
    }
    return report(
        new Breakdown("t", true, "value", groups),
        List.of(loss(0.12, 0.01)),
        List.of(new ArrayMeasure("variance", variance, "1", "ddof 0")));
  }

  private static Report report(
      Breakdown breakdown, List<Measure> measures, List<ArrayMeasure> arrays) {
    EvaluationResult evaluation =
        new EvaluationResult(
            "denoising",
            "denoising-mse",
            "diffusion",
            "Denoising error",
            "mean((eps - eps_pred)^2)",
            "",
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(Map.of("rows", new RowCounts(1003, 1000, 2, 1))),
            measures,
            arrays,
            List.of(breakdown),
            List.of(new Verdict("few-rows", Verdict.Status.WARN, "n >= 30 in each group", "n = 8")),
            List.of(),
            1);
    return new Report(
        "Denoising", QuickstartReport.provenance(), List.of(evaluation), List.of(), List.of());
  }

  private static Breakdown.Group group(int t, Measure measure) {
    return new Breakdown.Group(
        Integer.toString(t), t, t, new RowCounts(8, 8, 0, 0), List.of(measure));
  }

  private static Measure loss(double value, double standardError) {
    return new Measure("mse", value, standardError, "mean", 8, "1", Direction.LOWER, "mean");
  }
}
