package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Verdict.Status;
import io.lanewise.source.DataException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Matrices that come as input: what rounding may leave of them, and what is refused.
class GivenStatisticsTest {
  /// `numpy.cov` of `RandomState(0).randn(3, 5)`, stored as float32: rank 2, smallest eigenvalue
  /// -3.9e-8.
  private static final double[] OF_FLOAT32 = {
    1.899446964263916, -0.4416445195674896, 0.745621383190155, 1.6852192878723145,
    1.0562843084335327, -0.4416445195674896, 0.27796468138694763, -0.06515668332576752,
    -0.5682691335678101, -0.3808659613132477, 0.745621383190155, -0.06515668332576752,
    0.35949552059173584, 0.5526027083396912, 0.33113202452659607, 1.6852192878723145,
    -0.5682691335678101, 0.5526027083396912, 1.6727540493011475, 1.0733128786087036,
    1.0562843084335327, -0.3808659613132477, 0.33113202452659607, 1.0733128786087036,
    0.6917906999588013
  };

  private static final double[] MEAN_OF_FLOAT32 = {
    0.3102726936340332,
    0.9348397254943848,
    0.529472827911377,
    0.7531164288520813,
    0.9073399305343628
  };

  /// `(sum x x' - n mu mu') / (n - 1)` of the same rows about 50, in float64, as torchmetrics
  /// accumulates: smallest eigenvalue -9.7e-13 beside 4.5.
  private static final double[] STREAMED = {
    1.8994469390213453, -0.4416445238525739, 0.745621408248553, 1.685219264763873,
    1.056284256453182, -0.4416445238525739, 0.27796468502992866, -0.06515668094698412,
    -0.5682691110318956, -0.38086595996264805, 0.745621408248553, -0.06515668094698412,
    0.35949551020257786, 0.5526026887387161, 0.3311320337274992, 1.685219264763873,
    -0.5682691110318956, 0.5526026887387161, 1.672754044254816, 1.0733128574388502,
    1.056284256453182, -0.38086595996264805, 0.3311320337274992, 1.0733128574388502,
    0.6917907091437883
  };

  private static final double[] MEAN_OF_STREAMED = {
    50.31027267908405, 50.934839710951934, 50.52947283365168, 50.753116454633584, 50.907339907278926
  };

  @TempDir Path temp;

  private EvaluationResult distance(Task task, double[] mean, double[] sigma) {
    int dim = mean.length;
    double[] identity = new double[dim * dim];
    for (int i = 0; i < dim; i++) {
      identity[i * (dim + 1)] = 1;
    }
    return Evaluation.builder()
        .data("r", write("r", mean, sigma))
        .data("g", write("g", new double[dim], identity))
        .evaluate(task.on("real", "r").on("generated", "g"))
        .hashInputs(false)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  private String write(String name, double[] mean, double[] sigma) {
    return RowFile.write(
        temp.resolve(name + ".arrow"), mean.length, Map.of("mu", mean, "sigma", sigma));
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure)).value();
  }

  /// mpmath with 50 digits, of the nearest positive semidefinite matrix; SciPy's `sqrtm`, and the
  /// eigenvalues of the product as in torch-fidelity and torchmetrics, say 7.05568341.
  @Test
  void float32StatisticsOfFewRowsAreThoseOfTheNearestCovariance() {
    EvaluationResult result = distance(Task.of("fid"), MEAN_OF_FLOAT32, OF_FLOAT32);
    assertThat(value(result, "frechet-distance")).isCloseTo(7.0556834816669775, within(1e-10));
    assertThat(value(result, "frechet-distance")).isCloseTo(7.055683410605408, within(1e-6));
    assertThat(value(result, "smallest-eigenvalue-real"))
        .isCloseTo(-3.8611319381406285e-8, within(1e-14));
    assertThat(value(result, "rank-real")).isEqualTo(2);
    assertThat(result.verdicts())
        .anySatisfy(verdict -> {
          assertThat(verdict.name()).isEqualTo("projection-real");
          assertThat(verdict.status()).isEqualTo(Status.WARN);
          assertThat(verdict.evidence()).contains("-3.861132E-8");
        });
  }

  /// mpmath with 50 digits; SciPy says 12850.560284578021. An eigenvalue of 1e-14 counts or not by
  /// rounding, and its root is 1e-7.
  @Test
  void streamedStatisticsFarFromTheOriginToo() {
    EvaluationResult result = distance(Task.of("fid"), MEAN_OF_STREAMED, STREAMED);
    assertThat(value(result, "frechet-distance")).isCloseTo(12850.560284577821, within(1e-6));
    assertThat(result.verdicts())
        .anySatisfy(verdict -> assertThat(verdict.name()).isEqualTo("projection-real"));
  }

  /// A column of constants whose variance is -4e-13 by rounding.
  @ParameterizedTest
  @ValueSource(strings = {"full", "diagonal"})
  void aVarianceBelowZeroByRoundingCountsAsZero(String covariance) {
    EvaluationResult result =
        distance(
            Task.of("fid").parameter("covariance", covariance),
            new double[] {50, 50},
            new double[] {4, 0, 0, -4e-13});
    assertThat(value(result, "frechet-distance")).isCloseTo(5002, within(1e-9));
    assertThat(result.verdicts())
        .anySatisfy(verdict -> assertThat(verdict.name()).isEqualTo("projection-real"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-3, -1e-6, -1e-10})
  void whatIsIndefiniteByMoreIsRefused(double eigenvalue) {
    for (String covariance : new String[] {"full", "diagonal"}) {
      Task task = Task.of("fid").parameter("covariance", covariance);
      double[] sigma = {0.3, 0, 0, eigenvalue};
      assertThatThrownBy(() -> distance(task, new double[2], sigma))
          .hasMessageContaining("found")
          .hasMessageContaining("expected");
    }
  }

  @Test
  void whatIsNotSymmetricIsRefused() {
    for (double above : new double[] {0.5, 0.1 + 1e-9}) {
      double[] sigma = {1, above, 0.1, 1};
      assertThatThrownBy(() -> distance(Task.of("fid"), new double[2], sigma))
          .hasMessageContaining(
              "set 'real': found 'sigma' with %s in row 0, column 1 and 0.1 in row 1, column 0, expected a symmetric matrix"
                  .formatted(above));
    }
    // A rounding apart, as sums in another order are.
    double[] rounded = {1, 0.1, Math.nextUp(0.1), 1};
    assertThat(value(distance(Task.of("fid"), new double[2], rounded), "rank-real")).isEqualTo(2);
  }

  @Test
  void meansAloneNeedNoTwoRows() {
    String one = RowFile.write(temp.resolve("1.arrow"), 1, Map.of("features", new double[] {1, 2}));
    String two = RowFile.write(temp.resolve("2.arrow"), 1, Map.of("features", new double[] {4, 6}));
    EvaluationResult result =
        Evaluation.builder()
            .data("r", one)
            .data("g", two)
            .evaluate(
                Task.of("fid").parameter("covariance", "none").on("real", "r").on("generated", "g"))
            .hashInputs(false)
            .build()
            .run()
            .evaluations()
            .getFirst();
    assertThat(value(result, "frechet-distance")).isEqualTo(25);
  }

  @Test
  void covariancesOfRowsAreSymmetricAndFactorsTriangular() {
    Table rows =
        new Table()
            .vectors("x", new double[] {1, 2}, new double[] {1, 2})
            .vectors("mu", new double[2], new double[2]);
    rows.vectors("sigma", new double[] {2, 0.5, 0.5, 1}, new double[] {2, 0, 0.5, 1})
        .vectors("l", new double[] {2, 0, 0.5, 1}, new double[] {2, 0.25, 0.5, 1});
    assertThatThrownBy(() -> rows.evaluate(normal("sigma")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "role 'sigma' row 1: found 0.0 in row 0, column 1 and 0.5 in row 1, column 0, expected a symmetric matrix");
    assertThatThrownBy(() -> rows.evaluate(normal("l")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "role 'l' row 1: found 0.25 in row 0, column 1, expected a lower-triangular matrix");
  }

  private static Task normal(String role) {
    return Task.of("mvn").column("x", "x").column("mu", "mu").column(role, role);
  }
}
