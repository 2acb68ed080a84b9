package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What multistep-step refuses, and its numbers where the cases of `multistep.golden.json` do not
/// reach.
class MultistepStepTest {
  private static Table table() {
    return new Table()
        .vectors("xt", new double[] {1, 2}, new double[] {3, -1})
        .vectors("prediction", new double[] {0.5, 1}, new double[] {1, 0})
        .vectors("prediction-1", new double[] {0.25, 1}, new double[] {1, 0.5})
        .with("sigma", 2.0, 2.0)
        .with("sigma-next", 1.0, 1.0)
        .with("sigma-1", 4.0, 3.0);
  }

  private static Task task(String method, String... roles) {
    Task task = Task.of("multistep-step").parameter("method", method);
    for (String role : roles) {
      task = task.column(role, role);
    }
    return task;
  }

  private void refuses(Table table, Task task, String... parts) {
    assertThatThrownBy(() -> table.evaluate(task))
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  private static final String[] TWO = {
    "xt", "prediction", "prediction-1", "sigma", "sigma-next", "sigma-1"
  };

  @Test
  void levelsGoOneWay() {
    Task task = task("dpm-solver++", TWO).parameter("prediction-type", "x0");
    refuses(
        table().with("sigma-1", 4.0, 1.5),
        task,
        "role 'sigma-1' row 1: found 1.5 beside 2.0 in role 'sigma', expected a higher level");
    refuses(
        table().with("sigma-next", 1.0, 2.0),
        task,
        "role 'sigma-next' row 1: found 2.0 beside 2.0 in role 'sigma', expected another level");
    refuses(
        table().with("sigma-next", 2.5, 1.0),
        task,
        "role 'sigma-1' row 0: found 4.0 beside 2.0 in role 'sigma', expected a lower level");
    refuses(
        table().with("sigma-next", 1.0, 2.5),
        task.parameter("eta", "1"),
        "role 'sigma-next' row 1: found 2.5 beside 2.0 in role 'sigma', expected a lower level");
    refuses(
        table().with("sigma-next", 1.0, -2.5),
        task,
        "role 'sigma-next' row 1: found -2.5, expected a number >= 0");
    refuses(
        table(), task.parameter("path", "straight"), "row 0: found", "expected a number in [0, 1]");
  }

  @Test
  void columnsAreThoseOfTheMethod() {
    refuses(
        table(),
        task("dpm-solver++", TWO).column("state-1", "none"),
        "method is 'dpm-solver++' with prediction-type 'eps': found no column for role 'state-1'");
    refuses(
        table(),
        task("dpm-solver++", "xt", "prediction", "prediction-1", "sigma", "sigma-next")
            .column("sigma-1", "none")
            .parameter("prediction-type", "x0"),
        "found no column for role 'sigma-1', expected one");
    refuses(
        table(),
        task("dpm-2", TWO),
        "method is 'dpm-2': found a column for role 'prediction-1', expected none");
    refuses(
        table(),
        task("lms", TWO).parameter("eta", "1"),
        "method is 'lms': found eta 1.0, expected 0");
    refuses(
        table(),
        task("dpm-2", "xt", "prediction", "sigma", "sigma-next")
            .column("prediction-mid", "prediction-1")
            .parameter("path", "straight"),
        "method is 'dpm-2': found levels by sigma on path 'straight'");
    refuses(
        table().with("order", 2L, 3L),
        task("lms", TWO).column("order", "order"),
        "column 'order' row 1: found order 3, expected 1 to 2");
  }

  /// Order 1 of every method that has it is DDIM's step.
  @ParameterizedTest
  @CsvSource({"dpm-solver++", "dpm-solver", "unipc", "lms", "plms"})
  void orderOneIsDdim(String method) {
    Table table =
        new Table()
            .vectors("xt", new double[] {1, 2}, new double[] {3, -1}, new double[] {0.5, 0.25})
            .vectors("prediction", new double[] {0.5, 1}, new double[] {1, 0}, new double[] {2, 1})
            .with("t", 900L, 20L, 7L)
            .with("t-next", 850L, 40L, -1L);
    String[] roles = {"xt", "prediction", "t", "t-next"};
    double[] found = table.output(task(method, roles), "x-next");
    Task ddim = Task.of("ddim-step");
    for (String role : roles) {
      ddim = ddim.column(role, role);
    }
    assertThat(found).containsExactly(table.output(ddim, "x-next"), within(3e-13));
  }
}
