package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Progress;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What compares all pairs of rows, on more rows than a tile has, against loops over pairs that are
/// written out; and its laws.
class AllPairsLawsTest {
  private static final int DIM = 20;
  @TempDir Path temp;
  private int files;

  private static float[][] normals(long seed, int rows, double mean, double deviation) {
    Random random = new Random(seed);
    float[][] x = new float[rows][DIM];
    for (float[] row : x) {
      for (int k = 0; k < DIM; k++) {
        row[k] = (float) (mean + deviation * random.nextGaussian());
      }
    }
    return x;
  }

  private String file(float[][] x) {
    Path file = temp.resolve(files++ + ".npy");
    float[] flat = new float[x.length * x[0].length];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, flat, i * x[0].length, x[0].length);
    }
    VectorColumn column =
        new VectorColumn(
            "data",
            DType.FLOAT32,
            x.length,
            x[0].length,
            Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, flat),
            Validity.ALL,
            Validity.ALL);
    try (Sink sink = Sinks.create(file, List.of(column.describe()), false)) {
      sink.write(new Batch(0, x.length, List.of(column), () -> {}));
      sink.commit();
    }
    return file.toString();
  }

  private Evaluation.Builder builder(Task task, List<String> real, List<String> generated) {
    String role = task.objective().equals("pairwise-distance") ? "samples" : "features";
    String other = task.objective().equals("pairwise-distance") ? "reference" : "real";
    return Evaluation.builder()
        .data("r", real.toArray(String[]::new))
        .data("g", generated.toArray(String[]::new))
        .evaluate(task.on(other, "r").on("generated", "g").column(role, "data"))
        .hashInputs(false);
  }

  private EvaluationResult run(Task task, float[][] real, float[][] generated) {
    return builder(task, List.of(file(real)), List.of(file(generated)))
        .output(temp, true)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure), measure).value();
  }

  /// A column of a row file, NaN for null.
  private double[] column(String file, String name) {
    try (DataSet data = DataSet.of(temp.resolve(file).toString());
        Cursor cursor = data.read(List.of(name), Integer.MAX_VALUE)) {
      Batch batch = Objects.requireNonNull(cursor.next());
      ScalarColumn column = (ScalarColumn) Objects.requireNonNull(batch.column(name));
      return IntStream.range(0, column.rows())
          .mapToDouble(i -> column.validity().isValid(i) ? column.getDouble(i) : Double.NaN)
          .toArray();
    }
  }

  private static double squared(float[] x, float[] y) {
    double sum = 0;
    for (int k = 0; k < x.length; k++) {
      double difference = (double) x[k] - y[k];
      sum += difference * difference;
    }
    return sum;
  }

  private static double radius(float[][] x, int i, int k) {
    return Arrays.stream(x)
        .mapToDouble(y -> squared(x[i], y))
        .sorted()
        .skip(k)
        .findFirst()
        .orElseThrow();
  }

  /// Near the origin products are rounded to float32; far from it they are not; duplicates have
  /// ties.
  @ParameterizedTest
  @CsvSource({"0, 1, 3", "5, 1, 1", "1000, 0.01, 5", "0, 1e-22, 3"})
  void ballsAreThoseOfDistancesFromDifferences(double mean, double deviation, int k) {
    float[][] real = normals(1, 1100, mean, deviation);
    float[][] generated = normals(2, 700, mean, 1.1 * deviation);
    System.arraycopy(real, 0, real, 900, 50);
    System.arraycopy(real, 100, generated, 0, 40);
    EvaluationResult result =
        run(
            Task.of("precision-recall")
                .named("p")
                .parameter("k", k + "")
                .outputs(List.of("balls", "radius", "recalled", "covered"))
                .rows("npz"),
            real,
            generated);
    double[] ofReal = IntStream.range(0, 1100).mapToDouble(i -> radius(real, i, k)).toArray();
    double[] ofGenerated =
        IntStream.range(0, 700).mapToDouble(i -> radius(generated, i, k)).toArray();
    int[] balls = new int[700];
    boolean[] recalled = new boolean[1100];
    boolean[] covered = new boolean[1100];
    for (int i = 0; i < 1100; i++) {
      for (int j = 0; j < 700; j++) {
        double d = squared(real[i], generated[j]);
        balls[j] += d <= ofReal[i] ? 1 : 0;
        covered[i] |= d <= ofReal[i];
        recalled[i] |= d <= ofGenerated[j];
      }
    }
    double[] foundBalls = column("p-generated.npz", "balls");
    double[] foundRadius = column("p-real.npz", "radius");
    double[] foundRecalled = column("p-real.npz", "recalled");
    double[] foundCovered = column("p-real.npz", "covered");
    for (int j = 0; j < 700; j++) {
      assertThat(foundBalls[j]).as("balls of row %d", j).isEqualTo(balls[j]);
    }
    for (int i = 0; i < 1100; i++) {
      double expected = Math.sqrt(ofReal[i]);
      assertThat(foundRadius[i]).isEqualTo(expected, within(1e-14 * expected));
      assertThat(foundRecalled[i]).isEqualTo(recalled[i] ? 1 : 0);
      assertThat(foundCovered[i]).isEqualTo(covered[i] ? 1 : 0);
    }
    double precision = Arrays.stream(balls).filter(b -> b > 0).count() / 700.0;
    assertThat(value(result, "precision")).isEqualTo(precision, within(1e-15));
  }

  @Test
  void nearestRowsAreTheFirstOfTheNearest() {
    float[][] real = normals(3, 1100, 0, 1);
    System.arraycopy(real, 0, real, 1000, 100);
    float[][] generated = normals(4, 600, 0, 1);
    System.arraycopy(real, 20, generated, 500, 100);
    EvaluationResult result =
        run(
            Task.of("memorization")
                .named("m")
                .outputs(List.of("nearest-row", "nearest-distance"))
                .rows("npz"),
            real,
            generated);
    double[] row = column("m-generated.npz", "nearest-row");
    double[] distance = column("m-generated.npz", "nearest-distance");
    for (int j = 0; j < 600; j++) {
      int nearest = 0;
      for (int i = 1; i < 1100; i++) {
        nearest =
            squared(real[i], generated[j]) < squared(real[nearest], generated[j]) ? i : nearest;
      }
      assertThat(row[j]).as("nearest of %d", j).isEqualTo(nearest);
      double expected = Math.sqrt(squared(real[nearest], generated[j]));
      assertThat(distance[j]).isEqualTo(expected, within(1e-14 * expected));
    }
    assertThat(value(result, "copies")).isEqualTo(100);
    assertThat(value(result, "duplicates")).isZero();
    assertThat(result.verdicts().getFirst().status().toString()).isEqualTo("fail");
  }

  @Test
  void discrepanciesAreThoseOfAllPairs() {
    float[][] real = normals(5, 1000, 0.1, 1);
    float[][] generated = normals(6, 530, 0, 1.2);
    double expected =
        mean(real, real, true)
            + mean(generated, generated, true)
            - 2 * mean(real, generated, false);
    Task task = Task.of("maximum-mean-discrepancy");
    EvaluationResult exact = run(task.parameter("products", "float64"), real, generated);
    assertThat(value(exact, "mmd-squared")).isEqualTo(expected, within(1e-13));
    // Products are wrong by 2^-24 |x| |y| or so, at random.
    double rounded = value(run(task, real, generated), "mmd-squared");
    assertThat(rounded).isEqualTo(expected, within(1e-7));
    double swapped = value(run(task, generated, real), "mmd-squared");
    assertThat(swapped).isEqualTo(rounded, within(1e-13));
  }

  private static double mean(float[][] x, float[][] y, boolean apart) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double row = 0;
      for (int j = 0; j < y.length; j++) {
        double product = 0;
        for (int k = 0; k < DIM && !(apart && i == j); k++) {
          product += (double) x[i][k] * y[j][k];
        }
        row += apart && i == j ? 0 : Math.pow(product / DIM + 1, 3);
      }
      sum += row;
    }
    return sum / (apart ? (double) x.length * (x.length - 1) : (double) x.length * y.length);
  }

  @Test
  void jackknifeAgreesWithRepetition() {
    double[] values = new double[40];
    double predicted = 0;
    for (int s = 0; s < values.length; s++) {
      EvaluationResult result =
          run(
              Task.of("maximum-mean-discrepancy").named("m" + s),
              normals(100 + s, 60, 0.4, 1),
              normals(500 + s, 70, 0, 1));
      Measure found = Objects.requireNonNull(result.measure("mmd-squared"));
      values[s] = found.value();
      predicted += found.standardError() / values.length;
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double deviation =
        Math.sqrt(
            Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
    assertThat(predicted / deviation).isBetween(0.7, 1.5);
  }

  private static final List<String> OBJECTIVES =
      List.of(
          "kernel-inception-distance",
          "maximum-mean-discrepancy",
          "precision-recall",
          "memorization",
          "pairwise-distance");

  static List<String> objectives() {
    return OBJECTIVES;
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("objectives")
  void threadsBatchesAndFilesDoNotShow(String objective) {
    float[][] real = normals(7, 1100, 0, 1);
    float[][] generated = normals(8, 900, 0, 1.1);
    String whole = file(real);
    List<String> parts =
        List.of(
            file(Arrays.copyOfRange(real, 0, 1)),
            file(Arrays.copyOfRange(real, 1, 700)),
            file(Arrays.copyOfRange(real, 700, 1100)));
    String other = file(generated);
    Task task = Task.of(objective);
    EvaluationResult plain =
        builder(task, List.of(whole), List.of(other))
            .threads(1)
            .build()
            .run()
            .evaluations()
            .getFirst();
    for (int threads : new int[] {1, 2, 5}) {
      EvaluationResult found =
          builder(task, parts, List.of(other))
              .threads(threads)
              .batchRows(threads * 37)
              .build()
              .run()
              .evaluations()
              .getFirst();
      assertThat(found.measures()).isEqualTo(plain.measures());
      assertThat(found.arrays()).isEqualTo(plain.arrays());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maximum-mean-discrepancy",
        "precision-recall",
        "memorization",
        "pairwise-distance"
      })
  void theOrderOfRowsDoesNotMatter(String objective) {
    float[][] real = normals(9, 600, 0, 1);
    float[][] generated = normals(10, 500, 0.2, 1);
    EvaluationResult before = run(Task.of(objective), real, generated);
    Collections.shuffle(Arrays.asList(real), new Random(1));
    Collections.shuffle(Arrays.asList(generated), new Random(2));
    EvaluationResult after = run(Task.of(objective), real, generated);
    for (int m = 0; m < before.measures().size(); m++) {
      double was = before.measures().get(m).value();
      assertThat(after.measures().get(m).value())
          .as(before.measures().get(m).name())
          .isEqualTo(was, within(1e-11 * Math.max(1, Math.abs(was))));
    }
  }

  @Test
  void aSetAgainstItself() {
    float[][] x = normals(11, 700, 0, 1);
    EvaluationResult strict =
        run(Task.of("precision-recall").parameter("boundary", "strict"), x, x);
    for (String name : List.of("precision", "recall", "density", "coverage")) {
      assertThat(value(strict, name)).as(name).isEqualTo(1);
    }
    EvaluationResult memorized = run(Task.of("memorization"), x, x);
    assertThat(value(memorized, "auth-pct")).isZero();
    assertThat(value(memorized, "memorization-distance")).isZero();
    assertThat(value(memorized, "copies")).isEqualTo(700);
    assertThat(value(memorized, "mifid")).isZero();
    assertThat(memorized.arrays().getFirst().values()).containsOnly(0.0);
    EvaluationResult biased =
        run(Task.of("maximum-mean-discrepancy").parameter("estimator", "biased"), x, x);
    assertThat(value(biased, "mmd-squared")).isEqualTo(0, within(1e-13));
  }

  /// More equal rows than there are candidates for.
  @Test
  void manyDuplicates() {
    float[][] x = normals(12, 600, 0, 1);
    Arrays.fill(x, 100, 500, x[0]);
    EvaluationResult result =
        run(
            Task.of("precision-recall").named("p").outputs(List.of("radius")).rows("npz"),
            x,
            normals(13, 40, 0, 1));
    double[] radius = column("p-real.npz", "radius");
    for (int i = 0; i < 600; i++) {
      double expected = Math.sqrt(radius(x, i, 3));
      assertThat(radius[i]).isEqualTo(expected, within(1e-14 * expected));
    }
    assertThat(value(result, "coverage")).isBetween(0.0, 1.0);
    EvaluationResult copies = run(Task.of("memorization"), x, x);
    assertThat(value(copies, "duplicates")).isEqualTo(400);
  }

  @Test
  void rowsLeftOutAreNullInRowFiles() {
    float[][] real = normals(14, 30, 0, 1);
    float[][] generated = normals(15, 20, 0, 1);
    generated[7][3] = Float.NaN;
    Task task = Task.of("precision-recall").named("p").outputs(List.of("realism")).rows("arrow");
    EvaluationResult result =
        builder(task, List.of(file(real)), List.of(file(generated)))
            .policy(Policy.SKIP)
            .output(temp, true)
            .build()
            .run()
            .evaluations()
            .getFirst();
    assertThat(result.rowFiles()).containsExactly("p-generated.arrow");
    double[] realism = column("p-generated.arrow", "realism");
    assertThat(realism).hasSize(20);
    for (int i = 0; i < 20; i++) {
      assertThat(Double.isNaN(realism[i])).isEqualTo(i == 7);
    }
    float[][] without = new float[19][];
    System.arraycopy(generated, 0, without, 0, 7);
    System.arraycopy(generated, 8, without, 7, 12);
    assertThat(run(task.named("q"), real, without).measures()).isEqualTo(result.measures());
  }

  @Test
  void tooFewRowsAreRefused() {
    float[][] three = normals(16, 3, 0, 1);
    float[][] many = normals(17, 30, 0, 1);
    assertThatThrownBy(() -> run(Task.of("precision-recall"), three, many))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("set 'real': found 3 rows, expected more than k = 3");
    assertThatThrownBy(() ->
            run(
                Task.of("kid").parameter("mode", "subsets").parameter("subset-size", "20"),
                many,
                three))
        .hasMessageContaining("set 'generated': found 3 rows, expected at least subset-size = 20");
    assertThatThrownBy(() -> run(Task.of("kid").parameter("block-size", "2"), three, many))
        .hasMessageContaining(
            "set 'real': found 3 rows, expected at least 2 for each of 15 blocks");
    assertThatThrownBy(() -> run(Task.of("mmd"), normals(1, 1, 0, 1), many))
        .hasMessageContaining("set 'real': found 1 rows, expected at least 2");
    assertThatThrownBy(() -> run(Task.of("memorization"), normals(1, 1, 0, 1), many))
        .hasMessageContaining("expected more than k = 1");
    assertThatThrownBy(() -> run(Task.of("pairwise-distance"), many, normals(1, 1, 0, 1)))
        .hasMessageContaining("found 1 rows, expected at least 2");
  }

  @Test
  void presetsAndOptionsThatDisagreeAreRefused() {
    float[][] x = normals(18, 5, 0, 1);
    assertThatThrownBy(
            () -> run(Task.of("mmd").parameter("preset", "cmmd").parameter("sigma", "5"), x, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("preset 'cmmd': found sigma = 5");
    float[][] zeros = new float[4][DIM];
    assertThatThrownBy(
            () -> run(Task.of("pairwise-distance").parameter("distance", "cosine"), x, zeros))
        .hasMessageContaining("found zeros");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("objectives")
  void memoryIsRefusedBeforeDataIsRead(String objective) {
    float[][] x = normals(19, 500, 0, 1);
    x[0][0] = Float.NaN; // would be an error if it were read
    String file = file(x);
    Progress read =
        (data, done, total) -> {
          throw new AssertionError("read");
        };
    assertThatThrownBy(() ->
            builder(Task.of(objective), List.of(file), List.of(file))
                .memory(1 << 20)
                .progress(read)
                .build()
                .run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memory: found a need of");
  }
}
