package io.lanewise.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Both algebras against what is known in closed form, and so against each other.
class AlgebraTest {
  private static final Offset<Double> ROUNDING = within(1e-12);

  static Stream<Algebra> algebras() {
    return Stream.of(new OjAlgo(), OpenBlas.load());
  }

  /// `Q diag(values) Q'` with the reflection `Q = I - 2 v v' / v'v`; below the diagonal NaN.
  private static double[] withEigenvalues(double[] values) {
    int n = values.length;
    double[] v = new Random(7).doubles(n, -1, 1).toArray();
    double norm = Arrays.stream(v).map(x -> x * x).sum();
    double[] matrix = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          double qik = (i == k ? 1 : 0) - 2 * v[i] * v[k] / norm;
          double qjk = (j == k ? 1 : 0) - 2 * v[j] * v[k] / norm;
          sum += qik * values[k] * qjk;
        }
        matrix[i * n + j] = j >= i ? sum : Double.NaN;
      }
    }
    return matrix;
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void findsEigenvaluesAscendingFromTheUpperTriangle(Algebra algebra) {
    double[] values = {-3, -0.5, 0, 1e-3, 2, 2, 7.25};
    double[] shuffled = {2, -3, 7.25, 0, -0.5, 2, 1e-3};
    assertThat(algebra.eigenvalues(withEigenvalues(shuffled), 7)).containsExactly(values, ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void eigenvectorsGiveTheMatrixBack(Algebra algebra) {
    int n = 23;
    double[] matrix = withEigenvalues(new Random(3).doubles(n, -2, 5).toArray());
    double[] copy = matrix.clone();
    Algebra.Eigen eigen = algebra.eigen(matrix, n);
    assertThat(matrix).as("left as it is").isEqualTo(copy);
    assertThat(eigen.values()).isSorted();
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += eigen.values()[k] * eigen.vectors()[k * n + i] * eigen.vectors()[k * n + j];
        }
        assertThat(sum).isCloseTo(matrix[i * n + j], ROUNDING);
      }
    }
  }

  /// For 2 x 2, `tr sqrt(AB) = sqrt(tr(AB) + 2 sqrt(det A det B))`.
  @ParameterizedTest
  @MethodSource("algebras")
  void findsEigenvaluesOfAProductThatDoesNotCommute(Algebra algebra) {
    double[] a = {2, 1, Double.NaN, 2};
    double[] b = {3, -1, Double.NaN, 1};
    double[] product = algebra.congruence(a, b, 2, Algebra.Parts.IN_TURN);
    assertThat(product).isNotNull();
    double[] values = algebra.eigenvalues(product, 2);
    double sum = Math.sqrt(values[0]) + Math.sqrt(values[1]);
    assertThat(sum).isCloseTo(3.301360247771569, within(1e-14));
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void hasNoProductForWhatIsNotPositiveDefinite(Algebra algebra) {
    assertThat(
            algebra.congruence(
                new double[] {-1, 1, 0, 1}, new double[] {1, 0, 0, 1}, 2, Algebra.Parts.IN_TURN))
        .isNull();
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void invertsWhatIsPositiveDefiniteAfterTheShift(Algebra algebra) {
    double[] matrix = {3, 1, Double.NaN, 2}; // eigenvalues 1.38 and 3.62
    double[] copy = matrix.clone();
    try (Algebra.Inverse inverse = algebra.inverse(matrix, 2, 1)) {
      assertThat(inverse).isNotNull();
      for (int again = 0; again < 2; again++) {
        double[] x = {1, -3}; // [[2, 1], [1, 1]] (4, -7)
        inverse.apply(x);
        assertThat(x).containsExactly(new double[] {4, -7}, ROUNDING);
      }
    }
    assertThat(matrix).as("left as it is").isEqualTo(copy);
    assertThat(algebra.inverse(matrix, 2, 1.39)).isNull();
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void findsSingularValuesOfAProductOfFactors(Algebra algebra) {
    // F' G of columns of three: F' G = [[3, 0], [0, -4], [0, 0]], in this order of columns.
    double[] f = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double[] g = {3, 0, 0, 0, -4, 0};
    assertThat(algebra.singularValuesOfProduct(f, g, 3))
        .containsExactly(new double[] {4, 3}, ROUNDING);
    assertThat(algebra.singularValuesOfProduct(g, f, 3))
        .containsExactly(new double[] {4, 3}, ROUNDING);
    assertThat(algebra.singularValuesOfProduct(new double[0], g, 3)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void refusesWhatIsNotFinite(Algebra algebra) {
    double[] matrix = {1, Double.NaN, 0, 1};
    assertThatThrownBy(() -> algebra.eigenvalues(matrix, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix: found NaN in row 0, column 1, expected finite numbers");
    assertThatThrownBy(() -> algebra.eigen(matrix, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> algebra.inverse(matrix, 2, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> algebra.congruence(new double[] {1, 0, 0, 1}, matrix, 2, Algebra.Parts.IN_TURN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> algebra.singularValuesOfProduct(matrix, matrix, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAlgebrasAgree() {
    int n = 120;
    Random random = new Random(11);
    double[] a = withEigenvalues(random.doubles(n, 0.01, 5).toArray());
    double[] b = withEigenvalues(random.doubles(n, 0.01, 5).toArray());
    double[] mine = new OjAlgo().congruence(a, b, n, Algebra.Parts.IN_TURN);
    double[] theirs = OpenBlas.load().congruence(a, b, n, Algebra.Parts.IN_TURN);
    assertThat(mine).isNotNull();
    assertThat(theirs).isNotNull();
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        assertThat(theirs[i * n + j]).isCloseTo(mine[i * n + j], within(1e-11));
      }
    }
  }

  @Test
  void thePropertyDecides() {
    assertThat(ActiveAlgebra.choose("java").name()).startsWith("ojalgo ");
    assertThat(ActiveAlgebra.choose("native").name()).startsWith("openblas 0.3");
    assertThat(ActiveAlgebra.choose(null).name()).startsWith("openblas 0.3");
    assertThatThrownBy(() -> ActiveAlgebra.choose("fast"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("property lanewise.linalg: found 'fast', expected auto, native or java");
  }

  @Test
  void aSpectrumRefusesWhatIsNegativeBeyondRounding() {
    assertThat(Spectrum.of(new double[] {-1e-17, 1e-17, 0.5, 1}).rank()).isEqualTo(2);
    assertThatThrownBy(() -> Spectrum.of(new double[] {-1e-3, 1}))
        .hasMessageContaining("found smallest eigenvalue -0.001");
  }

  /// The engine once more, from a class path that lacks the optional artifact.
  @Test
  void withoutOpenBlasPlainJavaTakesItsPlace() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("bytedeco") && !entry.contains("openblas")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> algebra = loader.loadClass(Algebra.class.getName());
      Object active = algebra.getMethod("active").invoke(null);
      assertThat((String) algebra.getMethod("name").invoke(active)).startsWith("ojalgo ");
    }
  }
}
