package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where a prediction of the state before is refused; its numbers are cases of
/// `previous-x.golden.json`.
class PreviousXTest {
  private static Table table() {
    return new Table()
        .vectors("xt", new double[] {1, 2}, new double[] {3, -1})
        .vectors("prediction", new double[] {0.5, 1}, new double[] {1, 0})
        .with("step", 5L, 7L)
        .with("sigma", 2.0, 2.0);
  }

  private static void refuses(Task task, String part) {
    assertThatThrownBy(() -> table().evaluate(task)).hasMessageContaining(part);
  }

  @Test
  void itNeedsTimesteps() {
    Task conversion =
        Task.of("diffusion-conversion").column("xt", "xt").column("prediction", "prediction");
    refuses(
        conversion.column("sigma", "sigma").parameter("from", "previous-x"),
        "from is 'previous-x': found no timesteps of a schedule, expected role 't'");
    refuses(
        Task.of("noising")
            .column("x0", "xt")
            .column("sigma", "sigma")
            .parameter("prediction-type", "previous-x")
            .outputs(List.of("target")),
        "prediction-type is 'previous-x': found no timesteps");
  }

  @Test
  void aThresholdOfNothingIsRefused() {
    refuses(
        Task.of("ddpm-step")
            .column("xt", "xt")
            .column("prediction", "prediction")
            .column("t", "step")
            .parameter("prediction-type", "previous-x")
            .parameter("threshold", "clip"),
        "threshold is 'clip': found prediction-type 'previous-x'");
  }
}
