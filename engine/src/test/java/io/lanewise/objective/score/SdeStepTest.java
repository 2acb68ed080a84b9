package io.lanewise.objective.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What sde-step refuses, and that its Langevin drift keeps the density where the volatility
/// depends on the state.
class SdeStepTest {
  private static Table table() {
    return new Table()
        .vectors("x", new double[] {1, 2}, new double[] {3, -1})
        .vectors("f", new double[] {0.5, 1}, new double[] {1, 0})
        .vectors("g", new double[] {0.5, 1}, new double[] {1, 2})
        .vectors("three", new double[3], new double[3])
        .with("step", 0.5, 0.0);
  }

  private static Task task(String... pairs) {
    Task task = Task.of("sde-step").column("x", "x");
    for (int i = 0; i < pairs.length; i += 2) {
      task = task.column(pairs[i], pairs[i + 1]);
    }
    return task;
  }

  private static void refuses(Task task, String part) {
    assertThatThrownBy(() -> table().evaluate(task)).hasMessageContaining(part);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Task plain = task("drift", "f", "volatility", "g");
    refuses(plain, "found neither parameter 'dt' nor a column for role 'dt'");
    refuses(
        task("drift", "f", "volatility", "g", "dt", "step"),
        "role 'dt' row 1: found 0.0, expected a number > 0");
    refuses(
        task("drift", "f", "score", "f", "volatility", "g").parameter("dt", "1"),
        "found both of the roles 'drift' and 'score'");
    refuses(
        plain.parameter("dt", "1").parameter("method", "milstein"),
        "method is 'milstein': found no column for role 'volatility-gradient'");
    refuses(
        task("drift", "f", "volatility", "g", "volatility-gradient", "f").parameter("dt", "1"),
        "expected none, since the drift has what follows from it");
    refuses(
        task("drift", "f", "volatility", "three").parameter("dt", "1"),
        "role 'volatility': found 3 elements, expected 1 or 2");
  }

  /// Chains of a standard normal with g = 1 + x^2 / 4: the variance stays 1. Without the term g g'
  /// it would not.
  @Test
  void theLangevinDriftKeepsTheDensity() {
    int rows = 4000;
    double[] x = new double[rows];
    new PhiloxNoise(4).normalsF64(0, rows, 0, MemorySegment.ofArray(x));
    for (int step = 0; step < 30; step++) {
      double[] now = x;
      Table table =
          new Table()
              .with("x", now)
              .with("score", Arrays.stream(now).map(v -> -v).toArray())
              .with("volatility", Arrays.stream(now).map(v -> 1 + v * v / 4).toArray())
              .with("volatility-gradient", Arrays.stream(now).map(v -> v / 2).toArray());
      Task task =
          Task.of("sde-step").parameter("dt", "0.01").parameter("noise", "philox:" + (step + 10));
      x = table.output(task, "x-next");
    }
    // The standard error of the variance is sqrt(2 / 4000) = 0.022.
    assertThat(Arrays.stream(x).map(v -> v * v).sum() / rows).isCloseTo(1, within(0.08));
  }
}
