package io.lanewise.plan;

/// What to do with rows that have nulls, or NaN or infinite inputs or results.
public enum Policy {
  /// The first such row is an error that says where it is.
  FAIL,
  /// They are counted and left out.
  SKIP,
  /// Nulls are counted and left out; NaN and infinities are counted and flow into every result.
  PROPAGATE;

  /// The lower-case name used in plans and results.
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
