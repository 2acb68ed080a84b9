package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Validity;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A null inside a list makes its row null, in lists of every kind and for every kind of objective;
/// the width of a column of lists is that of its first row that is not null.
class NullElementTest {
  private static final Path FAULTS = Path.of("src/test/resources/io/lanewise/source/faults");

  @TempDir Path dir;

  private static Double[] row(Double... values) {
    return values;
  }

  /// Lists of float64, null rows as null, null elements as null.
  private static SequenceColumn lists(String name, @Nullable Double @Nullable []... rows) {
    long[] offsets = new long[rows.length + 1];
    List<Double> elements = new ArrayList<>();
    byte[] validRows = new byte[rows.length / 8 + 1];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] != null) {
        validRows[i / 8] |= (byte) (1 << i % 8);
        elements.addAll(java.util.Arrays.asList(rows[i]));
      }
      offsets[i + 1] = elements.size();
    }
    double[] values = new double[elements.size()];
    byte[] valid = new byte[values.length / 8 + 1];
    for (int i = 0; i < values.length; i++) {
      Double value = elements.get(i);
      values[i] = value == null ? 0 : value;
      valid[i / 8] |= (byte) (value == null ? 0 : 1 << i % 8);
    }
    return new SequenceColumn(
        name,
        DType.FLOAT64,
        rows.length,
        offsets,
        0,
        MemorySegment.ofArray(values),
        new Validity(MemorySegment.ofArray(validRows), 0),
        new Validity(MemorySegment.ofArray(valid), 0));
  }

  private String file(String name, SequenceColumn... columns) {
    Path path = dir.resolve(name);
    try (Sink sink =
            Sinks.create(
                path, List.of(columns).stream().map(SequenceColumn::describe).toList(), false);
        Batch batch = new Batch(0, columns[0].rows(), List.of(columns), () -> {})) {
      sink.write(batch);
      sink.commit();
    }
    return path.toString();
  }

  private static EvaluationResult run(Task task, Policy policy, Map<String, String> data) {
    Evaluation.Builder builder = Evaluation.builder().policy(policy);
    data.forEach(builder::data);
    return builder.evaluate(task).build().run().evaluations().getFirst();
  }

  private static double value(EvaluationResult result, String measure) {
    return result.measure(measure).value();
  }

  @ParameterizedTest
  @CsvSource({"kl.arrow", "kl.parquet"})
  void inAVectorRole(String name) {
    String file =
        file(
            name,
            lists("mu", row(3.0, null), row(2.0, 2.0)),
            lists("logvar", row(0.0, 0.0), row(0.0, 0.0)));
    Task task = Task.of("gaussian-kl");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> run(task, Policy.FAIL, Map.of("posterior", file)))
        .withMessage(
            file + ": row 0 of 'gaussian-kl': column 'mu' element 1: found null, policy is fail");
    for (Policy policy : List.of(Policy.SKIP, Policy.PROPAGATE)) {
      EvaluationResult result = run(task, policy, Map.of("posterior", file));
      // Row 1: (2^2 + 2^2) / 2.
      assertThat(value(result, "kl")).isEqualTo(4);
      assertThat(result.rows().get("rows").nulls()).isEqualTo(1);
    }
  }

  @Test
  void inASequenceRole() {
    String file = file("ll.arrow", lists("logprob", row(-1.0, null, -2.0), row(-1.0, -2.0)));
    Task task = Task.of("log-likelihood");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> run(task, Policy.FAIL, Map.of("rows", file)))
        .withMessageContaining("column 'logprob' element 1: found null");
    EvaluationResult result = run(task, Policy.SKIP, Map.of("rows", file));
    assertThat(value(result, "log-likelihood")).isEqualTo(-3);
    assertThat(result.rows().get("rows").nulls()).isEqualTo(1);
  }

  /// The trace of the covariance of what is left, by NumPy: `numpy.var(x, axis=0, ddof=1).sum()`.
  @Test
  void inASampleMetric() {
    String file =
        file(
            "samples.arrow",
            lists("samples", row(1.0, 2.0), row(100.0, null), row(3.0, 5.0), row(4.0, -1.0)));
    Task task = Task.of("diversity");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> run(task, Policy.FAIL, Map.of("rows", file)))
        .withMessageContaining("row 1 of 'diversity': column 'samples' element 1: found null");
    EvaluationResult result = run(task.parameter("ddof", "1"), Policy.SKIP, Map.of("rows", file));
    assertThat(value(result, "total-variance")).isCloseTo(11.333333333333334, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"first.arrow", "first.parquet"})
  void aFirstRowThatIsNullDoesNotSetTheWidth(String name) {
    String file =
        file(
            name,
            lists("mu", null, null, row(2.0, 1.0)),
            lists("logvar", row(0.0, 0.0), null, row(0.0, 0.0)));
    EvaluationResult result = run(Task.of("gaussian-kl"), Policy.SKIP, Map.of("posterior", file));
    assertThat(value(result, "kl")).isEqualTo(2.5);
    assertThat(result.rows().get("rows").nulls()).isEqualTo(2);
  }

  @Test
  void norDoesAFirstFileOfNulls() {
    file("a.arrow", lists("mu", null, null), lists("logvar", null, null));
    file("b.arrow", lists("mu", row(2.0, 1.0)), lists("logvar", row(0.0, 0.0)));
    EvaluationResult result =
        run(Task.of("gaussian-kl"), Policy.SKIP, Map.of("posterior", dir + "/*.arrow"));
    assertThat(value(result, "kl")).isEqualTo(2.5);
  }

  @Test
  void listsWithoutElementsAreRefused() {
    String empty = file("e.arrow", lists("mu", row(), row()), lists("logvar", row(), row()));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> run(Task.of("gaussian-kl"), Policy.SKIP, Map.of("posterior", empty)))
        .withMessage(empty + ": column 'mu': found a list of 0 elements, expected 1 to 2147483647");
    String nulls = file("n.arrow", lists("mu", null, null), lists("logvar", null, null));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> run(Task.of("gaussian-kl"), Policy.SKIP, Map.of("posterior", nulls)))
        .withMessage(
            nulls + ": column 'mu': found no row that is not null, expected lists of numbers");
  }

  /// What a pipe's lists are as long as is found out without losing the rows that tell.
  @Test
  void listsOnAPipe() throws IOException {
    java.io.InputStream before = System.in;
    System.setIn(
        new ByteArrayInputStream(Files.readAllBytes(FAULTS.resolve("list-stream.arrows"))));
    try {
      EvaluationResult result = run(Task.of("gaussian-kl"), Policy.FAIL, Map.of("posterior", "-"));
      // By NumPy from the file's one row: mu (1, 2), logvar (0, 0).
      assertThat(value(result, "kl")).isEqualTo(2.5);
    } finally {
      System.setIn(before);
    }
  }
}
