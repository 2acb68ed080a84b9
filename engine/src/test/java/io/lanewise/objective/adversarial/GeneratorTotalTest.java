package io.lanewise.objective.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import org.junit.jupiter.api.Test;

/// What generator-total refuses, and its constant weight.
class GeneratorTotalTest {
  private static Table table() {
    return new Table()
        .with("rec", 1.0, 2.0)
        .with("critic", 0.5, -4.0)
        .with("gm", 3.0, 4.0)
        .with("ga", 0.25, -1.0);
  }

  private static Task task(String... pairs) {
    Task task = Task.of("generator-total").column("main", "rec");
    for (int i = 0; i < pairs.length; i += 2) {
      task = task.column(pairs[i], pairs[i + 1]);
    }
    return task;
  }

  private static void refuses(Task task, String part) {
    assertThatThrownBy(() -> table().evaluate(task)).hasMessageContaining(part);
  }

  @Test
  void aConstantWeightTakesNoGradients() {
    Task constant = task("logit", "critic").parameter("weighting", "constant");
    assertThat(table().output(constant.parameter("weight", "0.5"), "total"))
        .containsExactly(0.75, 4);
    assertThat(table().output(constant.parameter("weight", "0"), "total")).containsExactly(1, 2);
    refuses(
        task("logit", "critic", "main-gradient-norm", "gm").parameter("weighting", "constant"),
        "found a column for the gradient of the main loss, expected none");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refuses(task("logit", "critic"), "neither role 'main-gradient' nor role 'main-gradient-norm'");
    refuses(
        task("main-gradient-norm", "gm", "adversarial-gradient-norm", "gm", "logit", "none"),
        "found neither role 'adversarial' nor role 'logit'");
    refuses(
        task("logit", "critic", "main-gradient-norm", "gm", "adversarial-gradient-norm", "ga"),
        "role 'adversarial-gradient-norm' row 1: found -1.0, expected a number >= 0");
    refuses(
        task("logit", "critic", "main-gradient-norm", "gm", "adversarial-gradient-norm", "gm")
            .parameter("start", "5"),
        "parameter 'start': found 5 and no column for role 'step'");
  }
}
