package io.lanewise.objective.variational;

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
import java.util.List;

/// The evidence lower bound from its two pieces, in nats: `ELBO = E_q[ln p(x|z)] - beta * KL(q(z|x)
/// || p(z))`. The reconstruction term is given (with whatever constants its maker included); KL is
/// given as a column, or computed from mu and logvar as [GaussianKl] does.
public final class Elbo implements RowObjective {
  private static final Parameter<Double> BETA =
      Parameter.number("beta", "1", 0, Double.POSITIVE_INFINITY, "1", "Weight of the KL term.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "elbo",
        List.of(),
        Family.VARIATIONAL,
        "Evidence lower bound",
        "ELBO = E_q[ln p(x|z)] - beta * KL(q(z|x) || p(z))",
        "Kingma and Welling, arXiv:1312.6114; beta: Higgins et al., beta-VAE, ICLR 2017",
        List.of(
            RowSet.rows(
                Role.scalar("recon", "Reconstruction log-likelihood E_q[ln p(x|z)], nats."),
                Role.scalar("kl", "KL(q(z|x) || p(z)), nats; or mu and logvar.").optional(),
                Role.vector("mu", "latent", "Posterior mean.").optional(),
                Role.vector("logvar", "latent", "Logarithm of the posterior variance.")
                    .optional())),
        List.of(BETA),
        List.of(
            Output.number("recon", "nats", "E_q[ln p(x|z)], as given"),
            Output.number("kl", "nats", "KL(q(z|x) || p(z))"),
            Output.number("elbo", "nats", "recon - beta * kl")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean given = binding.has("kl");
    if (!given && !(binding.has("mu") && binding.has("logvar"))) {
      throw new IllegalArgumentException(
          "found neither role 'kl' nor both 'mu' and 'logvar', expected one of the two");
    }
    if (given && (binding.has("mu") || binding.has("logvar"))) {
      throw new IllegalArgumentException(
          "found role 'kl' and roles 'mu' or 'logvar', expected one of the two");
    }
    double beta = binding.get(BETA);
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      double[] recon = in.numbers("recon", out.number("recon"));
      double[] kl = out.number("kl");
      if (given) {
        in.numbers("kl", kl);
      } else {
        GaussianKl.evaluate(kernels, in, kl);
      }
      double[] elbo = out.number("elbo");
      for (int i = 0; i < in.count(); i++) {
        elbo[i] = recon[i] - beta * kl[i];
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean("elbo", "nats", Direction.HIGHER, "mean over rows", "elbo"),
        new Statistic(
            "negative-elbo",
            "nats",
            Direction.LOWER,
            "-elbo, the training loss",
            List.of("elbo"),
            means -> means.mean("elbo").times(-1)),
        Statistic.mean("recon", "nats", Direction.HIGHER, "mean over rows", "recon"),
        Statistic.mean("kl", "nats", Direction.NEITHER, "mean over rows", "kl"));
  }
}
