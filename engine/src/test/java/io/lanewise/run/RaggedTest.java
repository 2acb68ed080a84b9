package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.source.DataException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sequences as values and offsets, in a file that NumPy 2.4 wrote: `lp` is -1/4, -2/4, …, -10/4 in
/// rows of 3, 0, 2 and 5, of which `mask` leaves 7.
class RaggedTest {
  private static EvaluationResult run(int batchRows, Task task) throws URISyntaxException {
    Path file = Path.of(Objects.requireNonNull(RaggedTest.class.getResource("ragged.npz")).toURI());
    return Evaluation.builder()
        .data("rows", file.toString())
        .batchRows(batchRows)
        .evaluate(task)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  /// NumPy: `(lp * mask).sum()`, `exp(-that / 7)`, `-that / log(2) / 16` without the empty row.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void valuesAndOffsetsAreSequences(int batchRows) throws Exception {
    EvaluationResult result =
        run(batchRows, Task.of("ll").column("logprob", "lp[off]").column("mask", "mask[off]"));
    assertThat(value(result, "total-log-likelihood")).isEqualTo(-9.25);
    assertThat(value(result, "perplexity")).isEqualTo(3.748772943722863);
    assertThat(value(result, "bits-per-byte")).isCloseTo(0.8340580705139321, within(1e-15));
    assertThat(Objects.requireNonNull(result.rows().get("rows")).read()).isEqualTo(4);
    assertThat(Objects.requireNonNull(result.rows().get("rows")).empty()).isEqualTo(1);
    assertThat(Objects.requireNonNull(result.inputs().get("rows")).columns())
        .containsEntry("logprob", "lp[off]")
        .containsEntry("bytes", "bytes");
    assertThat(Objects.requireNonNull(result.inputs().get("rows")).warnings()).isEmpty();
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure)).value();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "first | column 'first' row 0: found 1, expected 0, where the first sequence begins",
        "order | column 'order' row 2: found 2, expected 3 to 10",
        "less | column 'less' row 4: found 9, expected 10, the number of values",
        "more | column 'more' row 4: found 11, expected 5 to 10",
        "short | column 'short': found 4 offsets, expected 5, one more than rows",
      })
  void offsetsThatDoNotFitAreRefused(String offsets, String message) {
    for (int batchRows : new int[] {0, 1, 3}) {
      Task task = Task.of("ll").column("logprob", "lp[" + offsets + "]").column("mask", "none");
      assertThatThrownBy(() -> run(batchRows, task))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("ragged.npz")
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "lp[lp] | column 'lp': found float64, expected integers",
        "lp[of] | unknown column 'lp[of]'",
      })
  void partsThatDoNotFitAreRefused(String name, String message) {
    assertThatThrownBy(() -> run(0, Task.of("ll").column("logprob", name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
