package io.lanewise.report;

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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A small report in which every form of every field occurs once.
final class SampleReport {
  private SampleReport() {}

  static Report rich() {
    return new Report(
        "Two \"models\", émile & co",
        provenance(
            Map.of(
                "digits",
                List.of(
                    new Provenance.InputFile(
                        "data/diffusion.npz",
                        "npz",
                        699620,
                        900,
                        "chunk-crc:00a76aed1c00a76a",
                        "a76aed1c".repeat(8))),
                "pipe",
                List.of(new Provenance.InputFile("-", "arrow-stream", -1, -1, null, null))),
            List.of(
                new Provenance.InputFile(
                    "betas.npy",
                    "npy",
                    8128,
                    1000,
                    "chunk-crc:b0b0b0b0b0b0b0b0",
                    "b0b0b0b0".repeat(8)))),
        List.of(denoising(), diversity()),
        List.of(
            new CheckResult("diffusion.mse", "<= 0.2", 0.10604451382007504, true),
            new CheckResult("diversity.ratio", ">= 0.5", Double.NaN, false)),
        List.of(
            new ChecklistItem(
                "check for mode collapse", Verdict.Status.FAIL, "'diversity' is collapsed."),
            new ChecklistItem(
                "report sampling cost", Verdict.Status.UNKNOWN, "The plan does not say.")));
  }

  static Report empty() {
    return new Report("", provenance(Map.of(), List.of()), List.of(), List.of(), List.of());
  }

  private static EvaluationResult denoising() {
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    SequencedMap<String, String> columns = new LinkedHashMap<>();
    columns.put("eps", "eps");
    columns.put("eps-pred", "eps_pred");
    inputs.put("rows", new EvaluationResult.Input("digits", columns));
    SequencedMap<String, String> parameters = new LinkedHashMap<>();
    parameters.put("reduction", "mean");
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    rows.put("rows", new RowCounts(903, 900, 2, 1));
    return new EvaluationResult(
        "diffusion",
        "denoising-mse",
        "diffusion",
        "Denoising error",
        "mean((eps - eps_pred)^2)",
        "Ho et al. 2020",
        inputs,
        parameters,
        rows,
        List.of(
            mse(0.10604451382007504, 0.006288372034914643, 900),
            new Measure(
                "max",
                Double.POSITIVE_INFINITY,
                Double.NaN,
                "none",
                900,
                "1",
                Direction.LOWER,
                "")),
        List.of(),
        List.of(
            new Breakdown(
                "t",
                true,
                "floor(2 t / 1000)",
                List.of(
                    new Breakdown.Group(
                        "[0, 500)",
                        0,
                        500,
                        new RowCounts(450, 450, 0, 0),
                        List.of(mse(0.208, 0.0117, 450))),
                    new Breakdown.Group(
                        "[500, 1000)",
                        500,
                        1000,
                        new RowCounts(2, 0, 2, 0),
                        List.of(mse(Double.NaN, Double.NaN, 0))))),
            new Breakdown(
                "file",
                false,
                "value",
                List.of(
                    new Breakdown.Group(
                        "=a,b.npz",
                        Double.NaN,
                        Double.NaN,
                        new RowCounts(903, 900, 2, 1),
                        List.of(mse(1e-300, -0.0, 900)))))),
        List.of(),
        List.of("rows/diffusion.arrow"),
        0.0125);
  }

  private static EvaluationResult diversity() {
    return new EvaluationResult(
        "diversity",
        "diversity",
        "sample",
        "Diversity",
        "var(x)",
        "definition",
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        List.of(),
        List.of(
            new ArrayMeasure(
                "variance", List.of(0.0, 0.1, Double.NEGATIVE_INFINITY), "1", "ddof 0")),
        List.of(),
        List.of(
            new Verdict(
                "mode-collapse", Verdict.Status.FAIL, "variance ratio >= 0.5", "found 0.254")),
        List.of(),
        1);
  }

  private static Measure mse(double value, double standardError, long n) {
    return new Measure(
        "mse", value, standardError, "mean", n, "1", Direction.LOWER, "mean over rows");
  }

  private static Provenance provenance(
      Map<String, List<Provenance.InputFile>> inputs, List<Provenance.InputFile> parameterFiles) {
    return new Provenance(
        "0.1.0",
        Instant.parse("2026-01-02T03:04:05.006Z"),
        1.5,
        "Temurin 25.0.3+9",
        "Linux 6.1 amd64",
        "AMD EPYC",
        "simd-512",
        "openblas 0.3.31",
        2,
        0,
        "fail",
        inputs,
        parameterFiles,
        List.of());
  }
}
