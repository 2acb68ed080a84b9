package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.SampleMetric;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.List;

/// The energy distance of two sets of rows, `2 E|x - y| - E|x - x'| - E|y - y'|`: 0 only for equal
/// distributions, in the unit of the data, with no kernel width to choose. It is the squared
/// maximum mean discrepancy of the kernel `-|x - y|`.
///
/// Products of rows are float64, since three large means nearly cancel. The standard error is by
/// jackknife over blocks of consecutive rows. A difference below rounding is rounding.
public final class EnergyDistance implements SampleMetric {
  private static final String MEASURE = "energy-distance";

  private static final Parameter<String> ESTIMATOR =
      Parameter.choice(
          "estimator",
          "biased",
          "biased: means over all pairs, as Szekely and Rizzo define it; unbiased: means within a set"
              + " over pairs of different rows, which may be negative.",
          List.of("biased", "unbiased"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        MEASURE,
        List.of(),
        Family.SAMPLE,
        "Energy distance",
        "2 E|x - y| - E|x - x'| - E|y - y'|",
        "Szekely, Rizzo, Energy statistics, J. Stat. Plan. Inference 143 (2013); V-statistic, or U-statistic",
        HeldPair.sets("Features of real data."),
        List.of(ESTIMATOR),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    MemoryClaim claim = new MemoryClaim(binding.workers());
    HeldPair held =
        HeldPair.of(binding, claim, (real, generated) -> finish(binding, real, generated));
    claim.announce(AllPairs.bytes(binding.workers()));
    return held;
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of(MEASURE);
  }

  private static Finished finish(Binding binding, HeldRows real, HeldRows generated) {
    List<HeldRows> sets = HeldRows.inRange(real, generated);
    HeldRows x = sets.getFirst();
    HeldRows y = sets.getLast();
    MmdEstimator estimator = MmdEstimator.of(binding.get(ESTIMATOR));
    AllPairs pairs = AllPairs.of(binding, binding.workers(), _ -> false, x, y);
    Discrepancy found =
        Discrepancy.of(pairs, new DistanceSums("euclidean"), estimator, x, y, Discrepancy.BLOCKS);
    double error = Math.scalb(found.standardError(), -x.exponent());
    return new Finished(
        List.of(
            new Measure(
                MEASURE,
                Math.scalb(-found.value(), -x.exponent()),
                error,
                Double.isNaN(error) ? "none" : "jackknife",
                (long) x.count() + y.count(),
                "1",
                Direction.LOWER,
                "2 E|x - y| - E|x - x'| - E|y - y'|, %s%s"
                    .formatted(estimator, Jackknife.missing(error)))),
        List.of(),
        List.of());
  }
}
