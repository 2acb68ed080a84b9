package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.objective.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A mixture of spherical Gaussians at given rows, all of one share, each with a width of its own
/// that is fitted to other rows: `-1/2 |x - y_j|^2 / e^s_j - d/2 s_j - ln m`, as the code of the
/// feature likelihood score has it, so without `d/2 ln 2 pi`.
///
/// FittedGaussian by Adam: 100 steps at rate 0.5, from the 51st on 0.05, starting at `s = 0`, each
/// `s` kept within -100 and 20. Rows are taken in blocks that do not depend on threads, and what
/// blocks find is added in their order.
final class KernelDensity {
  /// Rows of a block.
  private static final int ROWS = 128;

  private static final int STEPS = 100;
  private static final double FIRST_RATE = 0.5;
  private static final double RATE_AFTER_50 = 0.05;
  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  /// Below this share of `|x|^2 + |y|^2` a squared distance is computed from differences.
  private static final double CLOSE = 0x1p-10;

  private final Kernels kernels;
  private final Workers workers;
  private final Standardized centres;
  private final double[] s;

  /// Rows in float64, off the heap.
  ///
  /// @param norms `|x|^2` of each
  @SuppressWarnings("ArrayRecordComponent") // internal
  record Standardized(MemorySegment data, int count, int dim, double[] norms) {
    /// Rows times a scale, less a mean, over a deviation, by column.
    static Standardized of(HeldRows rows, double[] scale, double[] mean, double[] deviation) {
      int dim = rows.dim();
      MemorySegment data =
          Arena.ofAuto().allocate(Math.max(1L, (long) rows.count() * dim) * Double.BYTES, 64);
      double[] norms = new double[rows.count()];
      for (int i = 0; i < rows.count(); i++) {
        for (int k = 0; k < dim; k++) {
          double value = (rows.element(i, k) * scale[k] - mean[k]) / deviation[k];
          data.setAtIndex(JAVA_DOUBLE, (long) i * dim + k, value);
          norms[i] = Math.fma(value, value, norms[i]);
        }
      }
      return new Standardized(data, rows.count(), dim, norms);
    }

    private Matrix rows(int from, int rows) {
      long row = (long) dim * Double.BYTES;
      return new Matrix(FloatType.FLOAT64, data.asSlice(from * row, rows * row), rows, dim);
    }
  }

  private KernelDensity(Kernels kernels, Workers workers, Standardized centres) {
    this.kernels = kernels;
    this.workers = workers;
    this.centres = centres;
    s = new double[centres.count()];
  }

  /// Bytes that a fit holds.
  static long bytes(long rows, long centres) {
    return Double.BYTES * centres * (rows + rows / ROWS + 8);
  }

  /// The mixture at some rows, fitted to others.
  static KernelDensity fitted(
      Kernels kernels, Workers workers, Standardized centres, Standardized rows) {
    KernelDensity density = new KernelDensity(kernels, workers, centres);
    density.fit(rows);
    return density;
  }

  private static int blocks(int rows) {
    return (rows + ROWS - 1) / ROWS;
  }

  private void fit(Standardized rows) {
    int m = centres.count();
    double[][] distances = new double[rows.count()][];
    workers.forEach(
        "distances",
        blocks(rows.count()),
        block -> {
          PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();
          int from = (int) block * ROWS;
          int count = Math.min(ROWS, rows.count() - from);
          double[] tile = squaredDistances(rows, from, count, scratch);
          for (int i = 0; i < count; i++) {
            distances[from + i] = Arrays.copyOfRange(tile, i * m, (i + 1) * m);
          }
        });
    double[] first = new double[m];
    double[] second = new double[m];
    for (int step = 1; step <= STEPS; step++) {
      double[] gradient = gradient(distances);
      double rate = (step <= 50 ? FIRST_RATE : RATE_AFTER_50) / (1 - StrictMath.pow(BETA_1, step));
      double root = Math.sqrt(1 - StrictMath.pow(BETA_2, step));
      for (int j = 0; j < m; j++) {
        first[j] = BETA_1 * first[j] + (1 - BETA_1) * gradient[j];
        second[j] = BETA_2 * second[j] + (1 - BETA_2) * gradient[j] * gradient[j];
        s[j] -= rate * first[j] / (Math.sqrt(second[j]) / root + EPSILON);
        s[j] = Math.clamp(s[j], -100, 20);
      }
    }
  }

  /// Of the mean of `-ln p(x)` by each width.
  private double[] gradient(double[][] distances) {
    int n = distances.length;
    int m = centres.count();
    double[] precision = Arrays.stream(s).map(v -> StrictMath.exp(-v)).toArray();
    double[][] ofBlocks = new double[blocks(n)][];
    workers.forEach(
        "widths",
        ofBlocks.length,
        block -> {
          double[] sum = new double[m];
          double[] terms = new double[m];
          for (int i = (int) block * ROWS; i < Math.min(((int) block + 1) * ROWS, n); i++) {
            double log = logDensity(distances[i], 0, precision, terms);
            for (int j = 0; j < m; j++) {
              double share = Math.exp(terms[j] - log);
              sum[j] += share * (0.5 * centres.dim() - 0.5 * distances[i][j] * precision[j]);
            }
          }
          ofBlocks[(int) block] = sum;
        });
    double[] gradient = new double[m];
    for (double[] sum : ofBlocks) {
      for (int j = 0; j < m; j++) {
        gradient[j] += sum[j];
      }
    }
    for (int j = 0; j < m; j++) {
      gradient[j] /= n;
    }
    return gradient;
  }

  /// `ln p` of a row from its squared distances, and the centres' terms of it.
  private double logDensity(double[] distances, int at, double[] precision, double[] terms) {
    int m = terms.length;
    double half = 0.5 * centres.dim();
    double share = Math.log(m);
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < m; j++) {
      terms[j] = -0.5 * distances[at + j] * precision[j] - half * s[j] - share;
      most = Math.max(most, terms[j]);
    }
    double sum = 0;
    for (int j = 0; j < m; j++) {
      sum += Math.exp(terms[j] - most);
    }
    return most + Math.log(sum);
  }

  /// `-ln p` of every row.
  double[] negativeLogDensities(Standardized rows) {
    int m = centres.count();
    double[] precision = Arrays.stream(s).map(v -> StrictMath.exp(-v)).toArray();
    double[] out = new double[rows.count()];
    workers.forEach(
        "densities",
        blocks(rows.count()),
        block -> {
          int from = (int) block * ROWS;
          int count = Math.min(ROWS, rows.count() - from);
          double[] tile = squaredDistances(rows, from, count, new PairwiseProducts.Scratch());
          double[] terms = new double[m];
          for (int i = 0; i < count; i++) {
            out[from + i] = -logDensity(tile, i * m, precision, terms);
          }
        });
    return out;
  }

  /// For each centre `ln` of the sum of what it alone gives to the first `count` rows.
  double[] logSums(Standardized rows, int count) {
    int m = centres.count();
    double[] precision = Arrays.stream(s).map(v -> StrictMath.exp(-v)).toArray();
    double[][] most = new double[blocks(count)][];
    double[][] sums = new double[blocks(count)][];
    workers.forEach(
        "densities by centre",
        blocks(count),
        block -> {
          int from = (int) block * ROWS;
          int some = Math.min(ROWS, count - from);
          double[] tile = squaredDistances(rows, from, some, new PairwiseProducts.Scratch());
          double[] terms = new double[m];
          double[] greatest = new double[m];
          double[] sum = new double[m];
          Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
          for (int i = 0; i < some; i++) {
            logDensity(tile, i * m, precision, terms);
            System.arraycopy(terms, 0, tile, i * m, m);
            for (int j = 0; j < m; j++) {
              greatest[j] = Math.max(greatest[j], terms[j]);
            }
          }
          for (int i = 0; i < some; i++) {
            for (int j = 0; j < m; j++) {
              sum[j] += Math.exp(tile[i * m + j] - greatest[j]);
            }
          }
          most[(int) block] = greatest;
          sums[(int) block] = sum;
        });
    double[] out = new double[m];
    for (int j = 0; j < m; j++) {
      double greatest = Double.NEGATIVE_INFINITY;
      for (double[] ofBlock : most) {
        greatest = Math.max(greatest, ofBlock[j]);
      }
      double sum = 0;
      for (int b = 0; b < sums.length; b++) {
        sum += sums[b][j] * Math.exp(most[b][j] - greatest);
      }
      out[j] = greatest + Math.log(sum);
    }
    return out;
  }

  /// Of rows `from` on to all centres, row-major; 0 exactly for equal rows.
  private double[] squaredDistances(
      Standardized rows, int from, int count, PairwiseProducts.Scratch scratch) {
    int m = centres.count();
    double[] out = new double[Math.multiplyExact(count, m)];
    kernels.pairwiseProducts().rows(rows.rows(from, count), centres.rows(0, m), out, scratch);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < m; j++) {
        double both = rows.norms()[from + i] + centres.norms()[j];
        double distance = both - 2 * out[i * m + j];
        out[i * m + j] = distance >= CLOSE * both ? distance : byDifferences(rows, from + i, j);
      }
    }
    return out;
  }

  private double byDifferences(Standardized rows, int i, int j) {
    double sum = 0;
    for (int k = 0; k < rows.dim(); k++) {
      double difference =
          rows.data().getAtIndex(JAVA_DOUBLE, (long) i * rows.dim() + k)
              - centres.data().getAtIndex(JAVA_DOUBLE, (long) j * rows.dim() + k);
      sum = Math.fma(difference, difference, sum);
    }
    return sum;
  }
}
