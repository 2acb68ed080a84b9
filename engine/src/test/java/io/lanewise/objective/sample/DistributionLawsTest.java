package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.noise.LegacyNumpy;
import io.lanewise.objective.Table;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.source.DataException;
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

/// Laws of metrics of whole sets, on seeded random rows, and the published cases that need many.
class DistributionLawsTest {
  @TempDir Path temp;
  private int files;

  private static double[][] normals(int seed, int rows, int dim, double mean, double scale) {
    Random random = new Random(seed);
    return IntStream.range(0, rows)
        .mapToObj(i ->
            IntStream.range(0, dim)
                .mapToDouble(j -> mean + scale * random.nextGaussian())
                .toArray())
        .toArray(double[][]::new);
  }

  private String[] write(String column, double[][] rows, int split) {
    String[] names = new String[split];
    for (int f = 0; f < split; f++) {
      Path file = temp.resolve(files++ + ".arrow");
      new Table()
          .vectors(column, rows)
          .write(file, rows.length * f / split, rows.length * (f + 1) / split);
      names[f] = file.toString();
    }
    return names;
  }

  private EvaluationResult compare(Task task, double[][] real, double[][] generated) {
    return compare(task, real, generated, 1, 1, 0);
  }

  private EvaluationResult compare(
      Task task, double[][] real, double[][] generated, int split, int threads, int batchRows) {
    return Evaluation.builder()
        .data("r", write("features", real, split))
        .data("g", write("features", generated, split))
        .evaluate(task.on("real", "r").on("generated", "g"))
        .threads(threads)
        .batchRows(batchRows)
        .hashInputs(false)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure), measure).value();
  }

  private double frechet(double[][] real, double[][] generated) {
    return value(compare(Task.of("fid"), real, generated), "frechet-distance");
  }

  /// Householder's reflection of every row, which is a rotation but for one sign.
  private static double[][] reflected(double[][] rows) {
    double[] v = normals(99, 1, rows[0].length, 0, 1)[0];
    double norm = Arrays.stream(v).map(a -> a * a).sum();
    return Arrays.stream(rows)
        .map(row -> {
          double dot = 0;
          for (int j = 0; j < v.length; j++) {
            dot += row[j] * v[j];
          }
          double scale = 2 * dot / norm;
          return IntStream.range(0, v.length).mapToDouble(j -> row[j] - scale * v[j]).toArray();
        })
        .toArray(double[][]::new);
  }

  private static double[][] shuffled(double[][] rows) {
    List<double[]> list = Arrays.asList(rows.clone());
    Collections.shuffle(list, new Random(4));
    return list.toArray(double[][]::new);
  }

  /// Rows and dimension: more rows than features, fewer, two.
  @ParameterizedTest
  @CsvSource({"60,7", "5,20", "2,3", "300,12"})
  void frechetIsZeroOfEqualSetsAndSymmetricAndKeepsUnderRotation(int rows, int dim) {
    double[][] a = normals(1, rows, dim, 0, 1);
    double[][] b = normals(2, rows + 3, dim, 0.5, 2);
    assertThat(frechet(a, a)).isCloseTo(0, within(1e-12 * dim));
    double distance = frechet(a, b);
    assertThat(distance).isPositive();
    assertThat(frechet(b, a)).isCloseTo(distance, within(1e-11 * distance));
    assertThat(frechet(reflected(a), reflected(b))).isCloseTo(distance, within(1e-11 * distance));
    assertThat(frechet(shuffled(a), b)).isCloseTo(distance, within(1e-11 * distance));
  }

  /// TF-GAN's `test_frechet`: NumPy's seed 0, float32 rows; the value is of two other routes.
  @Test
  void frechetAgreesWithTfGan() {
    LegacyNumpy random = new LegacyNumpy(0);
    double[][] a = float32(random, 512, 256);
    double[][] b = float32(random, 512, 256);
    assertThat(frechet(a, b)).isCloseTo(65.7427236504350, within(1e-9));
  }

  private static double[][] float32(LegacyNumpy random, int rows, int dim) {
    return IntStream.range(0, rows)
        .mapToObj(i -> IntStream.range(0, dim).mapToDouble(j -> (float) random.randn()).toArray())
        .toArray(double[][]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"frechet-distance", "sliced-wasserstein"})
  void nothingDependsOnThreadsBatchesOrFiles(String id) {
    Task task =
        id.startsWith("frechet")
            ? Task.of(id).parameter("jackknife-blocks", "5").parameter("infinity-sizes", "4")
            : Task.of(id).parameter("projections", "33");
    double[][] a = normals(1, 700, 130, 0, 1);
    double[][] b = normals(2, 411, 130, 0.5, 2);
    EvaluationResult expected = compare(task, a, b);
    for (int threads : new int[] {1, 3}) {
      for (int batch : new int[] {1, 50, 1000}) {
        assertThat(compare(task, a, b, threads, threads, batch).measures())
            .isEqualTo(expected.measures());
      }
    }
  }

  @Test
  void oneSidedBiasIsWarnedOf() {
    Verdict few =
        compare(Task.of("fid"), normals(1, 5, 8, 0, 1), normals(2, 5, 8, 0, 1))
            .verdicts()
            .getFirst();
    assertThat(few.status()).isEqualTo(Verdict.Status.WARN);
    assertThat(few.evidence())
        .isEqualTo(
            "5 real rows and 5 generated rows in 8 dimensions: so few that the distance comes out too large");
    assertThat(
            compare(Task.of("fid"), normals(1, 50, 8, 0, 1), normals(2, 60, 8, 0, 1))
                .verdicts()
                .getFirst()
                .status())
        .isEqualTo(Verdict.Status.WARN);
    assertThat(
            compare(Task.of("fid"), normals(1, 50, 8, 0, 1), normals(2, 50, 8, 0, 1))
                .verdicts()
                .getFirst()
                .status())
        .isEqualTo(Verdict.Status.PASS);
  }

  /// Extrapolation takes most of the bias of few rows away: equal distributions, 20 features.
  @Test
  void infinityIsNearerToTheTruthThanAnySampleIs() {
    double[][] a = normals(1, 4000, 20, 0, 1);
    double[][] b = normals(2, 400, 20, 0, 1);
    EvaluationResult result = compare(Task.of("fid").parameter("infinity-sizes", "15"), a, b);
    assertThat(Math.abs(value(result, "frechet-distance-infinity")))
        .isLessThan(value(result, "frechet-distance") / 3);
  }

  @Test
  void anIndefiniteMatrixIsRefused() {
    Path file = temp.resolve("indefinite.arrow");
    new Table()
        .with("mu", 0, 0)
        .vectors("sigma", new double[] {-1, 1}, new double[] {1, 1})
        .write(file, 0, 2);
    assertThatThrownBy(() ->
            Evaluation.builder()
                .data("s", file.toString())
                .evaluate(Task.of("fid").on("real", "s").on("generated", "s"))
                .build()
                .run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected none below 0 (positive semidefinite)");
  }

  @ParameterizedTest
  @CsvSource({
    "jackknife-blocks,1,expected 0 or at least 2",
    "infinity-sizes,2,expected 0 or at least 3"
  })
  void parametersThatMakeNoSenseAreRefused(String name, String value, String message) {
    double[][] a = normals(1, 9, 2, 0, 1);
    assertThatThrownBy(() -> compare(Task.of("fid").parameter(name, value), a, a))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /// A set moved by m is at distance |m u| along direction u, and at most |m| over all.
  @Test
  void slicedWassersteinOfAMovedSetIsTheMove() {
    double[][] a = normals(1, 200, 3, 0, 1);
    double[][] moved =
        Arrays.stream(a).map(r -> new double[] {r[0] + 3, r[1], r[2] + 4}).toArray(double[][]::new);
    Task task = Task.of("swd").parameter("projections", "4000");
    EvaluationResult result = compare(task, a, moved);
    // mean (m u)^2 over the sphere is |m|^2 / d
    double error = Objects.requireNonNull(result.measure("sliced-wasserstein")).standardError();
    assertThat(value(result, "sliced-wasserstein")).isCloseTo(5 / Math.sqrt(3), within(4 * error));
    assertThat(value(compare(task, a, shuffled(a)), "sliced-wasserstein")).isEqualTo(0);
    assertThat(value(compare(task, moved, a), "sliced-wasserstein"))
        .isCloseTo(value(result, "sliced-wasserstein"), within(1e-12));
    double[][] twice = new double[400][];
    Arrays.setAll(twice, i -> a[i / 2]);
    assertThat(value(compare(task, a, twice), "sliced-wasserstein")).isEqualTo(0);
  }

  /// torch-fidelity draws for numbers of rows that it knows; a group's are not known before.
  @Test
  void torchFidelitysRowsAreDrawnOnlyForNumbersThatAreKnown() {
    double[][] a = normals(1, 8, 3, 0, 1);
    double[][] holes = normals(2, 7, 3, 0, 1);
    holes[3][1] = Double.NaN;
    Task task = Task.of("swd").parameter("form", "torch-fidelity").parameter("projections", "20");
    assertThat(value(compare(task, a, shuffled(a)), "sliced-wasserstein")).isZero();
    assertThatThrownBy(() ->
            Evaluation.builder()
                .data("r", write("features", a, 1))
                .data("g", write("features", holes, 1))
                .evaluate(task.on("real", "r").on("generated", "g"))
                .policy(Policy.SKIP)
                .build()
                .run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found 8 real and 6 generated rows, expected equal numbers");
    assertThatThrownBy(() -> compare(task.parameter("p", "1"), a, a))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 1.0 with form=torch-fidelity, expected 2");
  }

  @Test
  void aStandardErrorThatIsMissingSaysWhy() {
    double[][] a = normals(1, 9, 3, 0, 1);
    double[][] two = normals(2, 2, 3, 0, 1);
    assertThat(compare(Task.of("kid"), a, two).measure("kid"))
        .satisfies(why("one block remains, expected 2 or more (a smaller 'block-size')"));
    assertThat(
            compare(
                    Task.of("kid")
                        .parameter("mode", "subsets")
                        .parameter("subset-size", "2")
                        .parameter("subsets", "3"),
                    a,
                    a)
                .measure("kid"))
        .satisfies(why("subsets share rows"));
    assertThat(compare(Task.of("mmd"), a, two).measure("mmd-squared"))
        .satisfies(why("without one of the blocks of rows too few would remain"));
    assertThat(
            new Table()
                .vectors("logits", a)
                .evaluate(Task.of("inception-score").parameter("splits", "1"))
                .measure("inception-score"))
        .satisfies(why("one part remains, expected 2 or more ('splits', 'split-rows')"));
    assertThat(
            new Table()
                .vectors("samples", two)
                .evaluate(Task.of("pairwise-distance"))
                .measures()
                .getFirst())
        .satisfies(why("without one of the blocks of rows too few would remain"));
    assertThat(compare(Task.of("fid"), a, a).measure("frechet-distance"))
        .satisfies(why("'jackknife-blocks' is 0"));
  }

  private static java.util.function.Consumer<Measure> why(String reason) {
    return measure -> {
      assertThat(measure.standardError()).isNaN();
      assertThat(measure.errorMethod()).isEqualTo("none");
      assertThat(measure.definition()).endsWith("; no standard error: " + reason);
    };
  }

  private static EvaluationResult rows(String id, String role, double[][] rows) {
    return new Table().vectors(role, rows).evaluate(Task.of(id));
  }

  @Test
  void vendiCountsDirectionsAndFallsWithTheOrder() {
    double[][] a = normals(3, 90, 11, 0.2, 1);
    EvaluationResult result = rows("vendi-score", "features", a);
    double half = value(result, "vendi-score-order-0.5");
    double one = value(result, "vendi-score-order-1");
    double two = value(result, "vendi-score-order-2");
    double infinite = value(result, "vendi-score-order-inf");
    assertThat(List.of(infinite, two, one, half, 11.0)).isSorted();
    assertThat(value(rows("vendi-score", "features", reflected(shuffled(a))), "vendi-score"))
        .isCloseTo(one, within(1e-11));
    assertThatThrownBy(() -> rows("vendi-score", "features", new double[][] {{1, 0}, {0, 0}}))
        .hasMessageContaining("row 1 of those used: found all features 0");
  }

  @Test
  void probabilitiesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> rows("inception-score", "probabilities", normals(1, 20, 3, 0, 1)))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> rows("inception-score", "logits", normals(1, 9, 3, 0, 1)))
        .hasMessageContaining("found 9 rows, expected at least 10, one for each part");
  }

  @Test
  void modeCollapseIsJudgedByTheRule() {
    Table real = new Table().with("label", 0L, 1L, 2L, 3L);
    assertThat(collapse(real, new Table().with("label", 0L, 0L, 0L, 0L)))
        .isEqualTo(Verdict.Status.FAIL);
    assertThat(collapse(real, new Table().with("label", 0L, 1L, 2L, 2L)))
        .isEqualTo(Verdict.Status.WARN);
    assertThat(collapse(real, new Table().with("label", 3L, 1L, 2L, 0L)))
        .isEqualTo(Verdict.Status.PASS);
  }

  private Verdict.Status collapse(Table real, Table generated) {
    return Evaluation.builder()
        .data("r", real.write(temp.resolve("r.arrow"), 0, 4).toString())
        .data("g", generated.write(temp.resolve("g.arrow"), 0, 4).toString())
        .evaluate(Task.of("mode-coverage").on("reference", "r").on("generated", "g"))
        .build()
        .run()
        .evaluations()
        .getFirst()
        .verdicts()
        .getFirst()
        .status();
  }

  /// Both ways of a factor: rows that are kept, and products that they became.
  @Test
  void mergedPartsGiveWhatOnePassGives() {
    for (int rows : new int[] {6, 40}) {
      double[][] all = normals(5, rows, 10, 3, 1);
      Gaussian whole = gaussian(all, 0, rows);
      Gaussian first = gaussian(all, 0, rows / 2);
      first.merge(gaussian(all, rows / 2, rows));
      assertThat(first.keepsRows()).isEqualTo(rows <= 10);
      assertThat(first.covariance()).containsExactly(whole.covariance(), within(1e-14));
    }
  }

  /// The eigenvalues from rows that are kept are those of the covariance, zeros included.
  @ParameterizedTest
  @ValueSource(ints = {2, 6, 10})
  void eigenvaluesOfFewRowsAreThoseOfTheirCovariance(int rows) {
    Gaussian few = gaussian(normals(6, rows, 10, 3, 1), 0, rows);
    double[] direct = io.lanewise.linalg.Spectrum.of(few.covariance(), 10, 0).values();
    assertThat(few.eigenvalues()).containsExactly(direct, within(1e-13));
    assertThat(FittedGaussian.of(few, true).definiteness().rank()).isEqualTo(rows - 1);
  }

  private static Gaussian gaussian(double[][] rows, int from, int to) {
    Gaussian gaussian =
        new Gaussian(
            io.lanewise.kernel.Kernels.active(), io.lanewise.objective.Workers.CALLER, 10, true);
    for (int i = from; i < to; i++) {
      gaussian.update(
          io.lanewise.batch.DType.FLOAT64, java.lang.foreign.MemorySegment.ofArray(rows[i]), 0, 1);
    }
    return gaussian;
  }

  /// torch-fidelity's `mind_features_to_metric` in float64 with directions of torch 1.13: 9 and 12
  /// normals, fewer than PyTorch draws in blocks.
  @ParameterizedTest
  @CsvSource({"3, 2020, 5.706851472110837", "4, 7, 4.515586934151264"})
  void torchFidelityWithFewDirections(String projections, String seed, double expected) {
    double[][] real = {{0, 1, 2}, {1, 0, 1}, {2, 2, 0}, {0.5, 1, -1}};
    double[][] generated = {{1, 1, 2}, {1, -1, 1}, {0, 2, 0}, {0.5, 3, -1}};
    Task task =
        Task.of("swd")
            .parameter("form", "torch-fidelity")
            .parameter("projections", projections)
            .parameter("seed", seed);
    // Its directions are normalised in float32.
    assertThat(value(compare(task, real, generated), "sliced-wasserstein"))
        .isCloseTo(expected, within(1e-6));
  }

  /// NumPy and SciPy's softmax.
  @Test
  void aLogitOfMinusInfinityIsAProbabilityOfZero() {
    double none = Double.NEGATIVE_INFINITY;
    Table rows =
        new Table()
            .vectors(
                "logits",
                new double[] {0, 1, none},
                new double[] {2, none, 0.5},
                new double[] {none, 0, 0},
                new double[] {1, 2, 3});
    Task task = Task.of("inception-score").parameter("splits", "2").parameter("shuffle", "none");
    EvaluationResult result = rows.evaluate(task);
    assertThat(value(result, "inception-score-whole")).isCloseTo(1.5662042105085994, within(1e-14));
    assertThat(value(result, "inception-score")).isCloseTo(1.268457504448115, within(1e-14));
    assertThatThrownBy(() ->
            new Table()
                .vectors("logits", new double[] {none, none})
                .evaluate(task.parameter("splits", "1")))
        .hasMessageContaining("row 0 of those used: found logit -infinity for every class");
    assertThatThrownBy(() -> new Table().vectors("logits", new double[] {0, -none}).evaluate(task))
        .hasMessageContaining("found Infinity");
  }
}
