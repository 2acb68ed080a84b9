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
import java.util.ArrayList;
import java.util.List;

/// Gradient penalty of WGAN-GP, `mean (|g| / target - 1)^2`, from the critic's gradient at points
/// between real and generated data: vectors of any width, or their norms, float32 or float64. From
/// vectors `|g| = sqrt(sum g^2 + epsilon)`; a given norm is used as it is. The one-sided penalty
/// has `max(0, |g| / target - 1)^2`. The weight lambda of the loss (10 in the paper) is not part of
/// it. A pure number. NaN and infinities flow into the row's penalty.
public final class GradientPenalty implements RowObjective {
  private static final Parameter<String> SIDES =
      Parameter.choice(
          "sides",
          "two",
          "two: norms below the target are penalized too; one: only those above.",
          List.of("two", "one"));
  private static final Parameter<Double> TARGET =
      Parameter.number(
          "target", "1", Double.MIN_VALUE, Double.POSITIVE_INFINITY, "1", "The norm aimed at.");
  private static final Parameter<Double> EPSILON =
      Parameter.number(
          "epsilon",
          "1e-10",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Added to the squared norm of a gradient vector under the root, as in TF-GAN.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "gradient-penalty",
        List.of(),
        Family.ADVERSARIAL,
        "Gradient penalty",
        "mean (sqrt(sum_j g_j^2 + epsilon) / target - 1)^2",
        "Gulrajani et al., Improved Training of Wasserstein GANs, arXiv:1704.00028, equation 3",
        List.of(GradientNorm.rows("the critic")),
        List.of(SIDES, TARGET, EPSILON),
        List.of(
            Output.number("norm", "1", "|g|"),
            Output.number("penalty", "1", "w (|g| / target - 1)^2; one-sided 0 below the target"),
            Weights.countedOutput(RowSet.ROWS)));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    GradientNorm gradient = GradientNorm.of(binding);
    Weights weights = Weights.of(binding, set);
    double target = binding.get(TARGET);
    double epsilon = binding.get(EPSILON);
    boolean one = binding.get(SIDES).equals("one");
    return (in, out) -> {
      double[] norm = out.number("norm");
      double[] penalty = out.number("penalty");
      gradient.norm(in, epsilon, norm);
      for (int i = 0; i < in.count(); i++) {
        double slope = norm[i] / target - 1;
        penalty[i] = one && slope < 0 ? 0 : slope * slope;
      }
      weights.apply(in, out, penalty);
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    Weights weights = Weights.of(binding, RowSet.ROWS);
    String sides = binding.get(SIDES).equals("one") ? "max(0, |g| / %s - 1)^2" : "(|g| / %s - 1)^2";
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Weights.loss(
            "gradient-penalty",
            "1",
            Direction.LOWER,
            "mean " + sides.formatted(binding.get(TARGET)),
            0,
            List.of(weights.term(1, "penalty"))));
    statistics.add(
        Statistic.mean("mean-norm", "1", Direction.NEITHER, "mean |g|, without weights", "norm"));
    return statistics;
  }
}
