package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// R1 penalty, `gamma/2 mean |g|^2`, from the discriminator's gradient at real data (R2: the same
/// at generated data): vectors of any width, or their norms, float32 or float64. A pure number. NaN
/// and infinities flow into the row's penalty.
public final class R1Penalty implements RowObjective {
  private static final Parameter<Double> GAMMA =
      Parameter.number(
          "gamma",
          "10",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Weight of the penalty; the penalty is multiplied by half of it.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "r1-penalty",
        List.of("r1"),
        Family.ADVERSARIAL,
        "R1 gradient penalty",
        "gamma/2 mean sum_j g_j^2",
        "Mescheder et al., Which Training Methods for GANs do actually Converge?, arXiv:1801.04406, "
            + "equation 9",
        List.of(GradientNorm.rows("the discriminator at real data")),
        List.of(GAMMA),
        List.of(
            Output.number("penalty", "1", "w gamma/2 |g|^2"), Weights.countedOutput(RowSet.ROWS)));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    GradientNorm gradient = GradientNorm.of(binding);
    Weights weights = Weights.of(binding, set);
    double half = 0.5 * binding.get(GAMMA);
    return (in, out) -> {
      double[] penalty = out.number("penalty");
      gradient.squared(in, penalty);
      for (int i = 0; i < in.count(); i++) {
        penalty[i] *= half;
      }
      weights.apply(in, out, penalty);
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Weights.loss(
            "r1-penalty",
            "1",
            Direction.LOWER,
            "%s/2 mean |g|^2".formatted(binding.get(GAMMA)),
            0,
            List.of(Weights.of(binding, RowSet.ROWS).term(1, "penalty"))));
  }
}
