package io.lanewise.objective.variational;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.NoiseInput;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Transform;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The reparameterization trick: a sample `z = mu + exp(logvar / 2) * eps` of the posterior `N(mu,
/// exp(logvar))`, with eps from a column or drawn.
public final class Reparameterize implements Transform {
  private static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise", "philox:0", "Where eps comes from; 'given' is the column in role eps.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "reparameterize",
        List.of("reparam"),
        Family.VARIATIONAL,
        "VAE reparameterization",
        "z = mu + exp(logvar / 2) * eps, eps ~ N(0, I)",
        "Kingma and Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114, section 2.4",
        List.of(
            RowSet.rows(
                Role.vector("mu", "latent", "Posterior mean."),
                Role.vector("logvar", "latent", "Natural logarithm of the posterior variance."),
                Role.vector("eps", "latent", "The noise, if it is given.").optional())),
        List.of(NOISE),
        List.of(
            Output.vector("z", "mu", "1", "mu + exp(logvar / 2) * eps"),
            Output.vector("eps", "mu", "1", "the noise that was used").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "eps", "mu");
    return (in, out) -> {
      MemorySegment eps = noise.of(in, 0);
      long n = (long) in.count() * in.width("mu");
      if (in.type() == DType.FLOAT32) {
        kernels.reparameterize().f32(in.vector("mu"), in.vector("logvar"), eps, out.vector("z"), n);
      } else {
        kernels.reparameterize().f64(in.vector("mu"), in.vector("logvar"), eps, out.vector("z"), n);
      }
      if (out.wants("eps")) {
        out.vector("eps").copyFrom(eps);
      }
    };
  }
}
