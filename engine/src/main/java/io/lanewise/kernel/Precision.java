package io.lanewise.kernel;

/// What exponentials and logarithms of float32 data are computed in. (Those of float64 data are
/// float64, and all sums over rows and dimensions are, always.)
public enum Precision {
  /// float64: a result has the digits that the data has.
  DOUBLE,
  /// float32, as fast as memory delivers the data: a term is within about 2^-20 of its size, as the
  /// kernel says.
  SINGLE;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
