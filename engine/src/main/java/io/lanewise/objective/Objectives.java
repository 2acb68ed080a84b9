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
import io.lanewise.objective.sample.EnergyDistance;
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
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Every objective there is. To add one, add its line here.
///
/// An objective's class is loaded when it is asked for, not before: each line says its id and its
/// other ids, as its descriptor does.
public final class Objectives {
  private static final List<Entry> ENTRIES =
      List.of(
          entry(() -> new LogLikelihood(), "log-likelihood", "ll"),
          entry(() -> new TokenLogLikelihood(), "token-log-likelihood", "token-ll"),
          entry(() -> new SequenceLogLikelihood(), "sequence-log-likelihood", "sequence-ll"),
          entry(() -> new DiscretizedLogisticMixture(), "discretized-logistic-mixture", "dmol"),
          entry(() -> new DiscretizedGaussian(), "discretized-gaussian"),
          entry(() -> new MultipleChoice(), "multiple-choice"),
          entry(() -> new Reparameterize(), "reparameterize", "reparam"),
          entry(() -> new GaussianKl(), "gaussian-kl", "kl"),
          entry(() -> new DiagonalKl(), "diagonal-kl"),
          entry(() -> new MultivariateNormalKl(), "multivariate-normal-kl", "mvn-kl"),
          entry(() -> new DiscreteKl(), "discrete-kl"),
          entry(() -> new JensenShannon(), "jensen-shannon"),
          entry(() -> new PosteriorCollapse(), "posterior-collapse", "active-units"),
          entry(() -> new Elbo(), "elbo"),
          entry(() -> new ImportanceWeighted(), "importance-weighted", "iwae"),
          entry(() -> new MultivariateNormal(), "multivariate-normal", "mvn"),
          entry(() -> new GanLoss(), "gan"),
          entry(() -> new LeastSquaresGan(), "least-squares-gan", "lsgan"),
          entry(() -> new WassersteinGan(), "wasserstein-gan", "wgan"),
          entry(() -> new HingeGan(), "hinge-gan"),
          entry(() -> new RelativisticGan(), "relativistic-gan", "ragan"),
          entry(() -> new GradientPenalty(), "gradient-penalty"),
          entry(() -> new R1Penalty(), "r1-penalty", "r1"),
          entry(() -> new Acgan(), "acgan"),
          entry(() -> new CycleConsistency(), "cycle-consistency"),
          entry(() -> new MutualInformation(), "mutual-information-loss", "infogan"),
          entry(() -> new GeneratorTotal(), "generator-total", "vqgan-loss"),
          entry(() -> new AffineFlow(), "affine-flow"),
          entry(() -> new FlowLogDensity(), "flow-log-density", "flow"),
          entry(() -> new TriangularFlow(), "triangular-flow"),
          entry(() -> new PlanarFlow(), "planar-flow"),
          entry(() -> new RadialFlow(), "radial-flow"),
          entry(() -> new CouplingFlow(), "coupling-flow", "realnvp"),
          entry(() -> new RationalQuadraticSpline(), "rational-quadratic-spline", "rqs"),
          entry(() -> new ContinuousFlow(), "continuous-flow"),
          entry(() -> new RoundTrip(), "round-trip"),
          entry(() -> new ReverseKl(), "reverse-kl"),
          entry(() -> new Noising(), "noising"),
          entry(() -> new DiffusionConversion(), "diffusion-conversion"),
          entry(() -> new EdmPreconditioning(), "edm-preconditioning"),
          entry(() -> new DdpmStep(), "ddpm-step"),
          entry(() -> new DdimStep(), "ddim-step"),
          entry(() -> new SigmaStep(), "sigma-step"),
          entry(() -> new MultistepStep(), "multistep-step", "solver-step"),
          entry(() -> new EdmChurn(), "edm-churn"),
          entry(() -> new ProbabilityFlowStep(), "probability-flow-step"),
          entry(() -> new DenoisingMse(), "denoising-mse", "mse"),
          entry(() -> new DiffusionVlb(), "diffusion-vlb"),
          entry(() -> new LossByTimestep(), "loss-by-timestep"),
          entry(() -> new Langevin(), "langevin"),
          entry(() -> new UnderdampedLangevin(), "underdamped-langevin"),
          entry(() -> new LangevinCorrector(), "langevin-corrector"),
          entry(() -> new SdeStep(), "sde-step"),
          entry(() -> new Mala(), "mala-acceptance", "mala"),
          entry(() -> new ChainDiagnostics(), "chain-diagnostics"),
          entry(() -> new FeatureLikelihood(), "feature-likelihood", "fls"),
          entry(() -> new FrechetDistance(), "frechet-distance", "frechet", "fid"),
          entry(() -> new Bootstrap(), "bootstrap"),
          entry(() -> new DataCopying(), "data-copying", "c-t", "ct-score"),
          entry(() -> new Diversity(), "diversity"),
          entry(() -> new KernelInceptionDistance(), "kernel-inception-distance", "kid"),
          entry(() -> new MaximumMeanDiscrepancy(), "maximum-mean-discrepancy", "mmd"),
          entry(() -> new PrecisionRecall(), "precision-recall", "prdc"),
          entry(() -> new Memorization(), "memorization", "mifid", "auth-pct"),
          entry(() -> new EnergyDistance(), "energy-distance"),
          entry(() -> new PairwiseDistance(), "pairwise-distance"),
          entry(() -> new InceptionScore(), "inception-score", "is"),
          entry(() -> new VendiScore(), "vendi-score", "vendi"),
          entry(() -> new SlicedWasserstein(), "sliced-wasserstein", "swd"),
          entry(() -> new ModeCoverage(), "mode-coverage", "modes"));

  private Objectives() {}

  /// All objectives, by family.
  public static List<Objective> all() {
    return ENTRIES.stream().map(Entry::objective).toList();
  }

  /// The ids of all objectives, by family.
  public static List<String> ids() {
    return ENTRIES.stream().map(entry -> entry.names.getFirst()).toList();
  }

  /// The objective of that id or other id, if there is one.
  public static Optional<Objective> find(String id) {
    for (Entry entry : ENTRIES) {
      if (entry.names.contains(id)) {
        return Optional.of(entry.objective());
      }
    }
    return Optional.empty();
  }

  /// The objective of that id or other id.
  ///
  /// @throws IllegalArgumentException naming the nearest id if there is none
  public static Objective get(String id) {
    return find(id).orElseThrow(() -> Names.unknown("objective", id, ids()));
  }

  private static Entry entry(Supplier<Objective> made, String... names) {
    return new Entry(made, List.of(names));
  }

  /// An objective that is made when it is asked for first.
  private static final class Entry {
    final List<String> names;
    private final Supplier<Objective> made;
    private @Nullable Objective objective;

    Entry(Supplier<Objective> made, List<String> names) {
      this.made = made;
      this.names = names;
    }

    synchronized Objective objective() {
      Objective known = objective;
      if (known == null) {
        known = made.get();
        objective = known;
      }
      return known;
    }
  }
}
