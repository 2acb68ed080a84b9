package io.lanewise.objective.variational;

/// Lower-triangular factors of covariance matrices, row-major in float64.
final class Cholesky {
  private Cholesky() {}

  /// Factors the `dim x dim` matrix at `from` of `matrix` into `factor`, `A = L L'`. Only the lower
  /// triangle is read.
  ///
  /// @return the first pivot that is not positive, or -1 if there is none; a pivot of NaN is taken
  ///   for positive, and NaN flows. On failure `factor[0]` is that pivot's value.
  static int factor(double[] matrix, int from, int dim, double[] factor) {
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[from + i * dim + j];
        for (int k = 0; k < j; k++) {
          sum = Math.fma(-factor[i * dim + k], factor[j * dim + k], sum);
        }
        if (i != j) {
          factor[i * dim + j] = sum / factor[j * dim + j];
        } else if (sum <= 0) {
          factor[0] = sum;
          return i;
        } else {
          factor[i * dim + i] = Math.sqrt(sum);
        }
      }
    }
    return -1;
  }

  /// The first diagonal element that is not positive, or -1; NaN is taken for positive.
  static int firstNotPositive(double[] factor, int dim) {
    for (int i = 0; i < dim; i++) {
      if (factor[i * dim + i] <= 0) {
        return i;
      }
    }
    return -1;
  }

  /// Solves `L y = b` in place.
  static void solve(double[] factor, int dim, double[] b) {
    for (int i = 0; i < dim; i++) {
      double sum = b[i];
      for (int k = 0; k < i; k++) {
        sum = Math.fma(-factor[i * dim + k], b[k], sum);
      }
      b[i] = sum / factor[i * dim + i];
    }
  }

  /// `sum_i ln L_ii`: half the logarithm of the determinant.
  static double halfLogDeterminant(double[] factor, int dim) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      sum += StrictMath.log(factor[i * dim + i]);
    }
    return sum;
  }
}
