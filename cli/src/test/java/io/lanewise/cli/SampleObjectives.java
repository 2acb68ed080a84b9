package io.lanewise.cli;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import java.util.List;

/// A registry of two, so that tests of what is derived do not change with the real one.
public final class SampleObjectives {
  private SampleObjectives() {}

  /// One set of rows.
  public static final Descriptor KL =
      new Descriptor(
          "gaussian-kl",
          List.of("kl"),
          Family.VARIATIONAL,
          "Gaussian KL",
          "0.5 sum(exp(logvar) + mu^2 - 1 - logvar), 100% in nats",
          "Kingma and Welling 2014",
          List.of(
              RowSet.rows(
                  Role.vector("mu", "latent", "Posterior means."),
                  Role.vector("logvar", "latent", "Posterior log-variances.").optional())),
          List.of(
              Parameter.number("beta", "1", 0, Double.POSITIVE_INFINITY, "nats", "Weight."),
              Parameter.choice("reduce", null, "How.", List.of("sum", "mean"))),
          List.of(
              Output.number("kl", "nats", "the divergence"),
              Output.vector("eps", "mu", "1", "the noise").onRequest()));

  /// Two sets of rows, one of them optional; roles and a parameter whose names are taken.
  public static final Descriptor GAN =
      new Descriptor(
          "gan",
          List.of(),
          Family.ADVERSARIAL,
          "GAN losses",
          "-log D",
          "Goodfellow et al. 2014",
          List.of(
              new RowSet(
                  "real", true, "Real samples.", List.of(Role.scalar("real", "Logit of real."))),
              new RowSet(
                  "fake",
                  false,
                  "Generated samples.",
                  List.of(Role.scalar("logit", "Logit."), Role.scalar("weight", "Weight."))),
              new RowSet(
                  "spare", false, "More samples.", List.of(Role.scalar("weight", "Weight.")))),
          List.of(Parameter.integer("threads", "0", 0, 9, "Taken.")),
          List.of());

  /// Both descriptors.
  public static final List<Descriptor> DESCRIPTORS = List.of(KL, GAN);

  /// Both as objectives that compute nothing.
  public static List<Objective> all() {
    return List.of(new Silent(KL), new Silent(GAN));
  }

  private record Silent(Descriptor descriptor) implements RowObjective {
    @Override
    public RowFunction bind(Binding binding, String set) {
      return (in, out) -> {};
    }

    @Override
    public List<Statistic> statistics(Binding binding) {
      return List.of();
    }
  }
}
