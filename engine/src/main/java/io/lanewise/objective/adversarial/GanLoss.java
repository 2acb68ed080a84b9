package io.lanewise.objective.adversarial;

import io.lanewise.batch.DType;
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
import java.util.List;

/// The losses of Goodfellow et al. from what a discriminator says of real and generated rows:
/// logits r and f, or probabilities D = sigmoid(logit). Logits are evaluated through softplus and
/// so stay exact where probabilities would round to 0 or 1; a probability of exactly 0 or 1 gives
/// an infinite loss on the wrong side.
public final class GanLoss implements RowObjective {
  private static final String REAL = "real";
  private static final String FAKE = "fake";
  private static final String LOGIT = "logit";
  private static final String PROBABILITY = "probability";

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "gan",
        List.of(),
        Family.ADVERSARIAL,
        "GAN losses",
        "D: -mean ln D(x) - mean ln(1 - D(G(z))); G saturating: mean ln(1 - D(G(z))); "
            + "G non-saturating: -mean ln D(G(z))",
        "Goodfellow et al., Generative Adversarial Nets, arXiv:1406.2661, section 3",
        List.of(
            set(REAL, "Rows of real data, as the discriminator sees them."),
            set(FAKE, "Rows of generated data, as the discriminator sees them.")),
        List.of(),
        List.of(
            Output.number("real-loss", "nats", "-ln D(x) = softplus(-r)").of(REAL),
            Output.number("real-correct", "1", "1 if D(x) > 1/2, else 0").of(REAL),
            Output.number("real-logit", "1", "r; for probabilities ln D - ln(1 - D)")
                .of(REAL)
                .onRequest(),
            Output.number("fake-loss", "nats", "-ln(1 - D(G(z))) = softplus(f)").of(FAKE),
            Output.number("non-saturating-loss", "nats", "-ln D(G(z)) = softplus(-f)").of(FAKE),
            Output.number("fake-correct", "1", "1 if D(G(z)) < 1/2, else 0").of(FAKE),
            Output.number("fake-logit", "1", "f; for probabilities ln D - ln(1 - D)")
                .of(FAKE)
                .onRequest()));
  }

  private static RowSet set(String name, String doc) {
    return new RowSet(
        name,
        true,
        doc,
        List.of(
            Role.scalar(LOGIT, "Discriminator logit, positive for real; or:").optional(),
            Role.scalar(PROBABILITY, "probability of being real.").optional()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    binding.exactlyOne(set, LOGIT, PROBABILITY);
    Terms terms = new Terms(binding.kernels(), binding.has(set, LOGIT));
    return set.equals(REAL)
        ? (in, out) -> {
          terms.negativeLogD(in, out.number("real-loss"));
          terms.correct(in, true, out.number("real-correct"));
          terms.logit(in, out, "real-logit");
        }
        : (in, out) -> {
          terms.negativeLogOneMinusD(in, out.number("fake-loss"));
          terms.negativeLogD(in, out.number("non-saturating-loss"));
          terms.correct(in, false, out.number("fake-correct"));
          terms.logit(in, out, "fake-logit");
        };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics =
        new ArrayList<>(
            List.of(
                new Statistic(
                    "discriminator-loss",
                    "nats",
                    Direction.NEITHER,
                    "-mean ln D(x) - mean ln(1 - D(G(z))); 2 ln 2 = 1.3863 where D cannot tell",
                    List.of("real-loss", "fake-loss"),
                    means -> means.mean("real-loss").plus(means.mean("fake-loss"))),
                new Statistic(
                    "generator-loss-saturating",
                    "nats",
                    Direction.LOWER,
                    "mean ln(1 - D(G(z)))",
                    List.of("fake-loss"),
                    means -> means.mean("fake-loss").times(-1)),
                Statistic.mean(
                    "generator-loss-non-saturating",
                    "nats",
                    Direction.LOWER,
                    "-mean ln D(G(z))",
                    "non-saturating-loss"),
                Statistic.mean(
                    "accuracy-real",
                    "1",
                    Direction.NEITHER,
                    "share of real rows with D(x) > 1/2",
                    "real-correct"),
                Statistic.mean(
                    "accuracy-fake",
                    "1",
                    Direction.NEITHER,
                    "share of generated rows with D(G(z)) < 1/2",
                    "fake-correct")));
    if (binding.has(REAL, LOGIT) && binding.has(FAKE, LOGIT)) {
      statistics.add(
          new Statistic(
              "logit-gap",
              "1",
              Direction.NEITHER,
              "mean r - mean f",
              List.of("real-logit", "fake-logit"),
              means -> means.mean("real-logit").minus(means.mean("fake-logit"))));
    }
    return statistics;
  }

  /// The terms of the losses, from logits or from probabilities.
  private record Terms(Kernels kernels, boolean logits) {

    void negativeLogD(Rows in, double[] out) {
      term(in, true, out);
    }

    void negativeLogOneMinusD(Rows in, double[] out) {
      term(in, false, out);
    }

    private void term(Rows in, boolean ofReal, double[] out) {
      if (logits) {
        if (in.type() == DType.FLOAT32) {
          kernels.softplus().f32(in.vector(LOGIT), in.count(), ofReal, out);
        } else {
          kernels.softplus().f64(in.vector(LOGIT), in.count(), ofReal, out);
        }
      } else if (in.type() == DType.FLOAT32) {
        kernels.negativeLog().f32(in.vector(PROBABILITY), in.count(), !ofReal, out);
      } else {
        kernels.negativeLog().f64(in.vector(PROBABILITY), in.count(), !ofReal, out);
      }
    }

    void correct(Rows in, boolean real, double[] out) {
      in.numbers(logits ? LOGIT : PROBABILITY, out);
      double middle = logits ? 0 : 0.5;
      for (int i = 0; i < in.count(); i++) {
        double value = out[i];
        // NaN must not count as wrong.
        out[i] = Double.isNaN(value) ? value : (real ? value > middle : value < middle) ? 1 : 0;
      }
    }

    void logit(Rows in, RowOutputs out, String name) {
      if (!out.wants(name)) {
        return;
      }
      double[] values = out.number(name);
      if (logits) {
        in.numbers(LOGIT, values);
        return;
      }
      double[] p = in.numbers(PROBABILITY, new double[in.count()]);
      for (int i = 0; i < in.count(); i++) {
        values[i] = StrictMath.log(p[i]) - StrictMath.log1p(-p[i]);
      }
    }
  }
}
