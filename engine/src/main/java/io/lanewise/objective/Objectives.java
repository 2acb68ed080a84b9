package io.lanewise.objective;

import io.lanewise.objective.adversarial.GanLoss;
import io.lanewise.objective.diffusion.DdimStep;
import io.lanewise.objective.diffusion.DdpmStep;
import io.lanewise.objective.diffusion.DenoisingMse;
import io.lanewise.objective.diffusion.DiffusionConversion;
import io.lanewise.objective.diffusion.LossByTimestep;
import io.lanewise.objective.diffusion.Noising;
import io.lanewise.objective.diffusion.SigmaStep;
import io.lanewise.objective.flow.AffineFlow;
import io.lanewise.objective.flow.FlowLogDensity;
import io.lanewise.objective.likelihood.LogLikelihood;
import io.lanewise.objective.sample.Diversity;
import io.lanewise.objective.sample.FrechetDistance;
import io.lanewise.objective.score.Langevin;
import io.lanewise.objective.score.LangevinCorrector;
import io.lanewise.objective.score.Mala;
import io.lanewise.objective.variational.Elbo;
import io.lanewise.objective.variational.GaussianKl;
import io.lanewise.objective.variational.Reparameterize;
import java.util.List;

/// Every objective there is. To add one, add its line here.
public final class Objectives {
  private static final List<Objective> ALL =
      List.of(
          new LogLikelihood(),
          new Reparameterize(),
          new GaussianKl(),
          new Elbo(),
          new GanLoss(),
          new AffineFlow(),
          new FlowLogDensity(),
          new Noising(),
          new DiffusionConversion(),
          new DdpmStep(),
          new DdimStep(),
          new SigmaStep(),
          new DenoisingMse(),
          new LossByTimestep(),
          new Langevin(),
          new LangevinCorrector(),
          new Mala(),
          new FrechetDistance(),
          new Diversity());

  private Objectives() {}

  /// All objectives, by family.
  public static List<Objective> all() {
    return ALL;
  }

  /// The objective of that id or alias.
  ///
  /// @throws IllegalArgumentException naming the nearest id if there is none
  public static Objective get(String id) {
    return ALL.stream()
        .filter(
            objective ->
                objective.descriptor().id().equals(id)
                    || objective.descriptor().aliases().contains(id))
        .findFirst()
        .orElseThrow(
            () ->
                Names.unknown(
                    "objective", id, ALL.stream().map(o -> o.descriptor().id()).toList()));
  }
}
