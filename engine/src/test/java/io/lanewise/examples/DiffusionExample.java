package io.lanewise.examples;

import io.lanewise.Evaluation;
import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.diffusion.Prediction;
import io.lanewise.objective.diffusion.Sampler;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.objective.diffusion.Spacing;
import io.lanewise.objective.diffusion.Threshold;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import java.nio.file.Path;
import java.util.List;

/// The examples of docs/objectives/diffusion.md.
public final class DiffusionExample {
  private DiffusionExample() {}

  static Report run(String file, Path directory) {
    // begin
    Task task = Task.of("noising").column("eps", "none").parameter("draw", "stratified");
    Report report =
        Evaluation.builder()
            .data("images", file)
            .evaluate(task.outputs(List.of("t", "eps", "target")).rows("npz"))
            .output(directory, true)
            .build()
            .run();
    System.out.println(report.evaluations().getFirst().rows());
    // end
    return report;
  }

  static void sample(Sampler.Model model, double[] x, int rows) {
    // begin
    Schedule schedule = Schedule.of("squared-cosine", 1000);
    int[] timesteps = Spacing.of("trailing", 1000, 50);
    Sampler sampler = new Sampler(Prediction.EPS, Threshold.clip(1), true, new PhiloxNoise(7), 0);
    sampler.ddim(schedule, timesteps, -1, 0, model, x, rows);
    // end
  }
}
