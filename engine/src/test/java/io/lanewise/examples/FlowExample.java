package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;

/// The example of docs/objectives/flow.md.
public final class FlowExample {
  private FlowExample() {}

  static Report run(String file) {
    // begin
    Task task = Task.of("flow-log-density").column("z", "z").column("logdet", "logdet");
    Report report =
        Evaluation.builder()
            .data("flow", file)
            .evaluate(task.parameter("levels", "17").parameter("dequantization", "uniform"))
            .build()
            .run();
    report.evaluations().forEach(e -> System.out.println(e.measures() + " " + e.verdicts()));
    // end
    return report;
  }
}
