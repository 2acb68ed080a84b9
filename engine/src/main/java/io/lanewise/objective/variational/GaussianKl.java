package io.lanewise.objective.variational;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// Kullback-Leibler divergence of a diagonal Gaussian posterior from the standard normal prior, in
/// nats: `KL(N(mu, exp(logvar)) || N(0, I)) = 1/2 sum_j (mu_j^2 + expm1(logvar_j) - logvar_j)`,
/// summed over dimensions. The expm1 form does not go negative near 0, where `exp(logvar) - 1 -
/// logvar` would.
public final class GaussianKl implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "gaussian-kl",
        List.of("kl"),
        Family.VARIATIONAL,
        "Gaussian KL to the standard normal",
        "KL(N(mu, exp(logvar)) || N(0, I)) = 1/2 sum_j (mu_j^2 + expm1(logvar_j) - logvar_j)",
        "Kingma and Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114, appendix B",
        List.of(
            RowSet.rows(
                Role.vector("mu", "latent", "Posterior mean."),
                Role.vector("logvar", "latent", "Natural logarithm of the posterior variance."))),
        List.of(),
        List.of(Output.number("kl", "nats", "KL of the row's posterior, summed over dimensions")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    return (in, out) -> evaluate(kernels, in, out.number("kl"));
  }

  /// The divergence of each row, into `kl`; shared with the evidence lower bound.
  static void evaluate(Kernels kernels, Rows in, double[] kl) {
    int width = in.width("mu");
    if (in.type() == DType.FLOAT32) {
      kernels.gaussianKl().f32(in.vector("mu"), in.vector("logvar"), in.count(), width, kl);
    } else {
      kernels.gaussianKl().f64(in.vector("mu"), in.vector("logvar"), in.count(), width, kl);
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "kl", "nats", Direction.NEITHER, "mean over rows, summed over dimensions", "kl"),
        new Statistic(
            "kl-bits",
            "bits",
            Direction.NEITHER,
            "kl / ln 2",
            List.of("kl"),
            means -> means.mean("kl").times(1 / Math.log(2))));
  }
}
