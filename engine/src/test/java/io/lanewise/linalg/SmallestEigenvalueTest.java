package io.lanewise.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The smallest eigenvalue alone against all eigenvalues, over kinds of spectra.
class SmallestEigenvalueTest {
  private static final int DIM = 300;

  /// A matrix and whether its smallest eigenvalue is to be found alone.
  @SuppressWarnings("ArrayRecordComponent") // of this test
  private record Case(String name, double[] matrix, int dim, boolean found) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// `P Q diag(values) Q P` with the reflections `I - 2 v v'` and `I - 2 w w'` along unit vectors;
  /// below the diagonal NaN.
  private static double[] withEigenvalues(double... values) {
    int n = values.length;
    double[] matrix = new double[n * n];
    for (int k = 0; k < n; k++) {
      matrix[k * (n + 1)] = values[k];
    }
    reflect(matrix, n, 7);
    reflect(matrix, n, 8);
    return upper(matrix, n);
  }

  private static double[] upper(double[] matrix, int n) {
    for (int i = 0; i < n; i++) {
      Arrays.fill(matrix, i * n, i * n + i, Double.NaN);
    }
    return matrix;
  }

  /// `A - 2 v u' - 2 u v' + 4 (v'u) v v'` with `u = A v`.
  private static void reflect(double[] matrix, int n, long seed) {
    double[] v = new Random(seed).doubles(n, -1, 1).toArray();
    double norm = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
    Arrays.setAll(v, k -> v[k] / norm);
    double[] u = new double[n];
    Arrays.setAll(u, i -> IntStream.range(0, n).mapToDouble(j -> matrix[i * n + j] * v[j]).sum());
    double vu = IntStream.range(0, n).mapToDouble(j -> v[j] * u[j]).sum();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        matrix[i * n + j] += 4 * vu * v[i] * v[j] - 2 * (v[i] * u[j] + u[i] * v[j]);
      }
    }
  }

  /// Products of `rows` normal rows over their number: eigenvalues crowd where they end, as those
  /// of covariances do (Marchenko and Pastur).
  private static double[] ofRows(int rows, int dim) {
    Random random = new Random(5);
    double[] matrix = new double[dim * dim];
    double[] x = new double[dim];
    for (int r = 0; r < rows; r++) {
      Arrays.setAll(x, j -> random.nextGaussian());
      for (int i = 0; i < dim; i++) {
        for (int j = i; j < dim; j++) {
          matrix[i * dim + j] += x[i] * x[j] / rows;
        }
      }
    }
    return upper(matrix, dim);
  }

  private static double[] values(IntToDoubleFunction value) {
    return IntStream.range(0, DIM).mapToDouble(value).toArray();
  }

  private static double[] scaled(double[] matrix, double by) {
    return Arrays.stream(matrix).map(x -> x * by).toArray();
  }

  private static Case of(String name, boolean found, double... values) {
    return new Case(name, withEigenvalues(values), DIM, found);
  }

  private static Stream<Case> cases() {
    double[] diagonal = new double[DIM * DIM];
    double[] one = new double[DIM * DIM];
    for (int j = 0; j < DIM; j++) {
      diagonal[j * (DIM + 1)] = 1 + (j * 77 % DIM);
      one[j * (DIM + 1)] = 1;
    }
    double[] gapped = values(j -> j == 40 ? 0.1 : 1 + j / 100.0);
    return Stream.of(
        of("gapped", true, gapped),
        of("geometric", true, values(j -> Math.pow(0.9, j))),
        of("several smallest", true, values(j -> j < 5 ? 0.25 : 1 + j)),
        of("all but one the same", true, values(j -> j < 1 ? 3 : 0.5)),
        of("all the same", true, values(j -> 0.5)),
        of("two that differ by rounding", true, values(j -> j == 0 ? 1 : j == 1 ? 1 + 1e-14 : 9)),
        // Found is what is between the two, and it is the second factor that tells.
        of("two nearly the same", false, values(j -> j == 0 ? 1 : j == 1 ? 1 + 1e-9 : 5 + j)),
        of("nearly singular", true, values(j -> j == 0 ? 1e-11 : 1 + j / 100.0)),
        of("crowded at a floor", true, values(j -> j < 200 ? 1e-6 * (1 + j * 1e-4) : j)),
        of("singular", false, values(j -> j < 3 ? 0 : j)),
        of("indefinite", false, values(j -> j == 17 ? -1e-3 : 1 + j)),
        of("negative", false, values(j -> -1 - j)),
        new Case("many rows", ofRows(4 * DIM, DIM), DIM, true),
        new Case("twice as many rows", ofRows(2 * DIM, DIM), DIM, true),
        new Case("scarcely enough rows", ofRows(DIM + 10, DIM), DIM, true),
        new Case("too few rows", ofRows(DIM - 10, DIM), DIM, false),
        new Case("small", scaled(withEigenvalues(gapped), 1e-80), DIM, true),
        new Case("tiny", scaled(withEigenvalues(gapped), 1e-150), DIM, false),
        new Case("large", scaled(withEigenvalues(gapped), 1e80), DIM, true),
        new Case("huge", scaled(withEigenvalues(gapped), 1e150), DIM, false),
        new Case("diagonal", diagonal, DIM, true),
        new Case("identity", one, DIM, true),
        new Case("zero", new double[DIM * DIM], DIM, false),
        new Case("one", new double[] {3}, 1, true),
        new Case("two", new double[] {2, 1, Double.NaN, 2}, 2, true),
        new Case("none", new double[0], 0, false));
  }

  static Stream<Arguments> casesOfAlgebras() {
    return Stream.of(new OjAlgo(), OpenBlas.load())
        .flatMap(algebra -> cases().map(matrix -> Arguments.of(matrix, algebra)));
  }

  @ParameterizedTest
  @MethodSource("casesOfAlgebras")
  void isThatOfAllEigenvaluesWithinRounding(Case given, Algebra algebra) {
    double[] copy = given.matrix().clone();
    OptionalDouble alone = SmallestEigenvalue.of(algebra, given.matrix(), given.dim());
    assertThat(given.matrix()).as("left as it is").isEqualTo(copy);
    assertThat(alone.isPresent()).isEqualTo(given.found());
    if (alone.isPresent()) {
      for (Algebra other : new Algebra[] {new OjAlgo(), OpenBlas.load()}) {
        double[] all = other.eigenvalues(given.matrix(), given.dim());
        double rounding = given.dim() * Math.ulp(1.0) * all[given.dim() - 1];
        assertThat(alone.getAsDouble()).isCloseTo(all[0], within(rounding));
      }
      assertThat(SmallestEigenvalue.of(algebra, given.matrix(), given.dim()))
          .as("again, to the bit")
          .isEqualTo(alone);
    }
  }

  /// Of the size at which it is used.
  @Test
  void wideMatricesAreAsDefiniteAsAllTheirEigenvaluesSay() {
    int dim = 1024;
    double[] crowded = ofRows(2 * dim, dim);
    double smallest = OpenBlas.load().eigenvalues(crowded, dim)[0];
    double rounding = dim * Math.ulp(1.0);
    assertThat(SmallestEigenvalue.of(OpenBlas.load(), crowded, dim)).isPresent();
    for (double off : new double[] {0, smallest / 2, smallest * (1 - 1e-9), smallest}) {
      double[] shifted = crowded.clone();
      for (int j = 0; j < dim; j++) {
        shifted[j * (dim + 1)] -= off;
      }
      for (double error : new double[] {0, smallest / 3, 2 * smallest}) {
        Spectrum all = Spectrum.of(shifted, dim, error);
        Definiteness found = Definiteness.of(shifted, dim, error, 0);
        assertThat(found.rank()).isEqualTo(all.rank());
        assertThat(found.smallest()).isCloseTo(all.smallest(), within(rounding * all.largest()));
      }
    }
    for (int j = 0; j < dim; j++) {
      crowded[j * (dim + 1)] -= 2 * smallest;
    }
    assertThatThrownBy(() -> Definiteness.of(crowded, dim, 0, 0))
        .hasMessageContaining("found smallest eigenvalue -");
  }

  @Test
  void aProductIsThatOfItsPanels() {
    int dim = 600; // three panels
    double[] a = ofRows(700, dim);
    double[] b = ofRows(1300, dim);
    Algebra library = OpenBlas.load();
    double[] product = library.congruence(a, b, dim, Algebra.Parts.IN_TURN);
    assertThat(product).isNotNull();
    double[] ofAB = library.eigenvalues(product, dim);
    double rounding = dim * Math.ulp(1.0) * ofAB[dim - 1];
    for (double[] other :
        List.of(
            library.congruence(b, a, dim, Algebra.Parts.IN_TURN),
            new OjAlgo().congruence(a, b, dim, Algebra.Parts.IN_TURN))) {
      assertThat(library.eigenvalues(other, dim)).containsExactly(ofAB, within(rounding));
    }
    Algebra.Parts atOnce = (count, part) -> IntStream.range(0, count).parallel().forEach(part);
    assertThat(library.congruence(a, b, dim, atOnce)).isEqualTo(product);
  }
}
