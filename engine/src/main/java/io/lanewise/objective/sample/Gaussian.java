package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.kernel.ColumnMoments;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Rows;
import io.lanewise.objective.StateFields;
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

  /// Adds what `later` has seen, its sums moved to this shift (Chan, Golub and LeVeque 1979): with
  /// m the difference of the shifts, `sum (d + m)^2 = sum d^2 + 2 m sum d + n m^2`.
  ///
  /// Sums and squares stay double-doubles, so that mean and variance are those of one pass up to
  /// its rounding. Products of different dimensions are float64, as they are in one pass, and are
  /// those of one pass up to the roundings of both ways. Nothing merged with something is that.
  void merge(Gaussian later) {
    if (later.count == 0) {
      return;
    }
    if (count == 0) {
      become(later);
      return;
    }
    double n = later.count;
    double[] move = new double[dim];
    for (int j = 0; j < dim; j++) {
      // The shifts are input values, whose difference may be rounded: what that loses comes back.
      move[j] = later.shift[j] - shift[j];
    }
    for (int i = 0; full && i < dim; i++) {
      for (int j = i; j < dim; j++) {
        products[i * dim + j] +=
            later.products[i * dim + j]
                + (move[i] * later.sumHi[j] + move[j] * later.sumHi[i] + n * move[i] * move[j]);
      }
    }
    for (int j = 0; j < dim; j++) {
      double m = move[j];
      double rest = lost(later.shift[j], shift[j], m);
      add(squareHi, squareLo, j, later.squareHi[j], later.squareLo[j]);
      addProduct(squareHi, squareLo, j, 2 * m, later.sumHi[j]);
      addProduct(squareHi, squareLo, j, 2 * m, later.sumLo[j]);
      addProduct(squareHi, squareLo, j, 2 * rest, later.sumHi[j]);
      double nm = n * m;
      addProduct(squareHi, squareLo, j, nm, m);
      addProduct(squareHi, squareLo, j, Math.fma(n, m, -nm), m);
      addProduct(squareHi, squareLo, j, 2 * nm, rest);
      add(sumHi, sumLo, j, later.sumHi[j], later.sumLo[j]);
      addProduct(sumHi, sumLo, j, n, m);
      addProduct(sumHi, sumLo, j, n, rest);
    }
    count += later.count;
  }

  private void become(Gaussian other) {
    count = other.count;
    System.arraycopy(other.shift, 0, shift, 0, dim);
    System.arraycopy(other.sumHi, 0, sumHi, 0, dim);
    System.arraycopy(other.sumLo, 0, sumLo, 0, dim);
    System.arraycopy(other.squareHi, 0, squareHi, 0, dim);
    System.arraycopy(other.squareLo, 0, squareLo, 0, dim);
    System.arraycopy(other.products, 0, products, 0, products.length);
  }

  /// What `a - b` lost when it was rounded to `difference` (Knuth's TwoSum).
  private static double lost(double a, double b, double difference) {
    double part = difference - a;
    return (a - (difference - part)) - (b + part);
  }

  /// Adds a double-double to element j.
  private static void add(double[] hi, double[] lo, int j, double x, double low) {
    double sum = hi[j] + x;
    double part = sum - hi[j];
    double rest = (hi[j] - (sum - part)) + (x - part) + (lo[j] + low);
    hi[j] = sum + rest;
    lo[j] = rest - (hi[j] - sum);
  }

  private static void addProduct(double[] hi, double[] lo, int j, double a, double b) {
    double p = a * b;
    add(hi, lo, j, p, Math.fma(a, b, -p));
  }

  void fields(StateFields fields) {
    count = fields.count("count", count);
    fields.numbers("shift", shift);
    fields.numbers("sum", sumHi);
    fields.numbers("sum-low", sumLo);
    fields.numbers("square", squareHi);
    fields.numbers("square-low", squareLo);
    fields.numbers("products", products);
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
