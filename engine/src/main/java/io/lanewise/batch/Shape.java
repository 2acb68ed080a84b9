package io.lanewise.batch;

/// How many elements a row of a column holds.
public enum Shape {
  /// One element a row.
  SCALAR,
  /// The same number of elements in each row (Arrow `FixedSizeList`).
  VECTOR,
  /// Any number of elements a row (Arrow `List`).
  SEQUENCE;

  /// The lower-case name used in messages and schemas.
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
