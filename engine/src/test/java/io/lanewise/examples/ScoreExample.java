package io.lanewise.examples;

import io.lanewise.objective.score.Diagnostics;
import io.lanewise.objective.score.GaussianScore;
import io.lanewise.objective.score.LangevinSampler;
import io.lanewise.objective.score.MixtureScore;
import io.lanewise.objective.score.ScoreFunction;
import java.util.List;

/// The example of docs/objectives/score.md.
public final class ScoreExample {
  private ScoreExample() {}

  static Diagnostics.Summary run() {
    // begin
    ScoreFunction low = GaussianScore.isotropic(new double[] {-1.5}, 0.6);
    ScoreFunction high = GaussianScore.isotropic(new double[] {1}, 0.8);
    ScoreFunction target = new MixtureScore(new double[] {3, 7}, List.of(low, high));
    LangevinSampler mala = new LangevinSampler(0.5, true, 500, 5, 8);
    LangevinSampler.Result result = mala.run(target, new double[16][1], 1000, 2);
    Diagnostics.Summary summary = Diagnostics.of(result);
    System.out.println(summary);
    // end
    return summary;
  }
}
