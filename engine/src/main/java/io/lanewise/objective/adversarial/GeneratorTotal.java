package io.lanewise.objective.adversarial;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
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

/// What a generator with a main loss is trained on: the main loss, and an adversarial one with a
/// weight that balances their gradients. A row is what one update saw, usually a batch: its losses,
/// and the gradients of both in the generator's last layer, as vectors or as their norms.
///
/// `lambda = weight min(|main gradient| / (|adversarial gradient| + epsilon), most)`, or `weight`
/// itself where `weighting` is `constant`. With role `step` the adversarial loss counts from step
/// `start` on. float32 or float64; NaN and infinities flow into the row's total, but for an
/// adversarial loss that does not count.
public final class GeneratorTotal implements RowObjective {
  private static final Parameter<String> WEIGHTING =
      Parameter.choice(
          "weighting",
          "adaptive",
          "adaptive: by the gradients; constant: lambda is 'weight'.",
          List.of("adaptive", "constant"));
  private static final Parameter<Double> WEIGHT =
      weight("weight", "1", "Factor of lambda; VQGAN's disc_weight.");
  private static final Parameter<Double> FACTOR =
      weight("factor", "1", "Factor of the adversarial loss where it counts; disc_factor.");
  private static final Parameter<Double> EPSILON =
      weight("epsilon", "1e-4", "Added to the norm of the adversarial gradient.");
  private static final Parameter<Double> MOST =
      weight("most", "1e4", "Largest ratio of the two norms.");
  private static final Parameter<Double> MAIN = weight("main-weight", "1", "Factor of main.");
  private static final Parameter<Double> PERCEPTUAL =
      weight("perceptual-weight", "1", "Factor of perceptual.");
  private static final Parameter<Double> REGULARIZER =
      weight("regularizer-weight", "1", "Factor of regularizer; codebook_weight, kl_weight.");
  private static final Parameter<Long> START =
      Parameter.integer(
          "start",
          "0",
          0,
          Long.MAX_VALUE,
          "With role step, the first step at which the adversarial loss counts; disc_start.");

  private static final String MAIN_NORM = "main-gradient-norm";
  private static final String ADVERSARIAL_NORM = "adversarial-gradient-norm";

  private static Parameter<Double> weight(String name, String defaultText, String doc) {
    return Parameter.number(name, defaultText, 0, Double.POSITIVE_INFINITY, "1", doc);
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "generator-total",
        List.of("vqgan-loss"),
        Family.ADVERSARIAL,
        "Main loss with an adversarial one",
        "main + perceptual + lambda adversarial + regularizer, each times its factor; lambda = weight min(|g_main| / (|g_adv| + epsilon), most)",
        "Esser et al., Taming Transformers, arXiv:2012.09841, equations 6 and 7",
        List.of(
            RowSet.rows(
                    Role.scalar("main", "The main loss, such as a reconstruction loss."),
                    Role.scalar("perceptual", "A perceptual loss, part of the main one.")
                        .optional(),
                    Role.scalar("adversarial", "The generator's adversarial loss; or:").optional(),
                    Role.scalar(
                            "logit",
                            "the critic's output for what it generated: the loss is -logit.")
                        .optional(),
                    Role.scalar("regularizer", "A codebook's loss, or a KL divergence.").optional(),
                    Role.vector(
                            "main-gradient",
                            "gradient",
                            "Gradient of the main loss, perceptual part and all, in the last layer; or:")
                        .optional(),
                    Role.scalar(MAIN_NORM, "its norm.").optional(),
                    Role.vector(
                            "adversarial-gradient", "gradient", "That of the adversarial loss; or:")
                        .optional(),
                    Role.scalar(ADVERSARIAL_NORM, "its norm.").optional(),
                    Role.integer("step", "The update's number.").optional())
                .choosing(
                    Choice.oneOf("adversarial", "logit"),
                    Choice.atMostOneOf("main-gradient", MAIN_NORM),
                    Choice.atMostOneOf("adversarial-gradient", ADVERSARIAL_NORM))),
        List.of(WEIGHTING, WEIGHT, FACTOR, EPSILON, MOST, MAIN, PERCEPTUAL, REGULARIZER, START),
        List.of(
            Output.number("total", "1", "the sum"),
            Output.number("main-loss", "1", "main-weight main + perceptual-weight perceptual"),
            Output.number("lambda", "1", "the weight that balances the gradients"),
            Output.number("adversarial-term", "1", "lambda factor adversarial; 0 before start")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean adaptive = binding.get(WEIGHTING).equals("adaptive");
    for (String of : List.of("main", "adversarial")) {
      boolean given = binding.has(of + "-gradient") || binding.has(of + "-gradient-norm");
      if (adaptive && !given) {
        throw new IllegalArgumentException(
            "weighting is 'adaptive': found neither role '%s-gradient' nor role '%s-gradient-norm', expected one of the two"
                .formatted(of, of));
      }
      if (!adaptive && given) {
        throw new IllegalArgumentException(
            "weighting is 'constant': found a column for the gradient of the %s loss, expected none"
                .formatted(of));
      }
    }
    if (binding.get(START) > 0 && !binding.has("step")) {
      throw new IllegalArgumentException(
          "parameter 'start': found %d and no column for role 'step', expected one"
              .formatted(binding.get(START)));
    }
    return new Function(binding, adaptive);
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Binding binding;
    private final boolean adaptive;
    private final Kernels kernels;

    Function(Binding binding, boolean adaptive) {
      this.binding = binding;
      this.adaptive = adaptive;
      kernels = binding.kernels();
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      double[] main = in.numbers("main", new double[0]);
      double[] perceptual = optional(in, "perceptual");
      double[] regularizer = optional(in, "regularizer");
      boolean given = binding.has("adversarial");
      double[] adversarial = in.numbers(given ? "adversarial" : "logit", new double[0]);
      double[] mainNorm = adaptive ? norms(in, "main-gradient") : new double[0];
      double[] otherNorm = adaptive ? norms(in, "adversarial-gradient") : new double[0];
      for (int i = 0; i < in.count(); i++) {
        double loss = binding.get(MAIN) * main[i];
        loss += perceptual.length == 0 ? 0 : binding.get(PERCEPTUAL) * perceptual[i];
        double lambda = binding.get(WEIGHT);
        if (adaptive) {
          checkNorm(in, i, MAIN_NORM, mainNorm[i]);
          checkNorm(in, i, ADVERSARIAL_NORM, otherNorm[i]);
          double ratio = mainNorm[i] / (otherNorm[i] + binding.get(EPSILON));
          lambda *= Math.min(ratio, binding.get(MOST));
        }
        double value = given ? adversarial[i] : -adversarial[i];
        double term = counts(in, i) ? lambda * binding.get(FACTOR) * value : 0;
        out.number("main-loss")[i] = loss;
        out.number("lambda")[i] = lambda;
        out.number("adversarial-term")[i] = term;
        double rest = regularizer.length == 0 ? 0 : binding.get(REGULARIZER) * regularizer[i];
        out.number("total")[i] = loss + term + rest;
      }
    }

    private boolean counts(Rows in, int i) {
      if (!binding.has("step")) {
        return true;
      }
      ScalarColumn step = in.integer("step");
      return step.validity().isValid(i) && step.getLong(i) >= binding.get(START);
    }

    private static double[] optional(Rows in, String role) {
      return in.vectors().containsKey(role) ? in.numbers(role, new double[0]) : new double[0];
    }

    private static void checkNorm(Rows in, int i, String role, double found) {
      if (found < 0 && !in.isNull(i)) {
        throw new IllegalArgumentException(
            "role '%s' row %d: found %s, expected a number >= 0"
                .formatted(role, in.firstInFile() + i, found));
      }
    }

    /// Norms of a gradient, in float64.
    private double[] norms(Rows in, String role) {
      if (!in.vectors().containsKey(role)) {
        return in.numbers(role + "-norm", new double[0]);
      }
      double[] squares = new double[in.count()];
      kernels.squaredNorm().rows(in.matrix(role), squares);
      for (int i = 0; i < squares.length; i++) {
        squares[i] = Math.sqrt(squares[i]);
      }
      return squares;
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(mean("total", "mean over rows of the sum of all terms", Direction.LOWER));
    statistics.add(mean("main-loss", "mean over rows, perceptual part and all", Direction.LOWER));
    statistics.add(mean("lambda", "mean over rows", Direction.NEITHER));
    statistics.add(
        mean("adversarial-term", "mean over rows of lambda factor adversarial", Direction.NEITHER));
    return statistics;
  }

  private static Statistic mean(String name, String definition, Direction direction) {
    return Statistic.mean(name, "1", direction, definition, name);
  }
}
