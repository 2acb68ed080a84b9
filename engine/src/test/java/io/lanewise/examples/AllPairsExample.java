package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import java.nio.file.Path;
import java.util.List;

/// The example of docs/objectives/sample.md on all pairs of rows.
public final class AllPairsExample {
  private AllPairsExample() {}

  static Report run(String realFile, String generatedFile, Path directory) {
    // begin
    Report report =
        Evaluation.builder()
            .data("r", realFile)
            .data("g", generatedFile)
            .evaluate(task("kid"))
            .evaluate(task("precision-recall").outputs(List.of("realism")).rows("npz"))
            .evaluate(task("memorization"))
            .output(directory, true)
            .build()
            .run();
    // end
    return report;
  }

  private static Task task(String objective) {
    return Task.of(objective).on("real", "r").on("generated", "g").column("features", "data");
  }
}
