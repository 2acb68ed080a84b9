package io.lanewise.linalg;

/// The eigenvalues of a positive semidefinite matrix.
///
/// @param values ascending, as computed: those of zero within rounding of it
/// @param error the spectral norm of what the matrix may be off by (0 or more), by which every
///   eigenvalue may move
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared
public record Spectrum(double[] values, double error) {
  /// Eigenvalues that were computed, of a matrix with rounded elements.
  ///
  /// @param values ascending
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] values) {
    return of(values, 0);
  }

  /// Eigenvalues that were computed, of a matrix that is off by as much as `error`.
  ///
  /// @param values ascending
  /// @throws IllegalArgumentException if one is negative by more than rounding
  static Spectrum of(double[] values, double error) {
    Spectrum spectrum = new Spectrum(values, error);
    if (spectrum.smallest() < -spectrum.rounding()) {
      throw new IllegalArgumentException(
          "covariance: found smallest eigenvalue %s, expected none below 0 (positive semidefinite)"
              .formatted(spectrum.smallest()));
    }
    return spectrum;
  }

  /// The eigenvalues of a symmetric matrix.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @param error the spectral norm of what it may be off by
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] matrix, int dim, double error) {
    return of(Algebra.active().eigenvalues(matrix, dim), error);
  }

  /// What rounding can leave of a zero eigenvalue: LAPACK's usual bound, and the matrix' own error.
  public double rounding() {
    return values.length == 0
        ? 0
        : values.length * Math.ulp(1.0) * Math.max(Math.abs(smallest()), Math.abs(largest()))
            + error;
  }

  /// The number of eigenvalues above rounding.
  public int rank() {
    double rounding = rounding();
    int rank = 0;
    for (double value : values) {
      rank += value > rounding ? 1 : 0;
    }
    return rank;
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
