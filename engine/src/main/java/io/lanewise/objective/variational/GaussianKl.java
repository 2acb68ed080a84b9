package io.lanewise.objective.variational;

import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.KernelUse;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
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

/// Kullback-Leibler divergence of a diagonal Gaussian posterior from the standard normal prior, in
/// nats: `KL(N(mu, exp(logvar)) || N(0, I)) = 1/2 sum_j (mu_j^2 + expm1(logvar_j) - logvar_j)`,
/// summed over dimensions. The expm1 form does not go negative near 0, where `exp(logvar) - 1 -
/// logvar` would.
///
/// With `free-bits` above 0 there is `sum_g max(free-bits, kl_g)` over groups of dimensions beside
/// it, for each row; Kingma et al.'s form, which first takes the mean over rows, is in
/// [PosteriorCollapse].
public final class GaussianKl implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "gaussian-kl",
        List.of("kl"),
        Family.VARIATIONAL,
        "Gaussian KL to the standard normal",
        "KL(N(mu, exp(logvar)) || N(0, I)) = 1/2 sum_j (mu_j^2 + expm1(logvar_j) - logvar_j)",
        "Kingma and Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114, appendix B;"
            + " free bits: Kingma et al., arXiv:1606.04934, appendix C.8",
        List.of(
            RowSet.rows(
                Role.vector("mu", "latent", "Posterior mean."),
                Role.vector("logvar", "latent", "Natural logarithm of the posterior variance."))),
        List.of(FreeBits.LAMBDA, FreeBits.GROUPS),
        List.of(
            Output.number("kl", "nats", "KL of the row's posterior, summed over dimensions"),
            Output.number("kl-free-bits", "nats", "sum_g max(free-bits, kl_g)").onRequest(),
            Output.vector("kl-per-dimension", "mu", "nats", "KL of each dimension").onRequest()));
  }

  @Override
  public List<KernelUse> kernels() {
    return List.of(Kernel.GAUSSIAN_KL.ofData());
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    FreeBits freeBits = FreeBits.of(binding, binding.width("mu"));
    return (in, out) -> {
      evaluate(kernels, in, out.number("kl"));
      if (out.wants("kl-free-bits") || out.wants("kl-per-dimension")) {
        perDimension(in, out, freeBits);
      }
    };
  }

  private static void perDimension(Rows in, RowOutputs out, FreeBits freeBits) {
    int width = in.width("mu");
    double[] groups = new double[freeBits.groups()];
    for (int i = 0; i < in.count(); i++) {
      Arrays.fill(groups, 0);
      for (int j = 0; j < width; j++) {
        long at = (long) i * width + j;
        double kl =
            Gaussians.kl(in.element(in.vector("mu"), at), in.element(in.vector("logvar"), at));
        groups[freeBits.group(j, width)] += kl;
        if (out.wants("kl-per-dimension")) {
          in.put(out.vector("kl-per-dimension"), at, kl);
        }
      }
      if (out.wants("kl-free-bits")) {
        out.number("kl-free-bits")[i] = freeBits.sum(groups);
      }
    }
  }

  /// The divergence of each row, into `kl`; shared with the evidence lower bound.
  static void evaluate(Kernels kernels, Rows in, double[] kl) {
    kernels.gaussianKl().rows(in.matrix("mu"), in.matrix("logvar"), kl);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> result =
        new ArrayList<>(KlStatistics.of("mean over rows, summed over dimensions"));
    if (binding.get(FreeBits.LAMBDA) > 0) {
      result.add(
          Statistic.mean(
              "kl-free-bits",
              "nats",
              Direction.NEITHER,
              "mean over rows of sum_g max(free-bits, kl_g); Kingma et al. take the mean first",
              "kl-free-bits"));
    }
    return result;
  }
}
