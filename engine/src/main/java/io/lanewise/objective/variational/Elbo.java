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
/// || p(z))`.
///
/// The reconstruction term is given (with whatever constants its maker included), or computed from
/// `x` and `reconstruction`, normalising constants included and summed over dimensions:
/// - `gaussian`: `-|x - r|^2 / (2 sigma^2) - D/2 ln(2 pi sigma^2)`. (Many VAE codes leave the
///   constant out: with sigma 1 theirs is `0.5 D ln(2 pi) = 0.9189 D` higher.)
/// - `bernoulli-logits`: `sum_j x_j r_j - softplus(r_j)`, x in [0, 1].
/// - `bernoulli-probabilities`: `sum_j x_j ln r_j + (1 - x_j) ln(1 - r_j)`, with 0 ln 0 = 0;
///   -Infinity where a certain prediction is wrong, nothing is clamped.
///
/// KL is given as a column, or computed from mu and logvar as [GaussianKl] does.
public final class Elbo implements RowObjective {
  private static final Parameter<Double> BETA =
      Parameter.number("beta", "1", 0, Double.POSITIVE_INFINITY, "1", "Weight of the KL term.");
  private static final Parameter<Double> SIGMA =
      Parameter.number(
          "sigma",
          "1",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Standard deviation of likelihood gaussian.");
  private static final Parameter<String> LIKELIHOOD =
      Parameter.choice(
          "likelihood",
          "given",
          "Where the reconstruction term comes from: role recon, or x and reconstruction.",
          List.of("given", "gaussian", "bernoulli-logits", "bernoulli-probabilities"));

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
                Role.scalar("recon", "Reconstruction log-likelihood E_q[ln p(x|z)], nats; or:")
                    .optional(),
                Role.vector("x", "data", "the data, with:").optional(),
                Role.vector(
                        "reconstruction", "data", "the decoder's mean, logits or probabilities.")
                    .optional(),
                Role.scalar("kl", "KL(q(z|x) || p(z)), nats; or mu and logvar.").optional(),
                Role.vector("mu", "latent", "Posterior mean.").optional(),
                Role.vector("logvar", "latent", "Logarithm of the posterior variance.")
                    .optional())),
        List.of(BETA, LIKELIHOOD, SIGMA),
        List.of(
            Output.number("recon", "nats", "E_q[ln p(x|z)], constants included where computed"),
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
    Reconstruction reconstruction =
        Reconstruction.of(binding, binding.get(LIKELIHOOD), binding.get(SIGMA));
    double beta = binding.get(BETA);
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      double[] recon = out.number("recon");
      reconstruction.evaluate(in, recon);
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
