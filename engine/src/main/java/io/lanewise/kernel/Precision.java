package io.lanewise.kernel;

/// What float32 data is computed in where float64 costs most: exponentials and logarithms, squared
/// errors with their sums over blocks of 512 dimensions, and cross-products with their sums over
/// blocks of 160 rows. (Those of float64 data are float64, and all other sums over rows and
/// dimensions are, always.)
public enum Precision {
  /// float64: a result has the digits that the data has.
  DOUBLE,
  /// float32, as fast as memory delivers the data: a term, or a sum of squared errors, is within
  /// about 2^-20 of its size, a cross-product within 2^-16 of its magnitudes, as the kernel says.
  SINGLE;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
