package io.lanewise.objective.adversarial;

import io.lanewise.kernel.Kernels;
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
import java.util.ArrayList;
import java.util.List;

/// Mutual information loss of InfoGAN: minus the log-density that the auxiliary network Q gives to
/// the structured codes c_1, ..., c_m that a sample was generated from, in nats: `-mean_k mean ln
/// q(c_k | x)`, the mean over codes as TF-GAN takes it. The columns of role `log-prob` hold one
/// number a row for each code (or vectors of them), float32 or float64; NaN and infinities flow
/// into the row's loss.
///
/// With `code-entropy`, the sum of the codes' entropies H(c), there is the variational lower bound
/// of the mutual information, `H(c) + mean sum_k ln q(c_k | x)`.
public final class MutualInformation implements RowObjective {
  private static final String LOG_PROB = "log-prob";

  private static final Parameter<Double> ENTROPY =
      Parameter.number(
          "code-entropy",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "nats",
          "Entropy of all codes together; with 0 the bound is not reported.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "mutual-information-loss",
        List.of("infogan"),
        Family.ADVERSARIAL,
        "Mutual information loss",
        "-mean_k mean ln q(c_k | x); bound: H(c) + mean sum_k ln q(c_k | x)",
        "Chen et al., InfoGAN, arXiv:1606.03657, equation 5; reduction of TF-GAN,"
            + " mutual_information_penalty",
        List.of(
            RowSet.rows(Role.columns(LOG_PROB, "ln q(c_k | x) of each structured code, nats."))),
        List.of(ENTROPY),
        List.of(
            Output.number("mutual-information-loss", "nats", "-mean_k ln q(c_k | x)"),
            Output.number("log-prob-sum", "nats", "sum_k ln q(c_k | x)")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    int codes = binding.width(LOG_PROB);
    return (in, out) -> {
      double[] sum = out.number("log-prob-sum");
      kernels.rowSum().rows(in.matrix(LOG_PROB), sum);
      double[] loss = out.number("mutual-information-loss");
      for (int i = 0; i < in.count(); i++) {
        loss[i] = -sum[i] / codes;
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Statistic.mean(
            "mutual-information-loss",
            "nats",
            Direction.LOWER,
            "mean over rows and %d codes of -ln q(c_k | x)".formatted(binding.width(LOG_PROB)),
            "mutual-information-loss"));
    double entropy = binding.get(ENTROPY);
    if (entropy > 0) {
      statistics.add(
          new Statistic(
              "mutual-information-bound",
              "nats",
              Direction.HIGHER,
              "%s + mean over rows of sum_k ln q(c_k | x)".formatted(entropy),
              List.of("log-prob-sum"),
              means -> means.mean("log-prob-sum").plus(entropy)));
    }
    return statistics;
  }
}
