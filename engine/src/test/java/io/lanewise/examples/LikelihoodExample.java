package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;

/// The example of docs/objectives/likelihood.md.
public final class LikelihoodExample {
  private LikelihoodExample() {}

  static Report run(String file) {
    // begin
    Report report =
        Evaluation.builder()
            .data("text", file)
            .evaluate(Task.of("log-likelihood").parameter("reduction", "sequence-mean"))
            .build()
            .run();
    System.out.println(report.evaluation("log-likelihood").measure("perplexity"));
    // end
    return report;
  }
}
