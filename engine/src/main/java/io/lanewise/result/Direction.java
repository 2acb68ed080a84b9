package io.lanewise.result;

/// Which values of a measure are better.
public enum Direction {
  /// Higher is better.
  HIGHER,
  /// Lower is better.
  LOWER,
  /// Neither: the measure describes, it does not rank.
  NEITHER;

  /// The lower-case name used in results.
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
