package io.lanewise.linalg;

/// A factor `F` (d x rank) of a positive semidefinite matrix, `A = F F'`.
public final class SymmetricFactor {
  private final double[] columns;
  private final int dim;

  private SymmetricFactor(double[] columns, int dim) {
    this.columns = columns;
    this.dim = dim;
  }

  /// Factors a symmetric matrix by its eigenvalues. Those within rounding of zero are left out, so
  /// a singular matrix costs no accuracy.
  ///
  /// Eigenvalues that are negative by no more than the rounding of stored numbers are left out too.
  /// The factor is then that of the nearest positive semidefinite matrix (Higham 1988, *Computing a
  /// Nearest Symmetric Positive Semidefinite Matrix*).
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of what it may be off by
  /// @param stored the spectral norm of what its numbers were rounded by before
  /// @throws IllegalArgumentException if an eigenvalue is negative by more than rounding
  public static SymmetricFactor of(double[] matrix, int dim, double error, double stored) {
    Algebra.Eigen eigen = Algebra.active().eigen(matrix, dim);
    Spectrum spectrum = Spectrum.checked(eigen.values(), error, stored);
    int rank = spectrum.positive();
    double[] columns = new double[rank * dim];
    for (int k = 0; k < rank; k++) {
      int from = (dim - rank + k) * dim;
      double root = Math.sqrt(eigen.values()[dim - rank + k]);
      for (int i = 0; i < dim; i++) {
        columns[k * dim + i] = eigen.vectors()[from + i] * root;
      }
    }
    return new SymmetricFactor(columns, dim);
  }

  /// The factor with these columns of `dim` elements each, such as the centred rows of a sample
  /// over `sqrt(n - 1)` for its covariance.
  public static SymmetricFactor ofColumns(double[] columns, int dim) {
    return new SymmetricFactor(columns, dim);
  }

  /// `tr(F F')`, the trace of the factored matrix.
  public double trace() {
    double sum = 0;
    for (double value : columns) {
      sum += value * value;
    }
    return sum;
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
    double sum = 0;
    for (double value : Algebra.active().singularValuesOfProduct(columns, other.columns, dim)) {
      sum += value;
    }
    return sum;
  }
}
