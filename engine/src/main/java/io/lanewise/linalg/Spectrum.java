package io.lanewise.linalg;

/// The eigenvalues of a positive semidefinite matrix.
///
/// @param values ascending, as computed: those of zero within rounding of it
/// @param error the spectral norm of what the matrix may be off by (0 or more), by which every
///   eigenvalue may move
/// @param stored the spectral norm of what the numbers of the matrix were rounded by before they
///   came here (0 or more): an eigenvalue below 0 by no more is one of 0
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared
public record Spectrum(double[] values, double error, double stored) {
  /// Eigenvalues that were computed, of a matrix with rounded elements.
  ///
  /// @param values ascending
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] values) {
    return checked(values, 0, 0);
  }

  /// Eigenvalues that were computed, of a matrix that is off by as much as `error`.
  ///
  /// @param values ascending
  /// @throws IllegalArgumentException if one is negative by more than rounding
  static Spectrum checked(double[] values, double error, double stored) {
    Spectrum spectrum = new Spectrum(values, error, stored);
    if (spectrum.smallest() < -(spectrum.rounding() + stored)) {
      throw new IllegalArgumentException(
          "covariance: found smallest eigenvalue %s, expected none below 0 (positive semidefinite) by more than rounding, %s"
              .formatted(spectrum.smallest(), (float) (spectrum.rounding() + stored)));
    }
    return spectrum;
  }

  /// The eigenvalues of a symmetric matrix.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of what it may be off by
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] matrix, int dim, double error) {
    return of(matrix, dim, error, 0);
  }

  /// The eigenvalues of a symmetric matrix of numbers that were rounded before.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of what it may be off by
  /// @param stored the spectral norm of what its numbers were rounded by
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] matrix, int dim, double error, double stored) {
    return checked(Algebra.active().eigenvalues(matrix, dim), error, stored);
  }

  /// What rounding can leave of a zero eigenvalue: LAPACK's usual bound, and the matrix' own error.
  public double rounding() {
    return values.length == 0
        ? 0
        : values.length * Math.ulp(1.0) * Math.max(Math.abs(smallest()), Math.abs(largest()))
            + error;
  }

  /// The number of eigenvalues above all rounding, before and here.
  public int rank() {
    return above(rounding() + stored);
  }

  /// The number of eigenvalues that are above 0 as the matrix stands: above rounding here.
  int positive() {
    return above(rounding());
  }

  private int above(double bound) {
    int count = 0;
    for (double value : values) {
      count += value > bound ? 1 : 0;
    }
    return count;
  }

  /// The smallest eigenvalue, as computed.
  public double smallest() {
    return values.length == 0 ? 0 : values[0];
  }

  /// The largest eigenvalue.
  public double largest() {
    return values.length == 0 ? 0 : values[values.length - 1];
  }
}
