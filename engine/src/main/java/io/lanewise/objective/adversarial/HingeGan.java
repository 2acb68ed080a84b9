package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.Statistic;
import java.util.List;

/// Hinge GAN: `D: mean max(0, 1 - r) + mean max(0, 1 + f)`, `G: -mean f`. The generator has no
/// hinge. One critic output a row, higher for real (some implementations flip the labels), float32
/// or float64; a pure number. NaN and infinities flow into the row's loss.
public final class HingeGan implements RowObjective {
  private static final CriticLoss LOSS =
      new CriticLoss(r -> Math.max(0, 1 - r), f -> Math.max(0, 1 + f), f -> -f);

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "hinge-gan",
        List.of(),
        Family.ADVERSARIAL,
        "Hinge GAN losses",
        "D: mean max(0, 1 - r) + mean max(0, 1 + f); G: -mean f",
        "Lim and Ye, Geometric GAN, arXiv:1705.02894, section 3; Miyato et al., arXiv:1802.05957, "
            + "equations 16 and 17",
        CriticLoss.sets(),
        List.of(),
        CriticLoss.outputs("w max(0, 1 - r)", "w max(0, 1 + f)", "-w f"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return LOSS.bind(binding, set);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return CriticLoss.statistics(binding, "mean max(0, 1 - r) + mean max(0, 1 + f)", "-mean f");
  }
}
