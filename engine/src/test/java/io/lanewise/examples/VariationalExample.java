package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;

/// The example of docs/objectives/variational.md.
public final class VariationalExample {
  private VariationalExample() {}

  static Report run(String file) {
    // begin
    Report report =
        Evaluation.builder()
            .data("vae", file)
            .evaluate(Task.of("gaussian-kl").parameter("free-bits", "0.1"))
            .evaluate(Task.of("posterior-collapse"))
            .build()
            .run();
    System.out.println(report.evaluation("posterior-collapse").verdicts());
    // end
    return report;
  }
}
