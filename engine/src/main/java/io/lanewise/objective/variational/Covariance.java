package io.lanewise.objective.variational;

import io.lanewise.batch.DType;
import io.lanewise.linalg.Symmetry;
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
  ///   above the diagonal must be 0
  /// @param covarianceRole role of the covariance, row-major and symmetric
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
  /// @throws IllegalArgumentException if it is not positive definite, naming the pivot, if a
  ///   covariance is not symmetric or a factor not lower-triangular
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
    for (int at = from; at < from + dim * dim; at++) {
      if (Double.isNaN(values[at])) {
        // It flows, also from the triangle that is not computed with.
        java.util.Arrays.fill(factor, Double.NaN);
        return factor;
      }
    }
    requireShape(in, i, from);
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
                  in.firstInFile() + i,
                  failed,
                  factored ? factor[failed * dim + failed] : factor[0]));
    }
    return factor;
  }

  /// Only one triangle is computed with, so the other has to say the same.
  private void requireShape(Rows in, int i, int from) {
    String found = "";
    if (factored) {
      for (int at = 0; at < dim * dim && found.isEmpty(); at++) {
        if (at % dim > at / dim && values[from + at] != 0) {
          found = "%s in row %d, column %d".formatted(values[from + at], at / dim, at % dim);
        }
      }
    } else {
      double share = (in.type() == DType.FLOAT32 ? 0x1p-24 : 0x1p-53) * 64;
      found =
          Symmetry.difference(
              values, from, dim, Symmetry.shareOfDiagonal(values, from, dim, share));
    }
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "role '%s' row %d: found %s, expected a %s matrix"
              .formatted(
                  role, in.firstInFile() + i, found, factored ? "lower-triangular" : "symmetric"));
    }
  }
}
