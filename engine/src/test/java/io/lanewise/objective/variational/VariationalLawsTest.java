package io.lanewise.objective.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict.Status;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds of every input, on generated ones.
class VariationalLawsTest {
  private static final int ROWS = 97;
  private final Random random = new Random(8);

  private double[][] normals(int width, double scale) {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> random.doubles(width).map(d -> scale * random.nextGaussian()).toArray())
        .toArray(double[][]::new);
  }

  private double[][] weights(int width) {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> random.doubles(width, 0.01, 1).toArray())
        .toArray(double[][]::new);
  }

  private static double[][] near(double[][] values) {
    return Arrays.stream(values)
        .map(row -> Arrays.stream(row).map(x -> x * (1 + 1e-9)).toArray())
        .toArray(double[][]::new);
  }

  /// Random positive definite matrices: A A' + I/100.
  private double[][] covariances(int d) {
    return Arrays.stream(normals(d * d, 1))
        .map(a -> {
          double[] s = new double[d * d];
          for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++) {
              s[i * d + j] = i == j ? 0.01 : 0;
              for (int k = 0; k < d; k++) {
                s[i * d + j] += a[i * d + k] * a[j * d + k];
              }
            }
          }
          return s;
        })
        .toArray(double[][]::new);
  }

  @Test
  void divergencesAreNotNegative() {
    double[][] mu = normals(7, 1);
    double[][] logvar = normals(7, 3);
    double[][] p = weights(6);
    Table diagonal =
        new Table()
            .vectors("mu", normals(7, 1e-9))
            .vectors("logvar", normals(7, 1e-9))
            .vectors("mu1", mu)
            .vectors("logvar1", logvar)
            .vectors("mu2", near(mu))
            .vectors("logvar2", near(logvar));
    Table matrices =
        new Table()
            .vectors("mu1", normals(4, 1))
            .vectors("sigma1", covariances(4))
            .vectors("mu2", normals(4, 1))
            .vectors("sigma2", covariances(4));
    Table discrete = new Table().vectors("p", p).vectors("q", weights(6));
    assertThat(Arrays.stream(diagonal.output(Task.of("gaussian-kl"), "kl")))
        .allMatch(kl -> kl >= 0);
    assertThat(Arrays.stream(diagonal.output(Task.of("diagonal-kl"), "kl")))
        .allMatch(kl -> kl >= 0);
    assertThat(Arrays.stream(matrices.output(Task.of("multivariate-normal-kl"), "kl")))
        .allMatch(kl -> kl >= 0);
    assertThat(Arrays.stream(discrete.output(Task.of("discrete-kl"), "kl")))
        .allMatch(kl -> kl >= 0);
    assertThat(Arrays.stream(discrete.output(Task.of("jensen-shannon"), "jensen-shannon")))
        .allMatch(js -> js >= 0 && js <= Math.log(2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 64})
  void elboIsBelowIwae(int samples) {
    Table table = new Table().vectors("log-weights", normals(samples, 12));
    Task task = Task.of("importance-weighted").parameter("alpha", "0.5");
    double[] elbo = table.output(task, "elbo");
    double[] renyi = table.output(task, "renyi");
    double[] iwae = table.output(task, "iwae");
    double[] ess = table.output(task, "ess");
    for (int i = 0; i < ROWS; i++) {
      assertThat(elbo[i]).isLessThanOrEqualTo(renyi[i] + 1e-12);
      assertThat(renyi[i]).isLessThanOrEqualTo(iwae[i] + 1e-12);
      assertThat(ess[i]).isBetween(1 - 1e-12, samples + 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gaussian-kl, free-bits, 0.1",
    "posterior-collapse, free-bits, 0.1",
    "diagonal-kl, ,",
    "multivariate-normal, ,",
    "importance-weighted, alpha, 2",
    "elbo, likelihood, gaussian",
  })
  void orderAndSplitDoNotShow(String objective, String parameter, String value) {
    double[][] mu = normals(5, 1);
    double[][] logvar = normals(5, 1);
    Table table =
        new Table()
            .vectors("mu", mu)
            .vectors("logvar", logvar)
            .vectors("mu1", mu)
            .vectors("logvar1", logvar)
            .vectors("mu2", normals(5, 1))
            .vectors("logvar2", normals(5, 1))
            .vectors("x", normals(5, 1))
            .vectors("reconstruction", normals(5, 1))
            .vectors("log-weights", normals(9, 4));
    Task task = Task.of(objective);
    if (parameter != null) {
      task = task.parameter(parameter, value);
    }
    EvaluationResult expected = table.evaluate(task);
    int[] reversed = IntStream.range(0, ROWS).map(i -> ROWS - 1 - i).toArray();
    EvaluationResult split = table.evaluate(task, 3, 4, 7);
    EvaluationResult other = table.inOrder(reversed).evaluate(task);
    assertThat(split.measures()).isEqualTo(expected.measures());
    assertThat(split.arrays()).isEqualTo(expected.arrays());
    assertThat(other.measures()).isEqualTo(expected.measures());
    assertThat(other.arrays()).isEqualTo(expected.arrays());
  }

  /// The chain of bounds where ln p(x) is known: p(z) = N(0, 1), p(x|z) = N(z, 1), so p(x) = N(0,
  /// 2), and a q that is not the posterior. Bounds hold in expectation: of 4000 rows, within 4
  /// standard errors.
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 30})
  void elboIsBelowIwaeIsBelowTheEvidence(int samples) {
    int rows = 4000;
    double[][] weights = new double[rows][samples];
    double evidence = 0;
    for (int i = 0; i < rows; i++) {
      double x = Math.sqrt(2) * random.nextGaussian();
      evidence += (-x * x / 4 - 0.5 * Math.log(4 * Math.PI)) / rows;
      for (int k = 0; k < samples; k++) {
        double eps = random.nextGaussian();
        double z = 0.3 * x + 0.9 * eps;
        weights[i][k] =
            -0.5 * (z * z + (x - z) * (x - z) - eps * eps)
                - 0.5 * Math.log(2 * Math.PI)
                + Math.log(0.9);
      }
    }
    EvaluationResult result =
        new Table().vectors("log-weights", weights).evaluate(Task.of("importance-weighted"));
    Measure elbo = Objects.requireNonNull(result.measure("elbo"));
    Measure iwae = Objects.requireNonNull(result.measure("iwae"));
    assertThat(elbo.value()).isLessThanOrEqualTo(iwae.value() + 1e-12);
    assertThat(iwae.value()).isLessThanOrEqualTo(evidence + 4 * iwae.standardError());
    assertThat(elbo.value()).isLessThan(evidence - 0.05);
    if (samples == 30) {
      assertThat(iwae.value()).isGreaterThan(evidence - 0.05);
    }
  }

  /// Free bits only ever raise the KL, and less so if the mean is taken first or groups are joined.
  @Test
  void freeBitsAreOrdered() {
    Table table =
        new Table()
            .vectors("mu", normals(6, 0.5))
            .vectors("logvar", normals(6, 0.5))
            .with("recon", random.doubles(ROWS, -9, 0).toArray());
    Task bits = Task.of("elbo").parameter("free-bits", "0.2");
    double[] each = table.output(bits, "kl-free-bits");
    double[] pairs = table.output(bits.parameter("free-bits-groups", "3"), "kl-free-bits");
    double[] total = table.output(bits.parameter("free-bits-groups", "1"), "kl-free-bits");
    double[] kl = table.output(bits, "kl");
    double[] elbo = table.output(bits, "elbo");
    double[] free = table.output(bits, "elbo-free-bits");
    for (int i = 0; i < ROWS; i++) {
      assertThat(kl[i]).isLessThanOrEqualTo(total[i] + 1e-12);
      assertThat(total[i]).isLessThanOrEqualTo(pairs[i] + 1e-12);
      assertThat(pairs[i]).isLessThanOrEqualTo(each[i] + 1e-12);
      assertThat(free[i]).isLessThanOrEqualTo(elbo[i] + 1e-12);
    }
    EvaluationResult row = table.evaluate(Task.of("gaussian-kl").parameter("free-bits", "0.2"));
    EvaluationResult mean =
        table.evaluate(Task.of("posterior-collapse").parameter("free-bits", "0.2"));
    assertThat(Objects.requireNonNull(mean.measure("kl-free-bits")).value())
        .isLessThan(Objects.requireNonNull(row.measure("kl-free-bits")).value());
    assertThatThrownBy(() -> table.evaluate(bits.parameter("free-bits-groups", "4")))
        .hasMessageContaining("found 4, expected a divisor of the 6 dimensions");
    assertThatThrownBy(() -> table.evaluate(bits.parameter("free-bits-form", "mean")))
        .hasMessageContaining("found 'mean' with free-bits-groups 0, expected 1");
  }

  @Test
  void collapseIsSeen() {
    double[][] still =
        IntStream.range(0, ROWS).mapToObj(i -> new double[4]).toArray(double[][]::new);
    double[][] one = normals(4, 1);
    Arrays.stream(one).forEach(row -> Arrays.fill(row, 1, 4, 0.5));
    assertThat(verdict(still)).isEqualTo(Status.FAIL);
    assertThat(verdict(one)).isEqualTo(Status.WARN);
    assertThat(verdict(normals(4, 1))).isEqualTo(Status.PASS);
  }

  private Status verdict(double[][] mu) {
    return new Table()
        .vectors("mu", mu)
        .vectors("logvar", normals(4, 0.1))
        .evaluate(Task.of("posterior-collapse"))
        .verdicts()
        .getFirst()
        .status();
  }

  @Test
  void theFirstSampleDoesNotDependOnTheirNumber() {
    Table table = new Table().vectors("mu", normals(3, 1)).vectors("logvar", normals(3, 1));
    Task one = Task.of("reparameterize").parameter("noise", "philox:9");
    double[] single = table.output(one, "z");
    double[] four = table.output(one.parameter("samples", "4"), "z");
    assertThat(four).hasSize(4 * single.length);
    for (int i = 0; i < ROWS; i++) {
      assertThat(Arrays.copyOfRange(four, 12 * i, 12 * i + 3))
          .isEqualTo(Arrays.copyOfRange(single, 3 * i, 3 * i + 3));
      assertThat(four[12 * i + 3]).isNotEqualTo(four[12 * i]);
    }
  }

  @Test
  void mistakesAreNamed() {
    Table indefinite =
        new Table()
            .vectors("mu1", new double[] {0, 0})
            .vectors("sigma1", new double[] {1, 2, 2, 1});
    assertThatThrownBy(() -> indefinite.evaluate(Task.of("multivariate-normal-kl")))
        .hasMessageContaining(
            "role 'sigma1' row 0: found pivot 1 = -3.0, expected more than 0 (positive definite)");
    Table weights = new Table().vectors("log-weights", new double[] {1, 2});
    assertThatThrownBy(
            () -> weights.evaluate(Task.of("importance-weighted").parameter("alpha", "1")))
        .hasMessageContaining(
            "found '1', expected a number other than 1 (for 1, take measure elbo)");
    Table negative =
        new Table().vectors("p", new double[] {1, -1}).vectors("q", new double[] {1, 1});
    assertThatThrownBy(() -> negative.evaluate(Task.of("discrete-kl")))
        .hasMessageContaining("role 'p' row 0 element 1: found -1.0");
    Table infinite =
        new Table().vectors("p", new double[] {1, 1}).vectors("q", new double[] {1, 0});
    assertThatThrownBy(() -> infinite.evaluate(Task.of("discrete-kl")))
        .hasMessageContaining("'kl': found Infinity from finite input");
    Table posterior =
        new Table()
            .vectors("mu", new double[] {0})
            .vectors("logvar", new double[] {0})
            .vectors("eps", new double[] {0});
    assertThatThrownBy(() ->
            posterior.evaluate(
                Task.of("reparameterize").parameter("noise", "given").parameter("samples", "2")))
        .hasMessageContaining("role 'eps': found width 1, expected 2");
    Table both = posterior.with("kl", 1.0);
    assertThatThrownBy(() -> both.evaluate(Task.of("elbo").parameter("likelihood", "gaussian")))
        .hasMessageContaining("found both of the roles 'kl' and 'mu', expected exactly one");
  }
}
