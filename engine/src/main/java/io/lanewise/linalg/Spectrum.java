package io.lanewise.linalg;

/// The eigenvalues of a positive semidefinite matrix.
///
/// @param values ascending, as computed; zero eigenvalues are within rounding of 0
/// @param error the spectral norm of the possible error of the matrix (0 or more), by which every
///   eigenvalue may move
/// @param stored the spectral norm of the earlier rounding of the numbers of the matrix (0 or
///   more); an eigenvalue that is below 0 by no more than this counts as 0
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared
public record Spectrum(double[] values, double error, double stored) {
  /// From computed eigenvalues of a matrix with rounded elements.
  ///
  /// @param values ascending
  /// @throws IllegalArgumentException if one is negative by more than rounding
  public static Spectrum of(double[] values) {
    return checked(values, 0, 0);
  }

  /// From computed eigenvalues of a matrix with an error of up to `error`.
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

  /// The most that a zero eigenvalue can become by rounding: the usual bound of LAPACK plus the
  /// error of the matrix itself.
  public double rounding() {
    return values.length == 0
        ? 0
        : values.length * Math.ulp(1.0) * Math.max(Math.abs(smallest()), Math.abs(largest()))
            + error;
  }

  /// The number of eigenvalues above all rounding, earlier and in this computation.
  public int rank() {
    return above(rounding() + stored);
  }

  /// The number of eigenvalues above the rounding of this computation.
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
