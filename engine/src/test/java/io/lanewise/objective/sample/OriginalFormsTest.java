package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Table;
import io.lanewise.result.EvaluationResult;
import io.lanewise.run.Task;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/// What the forms of other projects refuse: their values are golden.
class OriginalFormsTest {
  private static Task vendi() {
    return Task.of("vendi-score");
  }

  private static AbstractThrowableAssert<?, ?> given(Task task, double[]... similarities) {
    return assertThatThrownBy(
        () -> new Table().vectors("similarities", similarities).evaluate(task));
  }

  private static EvaluationResult weighted(double... weights) {
    return new Table()
        .vectors("features", new double[] {1, 0}, new double[] {0, 1})
        .with("weight", weights)
        .evaluate(vendi());
  }

  @Test
  void aKernelMatrixMustBeOne() {
    given(vendi(), new double[] {1, 0.5}, new double[] {0.4, 1})
        .hasMessageContaining("row 1 has 0.4 for row 0, which has 0.5 for it");
    given(vendi(), new double[] {1, 2}, new double[] {2, 1})
        .hasMessageContaining("found smallest eigenvalue -1.0, expected none below 0");
    given(vendi(), new double[] {1, 0, 0}, new double[] {0, 1, 0})
        .hasMessageContaining("found 2 rows, expected 3");
    given(vendi(), new double[] {1, 0}, new double[] {0, 0})
        .hasMessageContaining("row 1 has 0.0 for itself");
  }

  @Test
  void weightsMustWeigh() {
    assertThatThrownBy(() -> weighted(1, -1))
        .hasMessageContaining("row 1 of those used: found weight -1.0, expected 0 or more");
    assertThatThrownBy(() -> weighted(0, 0)).hasMessageContaining("found all 0");
  }

  @Test
  void rowsOfZerosAreKeptOnRequestOnly() {
    assertThatThrownBy(() ->
            new Table()
                .vectors("features", new double[] {1, 0}, new double[] {0, 0})
                .evaluate(vendi().parameter("kernel", "polynomial")))
        .hasMessageContaining("row 1 of those used: found all features 0")
        .hasMessageContaining("zero-rows=keep");
  }
}
