package io.lanewise.objective.adversarial;

import static io.lanewise.objective.adversarial.DiscriminatorOutput.LOGIT;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.List;

/// The losses of Goodfellow et al. from what a discriminator says of real and generated rows:
/// logits r and f, or probabilities D = sigmoid(logit); one number a row, float32 or float64.
/// Logits are evaluated through softplus and so stay exact where probabilities would round to 0 or
/// 1; a probability of exactly 0 or 1 gives an infinite loss on the wrong side. Losses are in nats,
/// their means over rows as `SUM_BY_NONZERO_WEIGHTS` has it where a weight is bound; the
/// diagnostics (accuracy, mean sigmoid, saturation, logit gap) are plain means over all rows.
///
/// Label smoothing s moves the label of real rows from 1 to `1 - s/2`, as in TF-GAN (`1 (1 - s) +
/// 0.5 s`), and no other. `compat` = `tfgan` takes TF-GAN's default s = 0.25, so label 0.875, and
/// adds to the saturating generator loss the constant that it carries there, `-softplus(-1)` =
/// -0.3132617 a row.
public final class GanLoss implements RowObjective {
  private static final String REAL = "real";
  private static final String FAKE = "fake";
  private static final double TWO_LN_TWO = 2 * Math.log(2);
  private static final double TFGAN_CONSTANT = StrictMath.log1p(StrictMath.exp(-1));

  private static final Parameter<String> COMPAT =
      Parameter.choice(
          "compat",
          "none",
          "tfgan: smoothing 0.25 unless given, and TF-GAN's constant in the saturating loss.",
          List.of("none", "tfgan"));
  private static final Parameter<Double> SMOOTHING =
      new Parameter<>(
          "label-smoothing",
          "auto",
          "a number in [0, 1] or auto",
          "1",
          "s: the label of real rows is 1 - s/2; auto is 0, and 0.25 with compat tfgan.",
          GanLoss::smoothing);
  private static final Parameter<Double> SATURATION =
      Parameter.number(
          "saturation",
          "20",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "A row is saturated if |logit| is above this.");

  private static double smoothing(String text) {
    double value = text.equals("auto") ? -1 : Double.parseDouble(text);
    if (!text.equals("auto") && !(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException();
    }
    return value;
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "gan",
        List.of(),
        Family.ADVERSARIAL,
        "GAN losses",
        "D: -mean ln D(x) - mean ln(1 - D(G(z))); G saturating: mean ln(1 - D(G(z))); "
            + "G non-saturating: -mean ln D(G(z))",
        "Goodfellow et al., Generative Adversarial Nets, arXiv:1406.2661, section 3; smoothing, weights "
            + "and compat as in TF-GAN, losses_impl.py",
        List.of(
            DiscriminatorOutput.set(REAL, "Rows of real data, as the discriminator sees them."),
            DiscriminatorOutput.set(
                FAKE, "Rows of generated data, as the discriminator sees them.")),
        List.of(SMOOTHING, COMPAT, SATURATION),
        List.of(
            Output.number(
                    "real-loss",
                    "nats",
                    "w (-y ln D(x) - (1 - y) ln(1 - D(x))), y = 1 - smoothing/2")
                .of(REAL),
            Output.number("real-correct", "1", "1 if D(x) > 1/2, else 0").of(REAL),
            Output.number("real-sigmoid", "1", "D(x)").of(REAL),
            Output.number("real-saturated", "1", "1 if |r| > saturation, else 0").of(REAL),
            Output.number("real-logit", "1", "r; for probabilities ln D - ln(1 - D)")
                .of(REAL)
                .onRequest(),
            Weights.countedOutput(REAL),
            Output.number("fake-loss", "nats", "-w ln(1 - D(G(z))) = w softplus(f)").of(FAKE),
            Output.number("non-saturating-loss", "nats", "-w ln D(G(z)) = w softplus(-f)").of(FAKE),
            Output.number("fake-correct", "1", "1 if D(G(z)) < 1/2, else 0").of(FAKE),
            Output.number("fake-sigmoid", "1", "D(G(z))").of(FAKE),
            Output.number("fake-saturated", "1", "1 if |f| > saturation, else 0").of(FAKE),
            Output.number("fake-logit", "1", "f; for probabilities ln D - ln(1 - D)")
                .of(FAKE)
                .onRequest(),
            Output.number("fake-weight", "1", "w, 1 without weights").of(FAKE).onRequest(),
            Weights.countedOutput(FAKE)));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    DiscriminatorOutput d = DiscriminatorOutput.of(binding, set);
    Weights weights = Weights.of(binding, set);
    double saturation = binding.get(SATURATION);
    double label = label(binding);
    boolean real = set.equals(REAL);
    return (in, out) -> {
      double[] loss = out.number(set + "-loss");
      d.crossEntropy(in, real ? label : 0, loss);
      if (real) {
        weights.apply(in, out, loss);
      } else {
        double[] generator = out.number("non-saturating-loss");
        d.crossEntropy(in, 1, generator);
        weights.apply(in, out, loss, generator);
        weight(in, weights, out);
      }
      d.correct(in, real, out.number(set + "-correct"));
      d.sigmoid(in, out.number(set + "-sigmoid"));
      d.saturated(in, saturation, out.number(set + "-saturated"));
      if (out.wants(set + "-logit")) {
        d.logit(in, out.number(set + "-logit"));
      }
    };
  }

  private static void weight(Rows in, Weights weights, RowOutputs out) {
    if (out.wants("fake-weight")) {
      double[] w = out.number("fake-weight");
      java.util.Arrays.fill(w, 0, in.count(), 1);
      if (weights.bound()) {
        in.numbers(Weights.WEIGHT, w);
      }
    }
  }

  private static boolean tfgan(Binding binding) {
    return binding.get(COMPAT).equals("tfgan");
  }

  private static double label(Binding binding) {
    double given = binding.get(SMOOTHING);
    double smoothing = given >= 0 ? given : tfgan(binding) ? 0.25 : 0;
    return 1 - smoothing / 2;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>(losses(binding));
    for (String set : List.of(REAL, FAKE)) {
      String d = set.equals(REAL) ? "D(x)" : "D(G(z))";
      statistics.add(
          Statistic.mean(
              "accuracy-" + set,
              "1",
              Direction.NEITHER,
              "share of %s rows with %s %s 1/2"
                  .formatted(
                      set.equals(REAL) ? "real" : "generated", d, set.equals(REAL) ? ">" : "<"),
              set + "-correct"));
      statistics.add(
          Statistic.mean(
              "mean-sigmoid-" + set, "1", Direction.NEITHER, "mean " + d, set + "-sigmoid"));
      statistics.add(
          Statistic.mean(
              "saturation-share-" + set,
              "1",
              Direction.NEITHER,
              "share of rows with |logit| > " + binding.get(SATURATION),
              set + "-saturated"));
    }
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

  private static List<Statistic> losses(Binding binding) {
    Weights real = Weights.of(binding, REAL);
    Weights fake = Weights.of(binding, FAKE);
    List<Weights.Term> discriminator =
        List.of(real.term(1, "real-loss"), fake.term(1, "fake-loss"));
    double label = label(binding);
    String smoothed = label == 1 ? "" : "; label of real rows " + label;
    List<Weights.Term> saturating = new ArrayList<>(List.of(fake.term(-1, "fake-loss")));
    double constant = 0;
    if (tfgan(binding) && fake.bound()) {
      saturating.add(fake.term(-TFGAN_CONSTANT, "fake-weight"));
    } else if (tfgan(binding)) {
      constant = -TFGAN_CONSTANT;
    }
    return List.of(
        Weights.loss(
            "discriminator-loss",
            "nats",
            Direction.NEITHER,
            "-mean ln D(x) - mean ln(1 - D(G(z))); 2 ln 2 = 1.3863 where D cannot tell" + smoothed,
            0,
            discriminator),
        Weights.loss(
            "optimum-distance",
            "nats",
            Direction.NEITHER,
            "discriminator-loss - 2 ln 2: 0 where D = 1/2 everywhere" + smoothed,
            -TWO_LN_TWO,
            discriminator),
        Weights.loss(
            "generator-loss-saturating",
            "nats",
            Direction.LOWER,
            "mean ln(1 - D(G(z)))" + (tfgan(binding) ? " - softplus(-1)" : ""),
            constant,
            saturating),
        Weights.loss(
            "generator-loss-non-saturating",
            "nats",
            Direction.LOWER,
            "-mean ln D(G(z))",
            0,
            List.of(fake.term(1, "non-saturating-loss"))));
  }
}
