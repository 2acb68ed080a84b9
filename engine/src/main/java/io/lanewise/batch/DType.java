package io.lanewise.batch;

/// Element types of a column. Readers widen whatever else a file holds: float16 to [#FLOAT32],
/// integers of up to 32 bits (unsigned ones of up to 16) and booleans to [#INT32], the remaining
/// integers to [#INT64].
public enum DType {
  /// IEEE 754 binary32.
  FLOAT32(4),
  /// IEEE 754 binary64.
  FLOAT64(8),
  /// Signed 32-bit integer.
  INT32(4),
  /// Signed 64-bit integer.
  INT64(8),
  /// UTF-8 text; only [TextColumn] has it.
  TEXT(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /// Bytes an element takes.
  public int bytes() {
    return bytes;
  }

  /// Whether elements are floating-point numbers.
  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /// The type that kernels know elements by.
  ///
  /// @throws IllegalStateException if they are not floating-point numbers
  public FloatType floatType() {
    return switch (this) {
      case FLOAT32 -> FloatType.FLOAT32;
      case FLOAT64 -> FloatType.FLOAT64;
      case INT32, INT64, TEXT -> throw notFloat();
    };
  }

  /// What is thrown where only floating-point numbers can be.
  public IllegalStateException notFloat() {
    return new IllegalStateException("found " + this + ", expected float32 or float64");
  }

  /// Whether elements are integers.
  public boolean isInteger() {
    return this == INT32 || this == INT64;
  }

  /// The lower-case name used in messages, schemas and results: `float32`, `int64`, …
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
