package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the forms of other projects refuse: their values are golden.
class OriginalFormsTest {
  @TempDir Path temp;

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
        .hasMessageContaining("found 0.5 in row 0, column 1 and 0.4 in row 1, column 0");
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
  void weightsOfABootstrapMustWeigh() {
    Task bits = Task.of("bootstrap").parameter("statistic", "bits").parameter("iterations", "10");
    assertThatThrownBy(() -> new Table().with("value", -1.0, -2).evaluate(bits))
        .hasMessageContaining("found no column for role 'weight'");
    assertThatThrownBy(
            () -> new Table().with("value", -1.0, -2).with("weight", 0.0, 0).evaluate(bits))
        .hasMessageContaining("found all 0");
    assertThatThrownBy(
            () -> new Table().with("value", -1.0, -2).with("weight", 1.0, -3).evaluate(bits))
        .hasMessageContaining("row 1 of those used: found weight -3.0, expected 0 or more");
  }

  @Test
  void dataCopyingDoesNotDependOnScale() {
    double[] expected = new double[1];
    for (int exponent : new int[] {0, 600, -600}) {
      EvaluationResult result = copying(exponent);
      double score =
          result.measures().stream()
              .filter(m -> m.name().equals("c-t"))
              .findFirst()
              .orElseThrow()
              .value();
      if (exponent == 0) {
        expected[0] = score;
      }
      assertThat(score).as("2^%d", exponent).isEqualTo(expected[0]);
    }
  }

  private EvaluationResult copying(int exponent) {
    Evaluation.Builder builder = Evaluation.builder();
    Task task = Task.of("data-copying").parameter("more-than", "2");
    Random random = new Random(5);
    for (String set : List.of("training", "test", "generated")) {
      double[][] rows = new double[12][3];
      for (double[] row : rows) {
        Arrays.setAll(row, k -> Math.scalb(random.nextGaussian(), exponent));
      }
      Path file = temp.resolve(set + exponent + ".arrow");
      new Table().vectors("features", rows).write(file, 0, 12);
      builder.data(set, file.toString());
      task = task.on(set, set);
    }
    return builder.evaluate(task).build().run().evaluations().getFirst();
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
