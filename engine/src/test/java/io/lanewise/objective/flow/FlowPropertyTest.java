package io.lanewise.objective.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Verdict.Status;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The laws of change of variables, on seeded random rows: the inverse of the forward pass is the
/// row, log-determinants of the two passes are opposite, and the forward one is the logarithm of
/// the determinant of the Jacobian by central differences.
class FlowPropertyTest {
  private static final int D = 3;
  private static final int BINS = 5;
  private static final int ROWS = 200;

  private record Flow(String id, Map<String, String> parameters, Map<String, Integer> roles) {
    @Override
    public String toString() {
      return id + parameters;
    }
  }

  static Stream<Arguments> flowsAndSeeds() {
    return Stream.of(
            new Flow("triangular-flow", Map.of(), Map.of("matrix", D * D, "shift", D)),
            new Flow("planar-flow", Map.of("constrain", "true"), Map.of("w", D, "u", D, "b", 1)),
            new Flow(
                "radial-flow",
                Map.of("constrain", "true"),
                Map.of("center", D, "alpha", 1, "beta", 1)),
            new Flow("coupling-flow", Map.of("pass", "even"), Map.of("log-scale", 1, "shift", 1)),
            new Flow("coupling-flow", Map.of(), Map.of("log-scale", 2, "shift", 2)),
            new Flow(
                "rational-quadratic-spline",
                Map.of("tail-bound", "2.5"),
                Map.of("widths", D * BINS, "heights", D * BINS, "derivatives", D * (BINS - 1))),
            new Flow(
                "rational-quadratic-spline",
                Map.of("tail-bound", "20", "tails", "none", "derivative-link", "softplus-offset"),
                Map.of("widths", D * BINS, "heights", D * BINS, "derivatives", D * (BINS + 1))))
        .flatMap(flow -> Stream.of(1, 2, 3).map(seed -> Arguments.of(flow, seed)));
  }

  @ParameterizedTest
  @MethodSource("flowsAndSeeds")
  void lawsOfChangeOfVariables(Flow flow, int seed, @TempDir Path temp) {
    Random random = new Random(seed);
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("x", random.doubles((long) ROWS * D, -3, 3).toArray());
    flow.roles().forEach((role, width) -> columns.put(role, normals(random, ROWS * width)));
    if (flow.roles().containsKey("alpha")) {
      columns.compute("alpha", (role, values) -> positive(Objects.requireNonNull(values)));
    }
    if (flow.roles().containsKey("matrix")) {
      double[] matrix = Objects.requireNonNull(columns.get("matrix"));
      for (int k = 0; k < matrix.length; k += D * D) {
        for (int i = 0; i < D; i++) {
          matrix[k + i * D + i] += Math.copySign(1, matrix[k + i * D + i]);
        }
      }
    }
    double[] y = run(flow, "forward", columns, ROWS, temp.resolve("f"), "y");
    double[] logdet = RowFile.read(temp.resolve("f/case.arrow"), "logdet");
    Map<String, double[]> back = new LinkedHashMap<>(columns);
    back.put("x", y);
    double[] x = run(flow, "inverse", back, ROWS, temp.resolve("i"), "y");
    double[] inverse = RowFile.read(temp.resolve("i/case.arrow"), "logdet");
    double[] given = Objects.requireNonNull(columns.get("x"));
    for (int i = 0; i < given.length; i++) {
      assertThat(x[i]).as("element %d", i).isCloseTo(given[i], within(1e-8));
    }
    for (int i = 0; i < ROWS; i++) {
      assertThat(inverse[i]).as("row %d", i).isCloseTo(-logdet[i], within(1e-6));
    }
    double[] numeric = numericLogdet(flow, columns, temp);
    int rough = 0;
    for (int i = 0; i < ROWS; i++) {
      // A difference across a knot, where the second derivative jumps, is only good to the step.
      rough += Math.abs(numeric[i] - logdet[i]) > 1e-4 ? 1 : 0;
      assertThat(logdet[i]).as("row %d", i).isCloseTo(numeric[i], within(0.5));
    }
    assertThat(rough).isLessThanOrEqualTo(2);
  }

  private static double[] normals(Random random, int count) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }

  private static double[] run(
      Flow flow,
      String direction,
      Map<String, double[]> columns,
      int rows,
      Path out,
      String column,
      String... onRequest) {
    out.toFile().mkdirs();
    Task task =
        Task.of(flow.id())
            .named("case")
            .parameter("direction", direction)
            .outputs(List.of(onRequest))
            .rows("arrow");
    for (Map.Entry<String, String> p : flow.parameters().entrySet()) {
      task = task.parameter(p.getKey(), p.getValue());
    }
    Evaluation.builder()
        .data("rows", RowFile.write(out.resolve("in.arrow"), rows, columns))
        .evaluate(task)
        .output(out, true)
        .hashInputs(false)
        .build()
        .run();
    return RowFile.read(out.resolve("case.arrow"), column);
  }

  /// `ln|det J|` by central differences: 2 D shifted copies of the rows.
  private static double[] numericLogdet(Flow flow, Map<String, double[]> columns, Path temp) {
    double step = 1e-6;
    double[][] jacobians = new double[ROWS][D * D];
    double[] x = Objects.requireNonNull(columns.get("x"));
    for (int j = 0; j < D; j++) {
      double[][] y = new double[2][];
      for (int side = 0; side < 2; side++) {
        double[] shifted = x.clone();
        for (int i = 0; i < ROWS; i++) {
          shifted[i * D + j] += side == 0 ? step : -step;
        }
        Map<String, double[]> moved = new LinkedHashMap<>(columns);
        moved.put("x", shifted);
        y[side] = run(flow, "forward", moved, ROWS, temp.resolve("d"), "y");
      }
      for (int i = 0; i < ROWS * D; i++) {
        jacobians[i / D][i % D * D + j] = (y[0][i] - y[1][i]) / (2 * step);
      }
    }
    double[] logdet = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double[] m = jacobians[i];
      double det =
          m[0] * (m[4] * m[8] - m[5] * m[7])
              - m[1] * (m[3] * m[8] - m[5] * m[6])
              + m[2] * (m[3] * m[7] - m[4] * m[6]);
      logdet[i] = Math.log(Math.abs(det));
    }
    return logdet;
  }

  @Test
  void negativeBitsWithoutDequantizationAreAWarning(@TempDir Path temp) {
    double[] z = new double[20];
    double[] logdet = new double[10];
    java.util.Arrays.fill(logdet, 50);
    String file = RowFile.write(temp.resolve("in.arrow"), 10, Map.of("z", z, "logdet", logdet));
    Task task = Task.of("flow").on("rows", "rows");
    assertThat(dequantization(file, task)).isEqualTo(Status.WARN);
    assertThat(dequantization(file, task.parameter("dequantization", "uniform")))
        .isEqualTo(Status.PASS);
    assertThat(dequantization(file, task.parameter("direction", "forward"))).isEqualTo(Status.PASS);
  }

  private static Status dequantization(String file, Task task) {
    return evaluate(file, task).verdicts().getFirst().status();
  }

  private static EvaluationResult evaluate(String file, Task task) {
    return Evaluation.builder()
        .data("rows", file)
        .evaluate(task)
        .hashInputs(false)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  @Test
  void aRowThatIsNotInvertibleFailsTheVerdictAndHasNoInverse(@TempDir Path temp) {
    String file =
        RowFile.write(
            temp.resolve("in.arrow"),
            2,
            Map.of(
                "x", new double[] {1, 2, 3, 4},
                "w", new double[] {1, 0, 1, 0},
                "u", new double[] {-1, 0, -1.5, 0},
                "b", new double[] {0, 0}));
    assertThat(evaluate(file, Task.of("planar-flow")).verdicts().getFirst().status())
        .isEqualTo(Status.FAIL);
    assertThatThrownBy(
            () -> evaluate(file, Task.of("planar-flow").parameter("direction", "inverse")))
        .hasMessageContaining("row 1");
  }

  @Test
  void rolesThatDoNotFitAreRefused(@TempDir Path temp) {
    double[] six = new double[6];
    String file =
        RowFile.write(
            temp.resolve("in.arrow"),
            2,
            Map.of(
                "x",
                six,
                "z",
                six,
                "matrix",
                six,
                "base-logp",
                new double[2],
                "logdet",
                new double[2],
                "log-scale",
                new double[8],
                "shift",
                new double[8],
                "widths",
                six,
                "heights",
                six,
                "derivatives",
                six));
    assertThatThrownBy(
            () -> evaluate(file, columns("triangular-flow", "x", "matrix").column("shift", "none")))
        .hasMessageContaining("found 3 elements, expected 3 * 3");
    assertThatThrownBy(() -> evaluate(file, columns("flow", "z").column("logdet", "logdets")))
        .hasMessageContaining("role 'logdet': unknown column 'logdets'; did you mean 'logdet'?");
    assertThatThrownBy(
            () -> evaluate(file, columns("flow", "z").column("logdet", "logdet", "logdet")))
        .hasMessageContaining("role 'logdet': found column 'logdet' twice, expected each once");
    assertThatThrownBy(() -> evaluate(file, columns("flow", "z").column("logdet", List.of())))
        .hasMessageContaining("role 'logdet': found 0 columns, expected some");
    assertThatThrownBy(() -> evaluate(file, columns("flow", "base-logp", "logdet")))
        .hasMessageContaining("base is 'standard-normal'");
    assertThatThrownBy(() -> evaluate(file, columns("coupling-flow", "x", "log-scale", "shift")))
        .hasMessageContaining("role 'log-scale': found 4 elements");
    assertThatThrownBy(
            () -> evaluate(file, columns("rqs", "x", "widths", "heights", "derivatives")))
        .hasMessageContaining("role 'widths': found 3 elements");
  }

  @Test
  void theAffineFlowIsItsOwnInverse(@TempDir Path temp) {
    Random random = new Random(7);
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("x", normals(random, ROWS * D));
    columns.put("scale", normals(random, ROWS * D));
    columns.put("shift", normals(random, ROWS * D));
    Flow flow = new Flow("affine-flow", Map.of(), Map.of("scale", D, "shift", D));
    double[] data = run(flow, "forward", columns, ROWS, temp.resolve("f"), "z", "logdet");
    double[] logdet = RowFile.read(temp.resolve("f/case.arrow"), "logdet");
    Map<String, double[]> back = new LinkedHashMap<>(columns);
    back.put("x", data);
    double[] x = run(flow, "inverse", back, ROWS, temp.resolve("i"), "z", "logdet");
    double[] inverse = RowFile.read(temp.resolve("i/case.arrow"), "logdet");
    double[] given = Objects.requireNonNull(columns.get("x"));
    for (int i = 0; i < given.length; i++) {
      assertThat(x[i]).as("element %d", i).isCloseTo(given[i], within(1e-9));
    }
    for (int i = 0; i < ROWS; i++) {
      assertThat(inverse[i]).as("row %d", i).isCloseTo(-logdet[i], within(1e-12));
    }
  }

  private static double[] positive(double[] values) {
    return Arrays.stream(values).map(v -> 0.2 + Math.abs(v)).toArray();
  }

  /// Any number of columns, numbers and vectors, are one vector of all their elements.
  @Test
  void logDeterminantsMayStandInAnyColumns(@TempDir Path temp) {
    Random random = new Random(6);
    double[] all = normals(random, ROWS * 5);
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("z", normals(random, ROWS * D));
    columns.put("all", all);
    columns.put("one", part(all, 0, 1));
    columns.put("pair", part(all, 1, 2));
    columns.put("rest", part(all, 3, 2));
    String file = RowFile.write(temp.resolve("in.arrow"), ROWS, columns);
    EvaluationResult together = evaluate(file, columns("flow", "z").column("logdet", "all"));
    EvaluationResult parts =
        evaluate(file, columns("flow", "z").column("logdet", "one", "pair", "rest"));
    assertThat(parts.measures()).isEqualTo(together.measures());
    assertThat(Objects.requireNonNull(parts.inputs().get("rows")).columns())
        .containsEntry("logdet", "one,pair,rest");
    Objects.requireNonNull(columns.get("pair"))[3] = Double.NaN;
    String broken = RowFile.write(temp.resolve("broken.arrow"), ROWS, columns);
    assertThatThrownBy(
            () -> evaluate(broken, columns("flow", "z").column("logdet", "one", "pair", "rest")))
        .hasMessageContaining("row 1")
        .hasMessageContaining("column 'pair' element 1: found NaN");
  }

  private static double[] part(double[] rows, int from, int width) {
    double[] part = new double[ROWS * width];
    for (int i = 0; i < part.length; i++) {
      part[i] = rows[i / width * 5 + from + i % width];
    }
    return part;
  }

  private static Task columns(String id, String... roles) {
    Task task = Task.of(id);
    for (String role : roles) {
      task = task.column(role, role);
    }
    return task;
  }

  @Test
  void roundTripNamesTheWorstRowWhateverTheBatches(@TempDir Path temp) {
    Random random = new Random(5);
    double[] x = normals(random, 3000);
    double[] back = x.clone();
    back[1234 * 2 + 1] += 0.25;
    back[1300 * 2] -= 0.25;
    String file =
        RowFile.write(temp.resolve("in.arrow"), 1500, Map.of("x", x, "reconstruction", back));
    for (int batch : new int[] {1, 7, 0}) {
      EvaluationResult result =
          Evaluation.builder()
              .data("rows", file)
              .evaluate(Task.of("round-trip"))
              .batchRows(batch)
              .hashInputs(false)
              .build()
              .run()
              .evaluations()
              .getFirst();
      assertThat(Objects.requireNonNull(result.measure("worst-row")).value()).isEqualTo(1234);
      assertThat(Objects.requireNonNull(result.measure("max-error")).value())
          .isCloseTo(0.25, within(1e-15));
      assertThat(result.verdicts().getFirst().status()).isEqualTo(Status.FAIL);
    }
  }
}
