package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.lanewise.Evaluation;
import io.lanewise.noise.LegacyNumpy;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Features whose squares leave the range of their type. The rows are those of `huge-a.npz` and
/// `huge-b.npz`, 200 x 8 of float32 about 1e20, times a factor; values are NumPy's and SciPy's of
/// the rows over 1e20 in float64, times the factor's power.
class ExtremeRangeTest {
  private static final int ROWS = 200;

  @TempDir Path temp;

  /// Factors to 1e20, and the type of what they give.
  @ParameterizedTest
  @CsvSource({
    "1, float32", "1e17, float32", "1e-1, float32", "1e-45, float32", "1e-57, float32",
    "1e140, float64", "1e285, float64", "1e-185, float64", "1e-300, float64", "1e-20, float64"
  })
  void metricsOfAllPairsDoNotDependOnTheUnit(double factor, String type) {
    double unit = factor * 1e10 * 1e10;
    // The product with the factor is rounded to float32.
    double percent = type.equals("float32") ? 1e-4 : 1e-10;
    String[] data = {write("a", factor, type), write("b", factor, type)};

    EvaluationResult prdc = compare(Task.of("prdc"), data);
    assertThat(value(prdc, "precision")).isEqualTo(0.785);
    assertThat(value(prdc, "recall")).isEqualTo(0.86);
    close(prdc, "density", 0.945, 1e-12);
    assertThat(value(prdc, "coverage")).isEqualTo(0.875);

    EvaluationResult memory = compare(Task.of("memorization").parameter("mifid", "off"), data);
    close(memory, "auth-pct", 65.5, 1e-12);
    close(memory, "memorization-distance", 0.15323826648866284, percent);
    close(memory, "median-nearest-distance", 1.7034157041331286 * unit, percent);
    close(memory, "median-nearest-distance-real", 1.657313527706666 * unit, percent);

    EvaluationResult pairs = one(Task.of("pairwise-distance").on("generated", "a"), data);
    close(pairs, "mean-pairwise-distance", 3.855662674394187 * unit, Math.max(percent, 1e-5));
    EvaluationResult cosine =
        one(
            Task.of("pairwise-distance").on("generated", "a").parameter("distance", "cosine"),
            data);
    close(cosine, "mean-pairwise-distance", 1.0010508129722289, Math.max(percent, 1e-5));

    EvaluationResult vendi = one(Task.of("vendi").on("rows", "a"), data);
    close(vendi, "vendi-score", 7.8770504857219725, percent);
    close(vendi, "vendi-score-order-inf", 6.185297663005189, percent);

    Task rbf =
        Task.of("mmd").parameter("kernel", "rbf").parameter("sigma", Double.toString(2 * unit));
    close(compare(rbf, data), "mmd-squared", 0.00141649547328776, Math.max(percent, 1e-3));

    EvaluationResult sliced = compare(Task.of("swd").parameter("projections", "100"), data);
    String[] plain = {write("pa", 1e-20, "float64"), write("pb", 1e-20, "float64")};
    double expected =
        value(compare(Task.of("swd").parameter("projections", "100"), plain), "sliced-wasserstein");
    close(sliced, "sliced-wasserstein", expected * unit, percent);
  }

  /// The squared distance is in range where the unit is between 1e-150 and 1e150.
  @ParameterizedTest
  @CsvSource({
    "1, float32, double",
    "1e10, float32, single",
    "1e-45, float32, single",
    "1e120, float64, double",
    "1e-140, float64, double"
  })
  void frechetDistanceToo(double factor, String type, String precision) {
    double unit = factor * 1e10 * 1e10;
    String[] data = {write("a", factor, type), write("b", factor, type)};
    Task task = Task.of("fid").on("real", "a").on("generated", "b").column("features", "f");
    EvaluationResult result =
        Evaluation.builder()
            .data("a", data[0])
            .data("b", data[1])
            .evaluate(task)
            .precision(
                precision.equals("single")
                    ? io.lanewise.kernel.Precision.SINGLE
                    : io.lanewise.kernel.Precision.DOUBLE)
            .hashInputs(false)
            .build()
            .run()
            .evaluations()
            .getFirst();
    close(
        result,
        "frechet-distance",
        0.4057971444127354 * unit * unit,
        precision.equals("single") ? 1e-3 : 1e-9);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e140, 1e-185})
  void whatCannotBeSaidIsAnError(double factor) {
    String[] data = {write("a", factor, "float64"), write("b", factor, "float64")};
    for (Task task :
        new Task[] {
          Task.of("fid").on("real", "a").on("generated", "b"),
          Task.of("kid").on("real", "a").on("generated", "b"),
          Task.of("diversity").on("generated", "a"),
          Task.of("pairwise-distance").on("generated", "a").parameter("distance", "squared")
        }) {
      assertThatThrownBy(() -> one(task, data))
          .hasMessageContaining("found")
          .hasMessageContaining("expected");
    }
  }

  /// NumPy, float64.
  @Test
  void aCubicKernelOfFloat32IsInRangeOfFloat64() {
    String[] data = {write("a", 1, "float32"), write("b", 1, "float32")};
    close(compare(Task.of("mmd"), data), "mmd-squared", 1.210336894408493e118, 1e-9);
  }

  /// `sum p^q` of the eigenvalues underflows; NumPy, by their ratios to the largest.
  @Test
  void vendiOfAHighOrderIsFinite() {
    String[] data = {write("a", 1e-20, "float64"), write("b", 1, "float64")};
    EvaluationResult vendi = one(Task.of("vendi").on("rows", "a").parameter("order", "1000"), data);
    close(vendi, "vendi-score", 6.196589935981149, 1e-9);
  }

  /// 400 rows of 64 normals of NumPy's seed 1 about a mean, in float32, the second set moved by
  /// `delta` times the signs of further normals; expected: NumPy, longdouble.
  @ParameterizedTest
  @CsvSource({
    "0, 0.1, 0.02557077655683821, 1e-5",
    "5, 0.05, 2.698479868417678, 1e-7",
    "10, 0.1, 273.06016695820847, 1e-7",
    "100, 0.1, 2684293.827480912, 1e-6",
    "10000, 1, 3.1289876905984e16, 1e-4"
  })
  void polynomialKernelsKeepTheirDigitsFarFromTheOrigin(
      double mean, double delta, double expected, double percent) {
    LegacyNumpy random = new LegacyNumpy(1);
    double[] first = normals(random, 400 * 64);
    double[] second = normals(random, 400 * 64);
    double[] signs = normals(random, 64);
    float[] x = new float[first.length];
    float[] y = new float[first.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (first[i] + mean);
      y[i] = (float) (second[i] + mean + delta * Math.signum(signs[i % 64]));
    }
    String[] data = {
      RowFile.write(temp.resolve("x.arrow"), 400, "f", x),
      RowFile.write(temp.resolve("y.arrow"), 400, "f", y)
    };
    close(compare(Task.of("mmd"), data), "mmd-squared", expected, percent);
  }

  private static double[] normals(LegacyNumpy random, int count) {
    return IntStream.range(0, count).mapToDouble(i -> random.randn()).toArray();
  }

  private static void close(EvaluationResult found, String measure, double value, double percent) {
    assertThat(value(found, measure)).isCloseTo(value, withinPercentage(percent));
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure), measure).value();
  }

  private static EvaluationResult compare(Task task, String[] data) {
    return one(task.on("real", "a").on("generated", "b"), data);
  }

  private static EvaluationResult one(Task task, String[] data) {
    return Evaluation.builder()
        .data("a", data[0])
        .data("b", data[1])
        .evaluate(task.column(role(task), "f"))
        .hashInputs(false)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  private static String role(Task task) {
    return task.objective().equals("pairwise-distance") || task.objective().equals("diversity")
        ? "samples"
        : "features";
  }

  /// A file of the rows times a factor.
  private String write(String name, double factor, String type) {
    double[] rows = rows(name.endsWith("a") ? "huge-a.npz" : "huge-b.npz");
    Path file = temp.resolve(name + factor + type + ".arrow");
    double[] scaled = Arrays.stream(rows).map(v -> v * factor).toArray();
    if (type.equals("float64")) {
      return RowFile.write(file, ROWS, Map.of("f", scaled));
    }
    float[] narrow = new float[scaled.length];
    IntStream.range(0, scaled.length).forEach(i -> narrow[i] = (float) scaled[i]);
    return RowFile.write(file, ROWS, "f", narrow);
  }

  private static double[] rows(String name) {
    return RowFile.readWidened(Path.of("src/test/resources/faults", name), "f");
  }
}
