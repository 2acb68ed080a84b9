package io.lanewise.objective.variational;

import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Estimate;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.Arrays;
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
///
/// With `free-bits` above 0 there is `recon - beta * kl-free-bits` beside it (see [FreeBits]): in
/// form `row` with each row's own `sum_g max(free-bits, kl_g)`; in form `mean`, which is Kingma et
/// al.'s, with `max(free-bits, mean kl)` of all dimensions together. (For groups of them in that
/// form take [PosteriorCollapse].) It is never above the ELBO.
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
          "Source of the reconstruction term: role recon, or x and reconstruction.",
          List.of("given", "gaussian", "bernoulli-logits", "bernoulli-probabilities"));
  private static final Parameter<String> FORM =
      Parameter.choice(
          "free-bits-form",
          "row",
          "row: max(free-bits, kl) of each row; mean: of the mean over rows, as Kingma et al.",
          List.of("row", "mean"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "elbo",
        List.of(),
        Family.VARIATIONAL,
        "Evidence lower bound",
        "ELBO = E_q[ln p(x|z)] - beta * KL(q(z|x) || p(z))",
        "Kingma and Welling, arXiv:1312.6114; beta: Higgins et al., beta-VAE, ICLR 2017; free bits:"
            + " Kingma et al., arXiv:1606.04934, appendix C.8",
        List.of(
            RowSet.rows(
                    Role.scalar("recon", "Reconstruction log-likelihood E_q[ln p(x|z)], nats; or:")
                        .optional()
                        .when("likelihood", "given"),
                    Role.vector("x", "data", "the data, with:")
                        .optional()
                        .when("likelihood", Reconstruction.OF_DATA),
                    Role.vector(
                            "reconstruction",
                            "data",
                            "the decoder's mean, logits or probabilities.")
                        .optional()
                        .when("likelihood", Reconstruction.OF_DATA),
                    Role.scalar("kl", "KL(q(z|x) || p(z)), nats; or give mu and logvar.")
                        .optional(),
                    Role.vector("mu", "latent", "Posterior mean.").optional(),
                    Role.vector("logvar", "latent", "Logarithm of the posterior variance.")
                        .optional())
                .choosing(Choice.oneOf(Choice.Way.of("kl"), Choice.Way.of("mu", "logvar")))),
        List.of(BETA, LIKELIHOOD, SIGMA, FreeBits.LAMBDA, FreeBits.GROUPS, FORM),
        List.of(
            Output.number("recon", "nats", "E_q[ln p(x|z)], constants included where computed"),
            Output.number("kl", "nats", "KL(q(z|x) || p(z))"),
            Output.number("elbo", "nats", "recon - beta * kl"),
            Output.number("kl-free-bits", "nats", "sum_g max(free-bits, kl_g)").onRequest(),
            Output.number("elbo-free-bits", "nats", "recon - beta * kl-free-bits").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean given = binding.has("kl");
    FreeBits freeBits = freeBits(binding, given);
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
      if (out.wants("kl-free-bits") || out.wants("elbo-free-bits")) {
        free(freeBits, in, out, beta);
      }
    };
  }

  private static FreeBits freeBits(Binding binding, boolean given) {
    long groups = binding.get(FreeBits.GROUPS);
    double lambda = binding.get(FreeBits.LAMBDA);
    if (lambda > 0 && given && groups != 1) {
      throw new IllegalArgumentException(
          "parameter 'free-bits-groups': found %d with role 'kl', which tells all dimensions together, expected 1"
              .formatted(groups));
    }
    if (lambda > 0 && binding.get(FORM).equals("mean") && groups != 1) {
      throw new IllegalArgumentException(
          "parameter 'free-bits-form': found 'mean' with free-bits-groups %d, expected 1 (objective posterior-collapse has the mean form of groups)"
              .formatted(groups));
    }
    return given ? new FreeBits(lambda, 1) : FreeBits.of(binding, binding.width("mu"));
  }

  private static void free(FreeBits freeBits, Rows in, RowOutputs out, double beta) {
    int width = freeBits.groups() == 1 ? 0 : in.width("mu");
    double[] groups = new double[freeBits.groups()];
    for (int i = 0; i < in.count(); i++) {
      Arrays.fill(groups, width == 0 ? out.number("kl")[i] : 0);
      for (int j = 0; j < width; j++) {
        long at = (long) i * width + j;
        groups[freeBits.group(j, width)] +=
            Gaussians.kl(in.element(in.vector("mu"), at), in.element(in.vector("logvar"), at));
      }
      double kl = freeBits.sum(groups);
      if (out.wants("kl-free-bits")) {
        out.number("kl-free-bits")[i] = kl;
      }
      if (out.wants("elbo-free-bits")) {
        out.number("elbo-free-bits")[i] = out.number("recon")[i] - beta * kl;
      }
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> result = new ArrayList<>(plain());
    double lambda = binding.get(FreeBits.LAMBDA);
    if (lambda == 0) {
      return result;
    }
    if (binding.get(FORM).equals("row")) {
      String of = "mean over rows of ";
      result.add(
          Statistic.mean(
              "elbo-free-bits",
              "nats",
              Direction.HIGHER,
              of + "recon - beta * sum_g max(free-bits, kl_g)",
              "elbo-free-bits"));
      result.add(
          Statistic.mean(
              "kl-free-bits",
              "nats",
              Direction.NEITHER,
              of + "sum_g max(free-bits, kl_g)",
              "kl-free-bits"));
    } else {
      double beta = binding.get(BETA);
      result.add(
          new Statistic(
              "elbo-free-bits",
              "nats",
              Direction.HIGHER,
              "mean recon - beta * max(free-bits, mean kl), means over rows: Kingma et al.'s form",
              List.of("recon", "kl"),
              means -> means.mean("recon").minus(atLeast(lambda, means.mean("kl")).times(beta))));
      result.add(
          new Statistic(
              "kl-free-bits",
              "nats",
              Direction.NEITHER,
              "max(free-bits, mean kl), mean over rows: Kingma et al.'s form",
              List.of("kl"),
              means -> atLeast(lambda, means.mean("kl"))));
    }
    return result;
  }

  private static Estimate atLeast(double least, Estimate estimate) {
    return estimate.value() < least ? estimate.times(0).plus(least) : estimate;
  }

  private static List<Statistic> plain() {
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
