package io.lanewise.objective;

import io.lanewise.batch.Names;
import io.lanewise.objective.adversarial.Acgan;
import io.lanewise.objective.adversarial.CycleConsistency;
import io.lanewise.objective.adversarial.GanLoss;
import io.lanewise.objective.adversarial.GeneratorTotal;
import io.lanewise.objective.adversarial.GradientPenalty;
import io.lanewise.objective.adversarial.HingeGan;
import io.lanewise.objective.adversarial.LeastSquaresGan;
import io.lanewise.objective.adversarial.MutualInformation;
import io.lanewise.objective.adversarial.R1Penalty;
import io.lanewise.objective.adversarial.RelativisticGan;
import io.lanewise.objective.adversarial.WassersteinGan;
import io.lanewise.objective.diffusion.DdimStep;
import io.lanewise.objective.diffusion.DdpmStep;
import io.lanewise.objective.diffusion.DenoisingMse;
import io.lanewise.objective.diffusion.DiffusionConversion;
import io.lanewise.objective.diffusion.DiffusionVlb;
import io.lanewise.objective.diffusion.EdmChurn;
import io.lanewise.objective.diffusion.EdmPreconditioning;
import io.lanewise.objective.diffusion.LossByTimestep;
import io.lanewise.objective.diffusion.MultistepStep;
import io.lanewise.objective.diffusion.Noising;
import io.lanewise.objective.diffusion.ProbabilityFlowStep;
import io.lanewise.objective.diffusion.SigmaStep;
import io.lanewise.objective.flow.AffineFlow;
import io.lanewise.objective.flow.ContinuousFlow;
import io.lanewise.objective.flow.CouplingFlow;
import io.lanewise.objective.flow.FlowLogDensity;
import io.lanewise.objective.flow.PlanarFlow;
import io.lanewise.objective.flow.RadialFlow;
import io.lanewise.objective.flow.RationalQuadraticSpline;
import io.lanewise.objective.flow.ReverseKl;
import io.lanewise.objective.flow.RoundTrip;
import io.lanewise.objective.flow.TriangularFlow;
import io.lanewise.objective.likelihood.DiscretizedGaussian;
import io.lanewise.objective.likelihood.DiscretizedLogisticMixture;
import io.lanewise.objective.likelihood.LogLikelihood;
import io.lanewise.objective.likelihood.MultipleChoice;
import io.lanewise.objective.likelihood.SequenceLogLikelihood;
import io.lanewise.objective.likelihood.TokenLogLikelihood;
import io.lanewise.objective.sample.Bootstrap;
import io.lanewise.objective.sample.DataCopying;
import io.lanewise.objective.sample.Diversity;
import io.lanewise.objective.sample.FeatureLikelihood;
import io.lanewise.objective.sample.FrechetDistance;
import io.lanewise.objective.sample.InceptionScore;
import io.lanewise.objective.sample.KernelInceptionDistance;
import io.lanewise.objective.sample.MaximumMeanDiscrepancy;
import io.lanewise.objective.sample.Memorization;
import io.lanewise.objective.sample.ModeCoverage;
import io.lanewise.objective.sample.PairwiseDistance;
import io.lanewise.objective.sample.PrecisionRecall;
import io.lanewise.objective.sample.SlicedWasserstein;
import io.lanewise.objective.sample.VendiScore;
import io.lanewise.objective.score.ChainDiagnostics;
import io.lanewise.objective.score.Langevin;
import io.lanewise.objective.score.LangevinCorrector;
import io.lanewise.objective.score.Mala;
import io.lanewise.objective.score.SdeStep;
import io.lanewise.objective.score.UnderdampedLangevin;
import io.lanewise.objective.variational.DiagonalKl;
import io.lanewise.objective.variational.DiscreteKl;
import io.lanewise.objective.variational.Elbo;
import io.lanewise.objective.variational.GaussianKl;
import io.lanewise.objective.variational.ImportanceWeighted;
import io.lanewise.objective.variational.JensenShannon;
import io.lanewise.objective.variational.MultivariateNormal;
import io.lanewise.objective.variational.MultivariateNormalKl;
import io.lanewise.objective.variational.PosteriorCollapse;
import io.lanewise.objective.variational.Reparameterize;
import java.util.List;

/// Every objective there is. To add one, add its line here.
public final class Objectives {
  private static final List<Objective> ALL =
      List.of(
          new LogLikelihood(),
          new TokenLogLikelihood(),
          new SequenceLogLikelihood(),
          new DiscretizedLogisticMixture(),
          new DiscretizedGaussian(),
          new MultipleChoice(),
          new Reparameterize(),
          new GaussianKl(),
          new DiagonalKl(),
          new MultivariateNormalKl(),
          new DiscreteKl(),
          new JensenShannon(),
          new PosteriorCollapse(),
          new Elbo(),
          new ImportanceWeighted(),
          new MultivariateNormal(),
          new GanLoss(),
          new LeastSquaresGan(),
          new WassersteinGan(),
          new HingeGan(),
          new RelativisticGan(),
          new GradientPenalty(),
          new R1Penalty(),
          new Acgan(),
          new CycleConsistency(),
          new MutualInformation(),
          new GeneratorTotal(),
          new AffineFlow(),
          new FlowLogDensity(),
          new TriangularFlow(),
          new PlanarFlow(),
          new RadialFlow(),
          new CouplingFlow(),
          new RationalQuadraticSpline(),
          new ContinuousFlow(),
          new RoundTrip(),
          new ReverseKl(),
          new Noising(),
          new DiffusionConversion(),
          new EdmPreconditioning(),
          new DdpmStep(),
          new DdimStep(),
          new SigmaStep(),
          new MultistepStep(),
          new EdmChurn(),
          new ProbabilityFlowStep(),
          new DenoisingMse(),
          new DiffusionVlb(),
          new LossByTimestep(),
          new Langevin(),
          new UnderdampedLangevin(),
          new LangevinCorrector(),
          new SdeStep(),
          new Mala(),
          new ChainDiagnostics(),
          new FeatureLikelihood(),
          new FrechetDistance(),
          new Bootstrap(),
          new DataCopying(),
          new Diversity(),
          new KernelInceptionDistance(),
          new MaximumMeanDiscrepancy(),
          new PrecisionRecall(),
          new Memorization(),
          new PairwiseDistance(),
          new InceptionScore(),
          new VendiScore(),
          new SlicedWasserstein(),
          new ModeCoverage());

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
        .filter(objective ->
            objective.descriptor().id().equals(id) || objective.descriptor().aliases().contains(id))
        .findFirst()
        .orElseThrow(() ->
            Names.unknown("objective", id, ALL.stream().map(o -> o.descriptor().id()).toList()));
  }
}
