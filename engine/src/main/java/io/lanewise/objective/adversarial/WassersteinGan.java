package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.Statistic;
import java.util.List;

/// Wasserstein GAN: `D: mean f - mean r`, `G: -mean f`. The estimate of the Wasserstein-1 distance
/// is `logit-gap` if the critic is 1-Lipschitz, which no file tells (see `gradient-penalty`). One
/// critic output a row, float32 or float64; a pure number. NaN and infinities flow into the row's
/// loss.
public final class WassersteinGan implements RowObjective {
  private static final CriticLoss LOSS = new CriticLoss(r -> -r, f -> f, f -> -f);

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "wasserstein-gan",
        List.of("wgan"),
        Family.ADVERSARIAL,
        "Wasserstein GAN losses",
        "D: mean f - mean r; G: -mean f",
        "Arjovsky et al., Wasserstein GAN, arXiv:1701.07875, algorithm 1",
        CriticLoss.sets(),
        List.of(),
        CriticLoss.outputs("-w r", "w f", "-w f"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return LOSS.bind(binding, set);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return CriticLoss.statistics(binding, "mean f - mean r", "-mean f");
  }
}
