package io.lanewise.linalg;

import java.util.OptionalDouble;

/// How far a positive semidefinite matrix is from a singular one.
///
/// @param rank the number of eigenvalues above rounding, [Spectrum#rank]
/// @param smallest the smallest eigenvalue, as computed; of a singular matrix it may be below 0 by
///   rounding
/// @param projected whether eigenvalues are below 0 by more than rounding here, which the rounding
///   of stored numbers explains, and count as 0
public record Definiteness(int rank, double smallest, boolean projected) {
  /// The dimension from which on the smallest eigenvalue alone is sought first.
  private static final int WIDE = 1024;

  /// As all eigenvalues say.
  public static Definiteness of(Spectrum spectrum) {
    return new Definiteness(
        spectrum.rank(), spectrum.smallest(), spectrum.smallest() < -spectrum.rounding());
  }

  /// Of a symmetric matrix: as all its eigenvalues say, within rounding, but of a wide matrix of
  /// full rank by the smallest alone.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of what it may be off by
  /// @param stored the spectral norm of what its numbers were rounded by before
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
