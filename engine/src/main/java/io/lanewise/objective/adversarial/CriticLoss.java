package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// What the losses over a critic's unbounded outputs share: the critic's output for real rows (r)
/// and generated rows (f), one term a row for each side of the discriminator, one for the
/// generator, and their reduction.
record CriticLoss(
    DoubleUnaryOperator real, DoubleUnaryOperator fake, DoubleUnaryOperator generator) {
  private static final String REAL = "real";
  private static final String FAKE = "fake";
  private static final String LOGIT = "logit";

  static List<RowSet> sets() {
    List<Role> roles =
        List.of(Role.scalar(LOGIT, "Critic's output, higher for real."), Weights.ROLE);
    return List.of(
        new RowSet(REAL, true, "Rows of real data, as the critic sees them.", roles),
        new RowSet(FAKE, true, "Rows of generated data, as the critic sees them.", roles));
  }

  static List<Output> outputs(String real, String fake, String generator) {
    return List.of(
        Output.number("real-loss", "1", real).of(REAL),
        Output.number("real-logit", "1", "r").of(REAL),
        Weights.countedOutput(REAL),
        Output.number("fake-loss", "1", fake).of(FAKE),
        Output.number("generator-loss", "1", generator).of(FAKE),
        Output.number("fake-logit", "1", "f").of(FAKE),
        Weights.countedOutput(FAKE));
  }

  RowFunction bind(Binding binding, String set) {
    Weights weights = Weights.of(binding, set);
    return (in, out) -> {
      double[] logit = in.numbers(LOGIT, out.number(set + "-logit"));
      double[] loss = out.number(set + "-loss");
      if (set.equals(REAL)) {
        each(real, logit, in.count(), loss);
        weights.apply(in, out, loss);
      } else {
        each(fake, logit, in.count(), loss);
        double[] second = out.number("generator-loss");
        each(generator, logit, in.count(), second);
        weights.apply(in, out, loss, second);
      }
    };
  }

  private static void each(DoubleUnaryOperator term, double[] x, int count, double[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = term.applyAsDouble(x[i]);
    }
  }

  static List<Statistic> statistics(Binding binding, String discriminator, String generator) {
    Weights real = Weights.of(binding, REAL);
    Weights fake = Weights.of(binding, FAKE);
    return List.of(
        Weights.loss(
            "discriminator-loss",
            "1",
            Direction.NEITHER,
            discriminator,
            0,
            List.of(real.term(1, "real-loss"), fake.term(1, "fake-loss"))),
        Weights.loss(
            "generator-loss",
            "1",
            Direction.LOWER,
            generator,
            0,
            List.of(fake.term(1, "generator-loss"))),
        new Statistic(
            "logit-gap",
            "1",
            Direction.NEITHER,
            "mean r - mean f, without weights",
            List.of("real-logit", "fake-logit"),
            means -> means.mean("real-logit").minus(means.mean("fake-logit"))));
  }
}
