package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.kernel.ColumnMoments;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Rows;
import java.lang.foreign.MemorySegment;

/// Mean and covariance of the rows of a set, of features or as statistics that were computed
/// before.
///
/// Sums are taken about the first row, in row order, so that they are the same digits however the
/// rows come in batches, and exactly 0 for a constant column. The sums behind mean and variance
/// carry twice float64's digits.
final class Gaussian {
  private final Kernels kernels;
  private final int dim;
  private final boolean full;
  private long count;
  private final double[] shift;
  private final double[] sumHi;
  private final double[] sumLo;
  private final double[] squareHi;
  private final double[] squareLo;
  private final double[] products;

  /// Nothing seen yet.
  ///
  /// @param full whether products of different dimensions are needed, or only squares
  Gaussian(Kernels kernels, int dim, boolean full) {
    this.kernels = kernels;
    this.dim = dim;
    this.full = full;
    shift = new double[dim];
    sumHi = new double[dim];
    sumLo = new double[dim];
    squareHi = new double[dim];
    squareLo = new double[dim];
    products = full ? new double[Math.multiplyExact(dim, dim)] : new double[0];
  }

  void update(Rows rows, String role) {
    MemorySegment x = rows.vector(role);
    int tiles = CrossProducts.tiles(dim);
    if (rows.count() == 0) {
      return;
    }
    if (count == 0) {
      for (int j = 0; j < dim; j++) {
        shift[j] = element(rows.type(), x, j);
      }
    }
    if (rows.type() == DType.FLOAT32) {
      kernels.columnMoments().f32(x, rows.count(), dim, shift, sumHi, sumLo, squareHi, squareLo);
      if (full) {
        kernels.crossProducts().f32(x, rows.count(), dim, shift, products, 0, tiles);
      }
    } else {
      kernels.columnMoments().f64(x, rows.count(), dim, shift, sumHi, sumLo, squareHi, squareLo);
      if (full) {
        kernels.crossProducts().f64(x, rows.count(), dim, shift, products, 0, tiles);
      }
    }
    count += rows.count();
  }

  static double element(DType type, MemorySegment x, long i) {
    return type == DType.FLOAT32
        ? x.get(JAVA_FLOAT_UNALIGNED, 4 * i)
        : x.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
  }

  /// Adds what `later` has seen (Chan, Golub and LeVeque 1979, with its sums moved to this shift).
  void merge(Gaussian later) {
    if (later.count == 0) {
      return;
    }
    if (count == 0) {
      System.arraycopy(later.shift, 0, shift, 0, dim);
    }
    double[] move = new double[dim];
    for (int j = 0; j < dim; j++) {
      move[j] = later.shift[j] - shift[j];
    }
    for (int i = 0; full && i < dim; i++) {
      for (int j = i; j < dim; j++) {
        products[i * dim + j] +=
            later.products[i * dim + j]
                + move[i] * later.sumHi[j]
                + move[j] * later.sumHi[i]
                + later.count * move[i] * move[j];
      }
    }
    for (int j = 0; j < dim; j++) {
      squareHi[j] +=
          later.squareHi[j] + 2 * move[j] * later.sumHi[j] + later.count * move[j] * move[j];
      squareLo[j] += later.squareLo[j];
      sumHi[j] += later.sumHi[j] + later.count * move[j];
      sumLo[j] += later.sumLo[j];
    }
    count += later.count;
  }

  long count() {
    return count;
  }

  int dim() {
    return dim;
  }

  double mean(int j) {
    return ColumnMoments.mean(count, shift[j], sumHi[j], sumLo[j]);
  }

  /// The variance of a dimension: sum of squared deviations over `count - ddof`.
  double variance(int j, int ddof) {
    return ColumnMoments.variance(count, ddof, sumHi[j], sumLo[j], squareHi[j], squareLo[j]);
  }

  /// The covariance with `count - 1`, row-major, upper triangle.
  double[] covariance() {
    double[] covariance = new double[products.length];
    for (int i = 0; i < dim; i++) {
      covariance[i * dim + i] = variance(i, 1);
      for (int j = i + 1; j < dim; j++) {
        covariance[i * dim + j] =
            (products[i * dim + j] - sumHi[i] * (sumHi[j] / count)) / (count - 1);
      }
    }
    return covariance;
  }
}
