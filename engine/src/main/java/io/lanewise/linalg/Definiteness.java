package io.lanewise.linalg;

import java.util.OptionalDouble;

/// How far a positive semidefinite matrix is from a singular one.
///
/// @param rank the number of eigenvalues above rounding, [Spectrum#rank]
/// @param smallest the smallest eigenvalue, as computed; of a singular matrix it may be below 0 by
///   rounding
/// @param projected whether some eigenvalues are below 0 by more than the rounding of this
///   computation; the rounding of the stored numbers explains them, and they count as 0
public record Definiteness(int rank, double smallest, boolean projected) {
  /// From this dimension on, the smallest eigenvalue alone is computed first.
  private static final int WIDE = 1024;

  /// From all eigenvalues.
  public static Definiteness of(Spectrum spectrum) {
    return new Definiteness(
        spectrum.rank(), spectrum.smallest(), spectrum.smallest() < -spectrum.rounding());
  }

  /// Of a symmetric matrix, from all its eigenvalues within rounding; for a wide matrix of full
  /// rank, from the smallest alone.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of its possible error
  /// @param stored the spectral norm of the earlier rounding of its numbers
  /// @throws IllegalArgumentException if one is negative by more than rounding, or an entry is not
  ///   finite
  public static Definiteness of(double[] matrix, int dim, double error, double stored) {
    if (dim >= WIDE) {
      OptionalDouble smallest = SmallestEigenvalue.of(Algebra.active(), matrix, dim);
      if (smallest.isPresent() && smallest.getAsDouble() > bound(matrix, dim) + error + stored) {
        return new Definiteness(dim, smallest.getAsDouble(), false);
      }
    }
    return of(Spectrum.of(matrix, dim, error, stored));
  }

  /// What [Spectrum#rounding] cannot be above, and the error of the smallest eigenvalue besides:
  /// the largest eigenvalue of a positive definite matrix is no more than its trace.
  private static double bound(double[] matrix, int dim) {
    double trace = 0;
    for (int j = 0; j < dim; j++) {
      trace += matrix[j * (dim + 1)];
    }
    return 2 * dim * Math.ulp(1.0) * trace;
  }
}
