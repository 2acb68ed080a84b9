package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Covariances in single precision: near those in double, within the error that they claim, of the
/// same rank, and the same digits whatever batches and threads.
class GaussianSinglePrecisionTest {
  private static final Kernels DOUBLE = Kernels.active();
  private static final Kernels SINGLE = DOUBLE.in(Precision.SINGLE);

  /// All tasks at once.
  private static final Workers PARALLEL =
      new Workers() {
        @Override
        public int threads() {
          return 4;
        }

        @Override
        public long memoryBytes() {
          return DEFAULT_MEMORY_BYTES;
        }

        @Override
        public void forEach(String what, long tasks, Task task) {
          LongStream.range(0, tasks).parallel().forEach(task::run);
        }
      };

  /// Rows about `mean`, in which feature j has the spread `decay^j`.
  private static float[] rows(int seed, int rows, int dim, double mean, double decay) {
    Random random = new Random(seed);
    float[] x = new float[rows * dim];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (mean + Math.pow(decay, i % dim) * random.nextGaussian());
    }
    return x;
  }

  private static Gaussian gaussian(
      Kernels kernels, Workers workers, float[] x, int dim, int batchRows) {
    Gaussian gaussian = new Gaussian(kernels, workers, dim, true);
    MemorySegment memory = MemorySegment.ofArray(x);
    int rows = x.length / dim;
    for (int from = 0; from < rows; from += batchRows) {
      gaussian.update(DType.FLOAT32, memory, from, Math.min(from + batchRows, rows));
    }
    return gaussian;
  }

  private static Gaussian gaussian(Kernels kernels, float[] x, int dim) {
    return gaussian(kernels, Workers.CALLER, x, dim, 1000);
  }

  @ParameterizedTest
  @CsvSource({"70, 64, 0, 1", "1000, 64, 0, 1", "1000, 64, 10, 1", "5000, 30, 1, 0.8"})
  void covarianceIsWithinTheErrorThatItClaims(int n, int dim, double mean, double decay) {
    float[] x = rows(1, n, dim, mean, decay);
    Gaussian single = gaussian(SINGLE, x, dim);
    double[] difference = single.covariance();
    double[] exact = gaussian(DOUBLE, x, dim).covariance();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= exact[i];
    }
    double[] eigenvalues = Algebra.active().eigenvalues(difference, dim);
    double norm = Math.max(-eigenvalues[0], eigenvalues[dim - 1]);
    assertThat(norm).isBetween(single.covarianceError() / 1000, single.covarianceError());
    for (int i = 0; i < dim; i++) {
      // What is of one feature is exact as ever.
      assertThat(difference[i * dim + i]).isZero();
    }
  }

  @Test
  void rootTraceIsNearThatOfDouble() {
    int dim = 48;
    float[] a = rows(2, 2000, dim, 1, 0.95);
    float[] b = rows(3, 1500, dim, 0, 0.9);
    assertThat(rootTrace(SINGLE, a, b, dim)).isCloseTo(rootTrace(DOUBLE, a, b, dim), within(1e-6));
  }

  /// Half of the features are copies of the others: what rounding leaves of eigenvalues of 0 must
  /// not count, though its root is a thousand times larger.
  @Test
  void singularCovariancesKeepTheirRank() {
    int dim = 48;
    float[] a = copied(rows(4, 2000, dim, 1, 0.95), dim);
    float[] b = copied(rows(5, 1500, dim, 0, 0.95), dim);
    assertThat(fitted(SINGLE, a, dim).definiteness().rank()).isEqualTo(dim / 2);
    assertThat(rootTrace(SINGLE, a, b, dim)).isCloseTo(rootTrace(DOUBLE, a, b, dim), within(1e-5));
  }

  private static float[] copied(float[] x, int dim) {
    for (int i = 0; i < x.length; i += dim) {
      System.arraycopy(x, i, x, i + dim / 2, dim / 2);
    }
    return x;
  }

  private static FittedGaussian fitted(Kernels kernels, float[] x, int dim) {
    return FittedGaussian.of(gaussian(kernels, x, dim), true);
  }

  private static double rootTrace(Kernels kernels, float[] a, float[] b, int dim) {
    return RootTrace.of(fitted(kernels, a, dim), fitted(kernels, b, dim), Workers.CALLER);
  }

  @Test
  void batchesAndThreadsDoNotShow() {
    int dim = 170;
    float[] x = rows(6, 700, dim, 1, 1);
    double[] expected = gaussian(SINGLE, x, dim).covariance();
    assertThat(gaussian(SINGLE, Workers.CALLER, x, dim, 1).covariance()).containsExactly(expected);
    assertThat(gaussian(SINGLE, PARALLEL, x, dim, 37).covariance()).containsExactly(expected);
    assertThat(gaussian(DOUBLE, x, dim).covariance()).isNotEqualTo(expected);
  }

  @Test
  void float64KeepsItsDigits() {
    int dim = 20;
    double[] x = new Random(7).doubles(100 * dim).toArray();
    Gaussian single = new Gaussian(SINGLE, Workers.CALLER, dim, true);
    Gaussian exact = new Gaussian(DOUBLE, Workers.CALLER, dim, true);
    for (Gaussian gaussian : new Gaussian[] {single, exact}) {
      gaussian.update(DType.FLOAT64, MemorySegment.ofArray(x), 0, 100);
    }
    assertThat(single.covariance()).containsExactly(exact.covariance());
    assertThat(single.covarianceError()).isZero();
  }
}
