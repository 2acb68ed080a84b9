package io.lanewise.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.source.DataException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Numbers that their role excludes are found and located, under every policy; what only rounding
/// or another meaning makes of them is not.
class RangeTest {
  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure)).value();
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void tokensAreLocated(Policy policy) {
    Table logs = new Table().sequences("logprob", new double[] {-1, -2}, new double[] {-1, 0.5});
    assertThatThrownBy(() -> logs.evaluate(Task.of("ll"), policy))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "column 'logprob' row 1 element 1: found 0.5, expected a log-probability of at most 0");
    Table shares = new Table().sequences("probability", new double[] {1, 0.5, 1.01});
    assertThatThrownBy(() -> shares.evaluate(Task.of("ll"), policy))
        .hasMessageContaining(
            "column 'probability' row 0 element 2: found 1.01, expected a probability from 0 to 1");
    Table below = new Table().sequences("probability", new double[] {1, -0.5});
    assertThatThrownBy(() -> below.evaluate(Task.of("ll"), policy))
        .hasMessageContaining("row 0 element 1: found -0.5");
  }

  @Test
  void whatIsMaskedMayBeAnything() {
    Table rows =
        new Table()
            .sequences("logprob", new double[] {-1, 7, -2})
            .sequences("mask", new double[] {1, 0, 1});
    assertThat(value(rows.evaluate(Task.of("ll")), "log-likelihood")).isEqualTo(-3);
    Table counted =
        new Table()
            .sequences("logprob", new double[] {-1, 7, -2})
            .sequences("mask", new double[] {0, 1, 1});
    assertThatThrownBy(() -> counted.evaluate(Task.of("ll")))
        .hasMessageContaining("row 0 element 1: found 7.0");
  }

  /// A softmax of float32 leaves 1 + 1.2e-7, its logarithm 1.2e-7.
  @Test
  void roundingIsNot() {
    Table rows = new Table().sequences("probability", new double[] {1 + 0x1p-23, 0.5});
    assertThat(value(rows.evaluate(Task.of("ll")), "log-likelihood"))
        .isCloseTo(Math.log(0.5), within(2e-7));
    Table logs = new Table().with("logprob", 0x1p-23, -1).with("sequence", 0, 0);
    assertThat(value(logs.evaluate(Task.of("sequence-log-likelihood")), "log-likelihood"))
        .isCloseTo(-1, within(2e-7));
  }

  /// Densities may be above 1.
  @Test
  void logDensitiesAreNotLogProbabilities() {
    Table images = new Table().with("total", 3.5, 2.5).with("dims", 4L, 4L);
    assertThat(
            value(
                images.evaluate(Task.of("ll").parameter("reduction", "document")),
                "log-likelihood"))
        .isEqualTo(3);
    Table flow = new Table().vectors("z", new double[] {0, 0}).with("logdet", 9);
    assertThat(value(flow.evaluate(Task.of("flow-log-density")), "log-density")).isPositive();
  }

  @Test
  void scalarsAndChoicesAreLocated() {
    Table tokens = new Table().with("logprob", -1, -2, 1.5).with("sequence", 0L, 0L, 0L);
    assertThatThrownBy(() -> tokens.evaluate(Task.of("sequence-log-likelihood")))
        .hasMessageContaining("column 'logprob' row 2: found 1.5, expected a log-probability");
    Table choices =
        new Table()
            .sequences("log-likelihood", new double[] {-1, -2}, new double[] {-1, 0.1})
            .with("gold", 0L, 0L);
    assertThatThrownBy(() -> choices.evaluate(Task.of("multiple-choice")))
        .hasMessageContaining("column 'log-likelihood' row 1 element 1: found 0.1");
    Table decoder =
        new Table()
            .vectors("x", new double[] {0, 1})
            .vectors("reconstruction", new double[] {0.5, 1.5})
            .with("kl", 0);
    assertThatThrownBy(() ->
            decoder.evaluate(Task.of("elbo").parameter("likelihood", "bernoulli-probabilities")))
        .hasMessageContaining("column 'reconstruction' row 0 element 1: found 1.5");
  }

  @Test
  void weightsAreNotNegativeAndNotAllZero() {
    Table negative =
        new Table().with("loss", 1, 2).with("t", 0L, 1L).with("importance-weight", 1, -1);
    Task byTimestep = Task.of("loss-by-timestep");
    assertThatThrownBy(() -> negative.evaluate(byTimestep))
        .hasMessageContaining(
            "column 'importance-weight' row 1: found -1.0, expected a weight of 0 or more");
    Table none = new Table().with("loss", 1, 2).with("t", 0L, 1L).with("importance-weight", 0, 0);
    assertThatThrownBy(() -> none.evaluate(byTimestep, 2, 2, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "column 'importance-weight': found weight 0 in all 2 rows, expected more than 0 in some");
    Table some = new Table().with("loss", 1, 2).with("t", 0L, 1L).with("importance-weight", 0, 2);
    assertThat(value(some.evaluate(byTimestep, 2, 2, 1), "loss")).isEqualTo(2);
    Table critic = new Table().with("logit", 1, 2).with("weight", 0, 0);
    assertThatThrownBy(
            () -> critic.evaluate(Task.of("wasserstein-gan").on("real", "rows").on("fake", "rows")))
        .hasMessageContaining("column 'weight': found weight 0 in all 2 rows");
  }
}
