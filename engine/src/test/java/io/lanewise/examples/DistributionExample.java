package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;

/// The example of docs/objectives/sample.md.
public final class DistributionExample {
  private DistributionExample() {}

  static Report run(String realFile, String generatedFile) {
    // begin
    Report report =
        Evaluation.builder()
            .data("r", realFile)
            .data("g", generatedFile)
            .evaluate(
                Task.of("fid").on("real", "r").on("generated", "g").column("features", "data"))
            .evaluate(Task.of("vendi-score").on("rows", "g").column("features", "data"))
            .build()
            .run();
    report.evaluations().forEach(e -> System.out.println(e.name() + " " + e.measures()));
    // end
    return report;
  }
}
