package io.lanewise.run.group;

/// Whether a row is used, or why it is not.
public enum RowFate {
  /// It is used.
  USED,
  /// It has a null and is left out.
  NULL,
  /// It has nothing to evaluate and is left out.
  EMPTY,
  /// It has a number that is not finite and is left out.
  NON_FINITE,
  /// It has a number that is not finite and is used nevertheless.
  NON_FINITE_USED;

  /// Whether the row counts in results.
  public boolean isUsed() {
    return this == USED || this == NON_FINITE_USED;
  }
}
