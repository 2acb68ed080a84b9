package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;

/// The example of docs/objectives/adversarial.md.
public final class AdversarialExample {
  private AdversarialExample() {}

  static Report run(String realFile, String fakeFile) {
    // begin
    Report report =
        Evaluation.builder()
            .data("r", realFile)
            .data("f", fakeFile)
            .evaluate(Task.of("gan").on("real", "r").on("fake", "f").parameter("compat", "tfgan"))
            .evaluate(Task.of("relativistic-gan").on("real", "r").on("fake", "f"))
            .build()
            .run();
    report.evaluations().forEach(e -> System.out.println(e.name() + " " + e.measures()));
    // end
    return report;
  }
}
