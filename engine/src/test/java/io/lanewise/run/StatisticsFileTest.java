package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.source.NpzFile;
import io.lanewise.source.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Files as guided-diffusion has them, against what NumPy and SciPy say of them
/// (`data/interop/guided.py`).
class StatisticsFileTest {
  private static final Path NUMPY = Path.of("..", "data", "interop", "numpy");
  private static final String REFERENCE = NUMPY.resolve("guided_reference.npz").toString();
  private static final String FEATURES = NUMPY.resolve("guided_features.npz").toString();

  @TempDir Path temp;

  private static double expected(String name) throws Exception {
    JsonNode values = JsonMapper.shared().readTree(Files.readString(NUMPY.resolve("guided.json")));
    return values.get(name).asDouble();
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure), measure).value();
  }

  private static Task task() {
    return Task.of("fid")
        .on("real", "real")
        .on("generated", "fake")
        .on("real-spatial", "real")
        .on("generated-spatial", "fake")
        .column("generated.features", "arr_0");
  }

  private EvaluationResult evaluate(Task task, String real, String fake) {
    return Evaluation.builder()
        .data("real", real)
        .data("fake", fake)
        .evaluate(task)
        .output(temp, true)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  /// Statistics of both layers from one file, whose arrays have four lengths.
  @Test
  void bothLayersAreComparedAsNumpyDoes() throws Exception {
    EvaluationResult result = evaluate(task(), REFERENCE, FEATURES);
    assertThat(value(result, "frechet-distance")).isCloseTo(expected("fid"), within(1e-12));
    assertThat(value(result, "spatial-frechet-distance"))
        .isCloseTo(expected("sfid"), within(1e-12));
    assertThat(value(result, "spatial-rank-generated")).isEqualTo(3);
    assertThat(result.rows().keySet())
        .containsExactly("real", "generated", "real-spatial", "generated-spatial");
  }

  /// What is written holds the four arrays, and reads as the features it was made of.
  @Test
  void statisticsOfBothLayersAreOneFile() throws Exception {
    List<String> outputs = List.of("mu", "sigma", "mu_s", "sigma_s");
    EvaluationResult first = evaluate(task().outputs(outputs).rows("npz"), REFERENCE, FEATURES);
    assertThat(first.rowFiles()).containsExactly("fid-real.npz", "fid-generated.npz");
    String written = temp.resolve("fid-generated.npz").toString();
    try (NpzFile file = NpzFile.open(Path.of(written), Reading.DEFAULT)) {
      assertThat(file.schema().stream().map(c -> c.signature() + " " + c.name()))
          .hasSize(4)
          .allMatch(column -> column.startsWith("float64"));
      assertThat(file.rowCount(List.of("mu", "sigma"))).hasValue(5);
      assertThat(file.rowCount(List.of("mu_s", "sigma_s"))).hasValue(3);
    }
    EvaluationResult second =
        evaluate(
            Task.of("fid")
                .on("real", "real")
                .on("generated", "fake")
                .on("real-spatial", "real")
                .on("generated-spatial", "fake"),
            REFERENCE,
            written);
    for (String measure : List.of("frechet-distance", "spatial-frechet-distance")) {
      assertThat(value(second, measure)).isCloseTo(value(first, measure), within(1e-13));
    }
  }

  /// Images are rows of their pixels, whatever their shape.
  @Test
  void imagesAreRowsOfPixels() throws Exception {
    EvaluationResult result =
        evaluate(
            Task.of("fid").on("real", "real").on("generated", "fake").column("features", "arr_0"),
            REFERENCE,
            NUMPY.resolve("guided_images.npz").toString());
    assertThat(value(result, "frechet-distance")).isCloseTo(expected("pixels"), within(1e-9));
    assertThat(value(result, "rank-real")).isEqualTo(8);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnyRowIsRead() {
    assertThatThrownBy(() ->
            evaluate(task().outputs(List.of("mu", "mu_s")).rows("parquet"), REFERENCE, FEATURES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "found extension '.parquet', expected .npz for columns of different lengths");
    Task one =
        Task.of("fid")
            .on("real", "real")
            .on("generated", "fake")
            .column("generated.features", "arr_0");
    assertThatThrownBy(
            () -> evaluate(one.outputs(List.of("mu_s")).rows("npz"), REFERENCE, FEATURES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found no sets 'real-spatial' and 'generated-spatial'");
    assertThatThrownBy(() -> evaluate(one.on("real-spatial", "real"), REFERENCE, FEATURES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found set 'real-spatial' without 'generated-spatial'");
    Task half = one.column("real.mu", "mu").column("real.sigma", "none");
    assertThatThrownBy(() -> evaluate(half, REFERENCE, FEATURES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set 'real'")
        .hasMessageContaining(
            "found neither role 'features' nor both 'mu' and 'sigma', expected one of the two");
  }
}
