package io.lanewise.linalg;

import org.ojalgo.matrix.decomposition.Eigenvalue;
import org.ojalgo.matrix.decomposition.SingularValue;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

/// A factor `F` (d x rank) of a positive semidefinite matrix, `A = F F'`, from its eigenvalues.
/// Those within rounding of zero are left out, so a singular matrix costs no accuracy.
public final class SymmetricFactor {
  private final R064Store factor;
  private final int dim;
  private final int rank;
  private final double smallest;
  private final double trace;

  private SymmetricFactor(R064Store factor, int dim, int rank, double smallest, double trace) {
    this.factor = factor;
    this.dim = dim;
    this.rank = rank;
    this.smallest = smallest;
    this.trace = trace;
  }

  /// Factors a symmetric matrix.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @throws IllegalArgumentException if an eigenvalue is negative by more than rounding
  public static SymmetricFactor of(double[] matrix, int dim) {
    R064Store store = R064Store.FACTORY.make(dim, dim);
    double trace = 0;
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        store.set(i, j, matrix[i * dim + j]);
        store.set(j, i, matrix[i * dim + j]);
      }
      trace += matrix[i * dim + i];
    }
    Eigenvalue<Double> eigen = Eigenvalue.R064.make(dim, true);
    if (!eigen.decompose(store)) {
      throw new IllegalArgumentException(
          "covariance: found no eigenvalues, expected finite entries");
    }
    MatrixStore<Double> vectors = eigen.getV();
    MatrixStore<Double> values = eigen.getD();
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < dim; k++) {
      largest = Math.max(largest, Math.abs(values.doubleValue(k, k)));
      smallest = Math.min(smallest, values.doubleValue(k, k));
    }
    // LAPACK's usual bound of what rounding leaves of a zero eigenvalue.
    double tolerance = dim * Math.ulp(1.0) * largest;
    if (smallest < -tolerance) {
      throw new IllegalArgumentException(
          "covariance: found smallest eigenvalue %s, expected none below 0 (positive semidefinite)"
              .formatted(smallest));
    }
    int rank = 0;
    for (int k = 0; k < dim; k++) {
      rank += values.doubleValue(k, k) > tolerance ? 1 : 0;
    }
    R064Store factor = R064Store.FACTORY.make(dim, rank);
    int column = 0;
    for (int k = 0; k < dim; k++) {
      double value = values.doubleValue(k, k);
      if (value > tolerance) {
        double root = Math.sqrt(value);
        for (int i = 0; i < dim; i++) {
          factor.set(i, column, vectors.doubleValue(i, k) * root);
        }
        column++;
      }
    }
    return new SymmetricFactor(factor, dim, rank, smallest, trace);
  }

  /// `tr((A^1/2 B A^1/2)^1/2)` of the factored A and B: the sum of the singular values of `F_A'
  /// F_B`. Unlike the roots of eigenvalues of `A B`, these keep full relative accuracy of the large
  /// ones.
  ///
  /// @throws IllegalArgumentException if the dimensions differ
  public double traceOfRoot(SymmetricFactor other) {
    if (dim != other.dim) {
      throw new IllegalArgumentException(
          "covariance: found dimension %d, expected %d".formatted(other.dim, dim));
    }
    if (rank == 0 || other.rank == 0) {
      return 0;
    }
    SingularValue<Double> svd = SingularValue.R064.make();
    svd.computeValuesOnly(factor.transpose().multiply(other.factor));
    double sum = 0;
    for (double value : svd.getSingularValues().toRawCopy1D()) {
      sum += value;
    }
    return sum;
  }

  /// The number of eigenvalues above rounding.
  public int rank() {
    return rank;
  }

  /// The smallest eigenvalue, as computed.
  public double smallestEigenvalue() {
    return smallest;
  }

  /// The sum of the diagonal.
  public double trace() {
    return trace;
  }
}
