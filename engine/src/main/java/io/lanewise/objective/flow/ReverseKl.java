package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// Reverse Kullback-Leibler divergence of a flow q from a target p, `mean (ln q(x) - beta ln p(x))`
/// over samples x of the flow, in nats; up to p's normalising constant where p is not normalised.
/// (The forward one, up to the entropy of the data, is minus the `log-density` of
/// `flow-log-density`.) One number a row each, float32 or float64; NaN and infinities flow into the
/// row's term.
public final class ReverseKl implements RowObjective {
  private static final Parameter<Double> BETA =
      Parameter.number(
          "beta", "1", 0, Double.POSITIVE_INFINITY, "1", "Weight of ln p; an inverse temperature.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "reverse-kl",
        List.of(),
        Family.FLOW,
        "Reverse KL divergence of a flow",
        "KL(q || p) = mean over samples of q (ln q(x) - beta ln p(x))",
        "Rezende and Mohamed, arXiv:1505.05770, equation 15; normalizing-flows, reverse_kld",
        List.of(
            RowSet.rows(
                Role.scalar("log-q", "Log-density of the sample under the flow, nats."),
                Role.scalar("log-p", "Log-density of the sample under the target, nats."))),
        List.of(BETA),
        List.of(Output.number("reverse-kl", "nats", "ln q(x) - beta ln p(x)")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double beta = binding.get(BETA);
    return (in, out) -> {
      double[] q = in.numbers("log-q", out.number("reverse-kl"));
      double[] p = in.numbers("log-p", new double[0]);
      for (int i = 0; i < in.count(); i++) {
        q[i] = beta == 0 ? q[i] : q[i] - beta * p[i];
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "reverse-kl",
            "nats",
            Direction.LOWER,
            "mean over rows of ln q - %s ln p".formatted(binding.get(BETA)),
            "reverse-kl"));
  }
}
