package io.lanewise.objective.likelihood;

import io.lanewise.objective.Output;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// What discretized likelihoods of D dimensions report.
final class Discretized {
  private static final String LL = "log-likelihood";

  private Discretized() {}

  static final List<Output> OUTPUTS =
      List.of(
          Output.number(LL, "nats", "log p(x), summed over dimensions"),
          Output.number("bits-per-dim", "bits", "-log p(x) / (D ln 2)"));

  static List<Statistic> statistics(int width) {
    return List.of(
        Statistic.mean(LL, "nats", Direction.HIGHER, "mean over rows, summed over dimensions", LL),
        Statistic.mean(
            "bits-per-dim",
            "bits",
            Direction.LOWER,
            "mean over rows of -log p(x) / (%d ln 2)".formatted(width),
            "bits-per-dim"));
  }

  static void finish(int count, int width, RowOutputs out) {
    double[] logLikelihood = out.number(LL);
    double[] bits = out.number("bits-per-dim");
    for (int i = 0; i < count; i++) {
      bits[i] = -logLikelihood[i] / (width * StrictMath.log(2));
    }
  }
}
