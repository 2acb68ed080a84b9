package io.lanewise.linalg;

/// Checks that a given matrix is symmetric, which all code that reads only one triangle assumes.
public final class Symmetry {
  private Symmetry() {}

  /// The largest allowed difference of two elements that should be equal.
  @FunctionalInterface
  public interface Tolerance {
    /// For elements (i, j) and (j, i), `j < i`.
    double of(int i, int j);
  }

  /// A share of the geometric mean of the two diagonal elements, which bounds an element of a
  /// covariance.
  ///
  /// @param from where the matrix begins
  public static Tolerance shareOfDiagonal(double[] matrix, int from, int dim, double share) {
    return (i, j) ->
        share
            * Math.sqrt(Math.abs(matrix[from + i * (dim + 1)]))
            * Math.sqrt(Math.abs(matrix[from + j * (dim + 1)]));
  }

  /// The first pair of elements that differ, row by row.
  ///
  /// @param from where the `dim x dim` matrix begins, row-major
  /// @return such as `0.5 in row 0, column 1 and 0.0 in row 1, column 0`; empty for a symmetric
  ///   matrix. NaN is not a difference.
  public static String difference(double[] matrix, int from, int dim, Tolerance tolerance) {
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j < i; j++) {
        double below = matrix[from + i * dim + j];
        double above = matrix[from + j * dim + i];
        if (below != above && Math.abs(below - above) > tolerance.of(i, j)) {
          return "%s in row %d, column %d and %s in row %d, column %d"
              .formatted(above, j, i, below, i, j);
        }
      }
    }
    return "";
  }
}
