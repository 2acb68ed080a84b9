package io.lanewise.objective.variational;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;

/// The Cholesky factor of each row, from whichever of two roles is bound: the factor itself, or the
/// covariance. Used by one worker.
final class Covariance {
  private final String role;
  private final boolean factored;
  private final int dim;
  private final double[] factor;
  private double[] values = new double[0];

  /// @param factorRole role of the `dim x dim` lower-triangular factor, row-major; what stands
  ///   above the diagonal is not read
  /// @param covarianceRole role of the covariance, row-major; only the lower triangle is read
  /// @throws IllegalArgumentException unless it has `dim * dim` elements
  Covariance(Binding binding, String factorRole, String covarianceRole, int dim) {
    factored = binding.has(factorRole);
    role = factored ? factorRole : covarianceRole;
    this.dim = dim;
    int width = Math.multiplyExact(dim, dim);
    if (binding.width(role) != width) {
      throw new IllegalArgumentException(
          "role '%s': found width %d, expected %d (%d x %d)"
              .formatted(role, binding.width(role), width, dim, dim));
    }
    factor = new double[width];
  }

  /// Takes the rows.
  void read(Rows in) {
    values = in.numbers(role, values);
  }

  /// The factor of row `i`, valid until the next call; the identity for a row that is null.
  ///
  /// @throws IllegalArgumentException if it is not positive definite, naming the pivot
  double[] factor(Rows in, int i) {
    int from = i * dim * dim;
    int failed;
    if (in.isNull(i)) {
      java.util.Arrays.fill(factor, 0);
      for (int j = 0; j < dim; j++) {
        factor[j * dim + j] = 1;
      }
      return factor;
    }
    if (factored) {
      System.arraycopy(values, from, factor, 0, dim * dim);
      failed = Cholesky.firstNotPositive(factor, dim);
    } else {
      failed = Cholesky.factor(values, from, dim, factor);
    }
    if (failed >= 0) {
      throw new IllegalArgumentException(
          "role '%s' row %d: found pivot %d = %s, expected more than 0 (positive definite)"
              .formatted(
                  role,
                  in.first() + i,
                  failed,
                  factored ? factor[failed * dim + failed] : factor[0]));
    }
    return factor;
  }
}
