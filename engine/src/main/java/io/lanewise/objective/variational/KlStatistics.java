package io.lanewise.objective.variational;

import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// The mean of output `kl`, in nats and in bits.
final class KlStatistics {
  private KlStatistics() {}

  static List<Statistic> of(String definition) {
    return List.of(
        Statistic.mean("kl", "nats", Direction.NEITHER, definition, "kl"),
        new Statistic(
            "kl-bits",
            "bits",
            Direction.NEITHER,
            "kl / ln 2",
            List.of("kl"),
            means -> means.mean("kl").times(1 / StrictMath.log(2))));
  }
}
