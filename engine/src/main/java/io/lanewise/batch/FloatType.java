package io.lanewise.batch;

/// Element types that kernels compute with. Whoever depends on the type switches over it without
/// `default`, so that the compiler names the place when a type is added.
public enum FloatType {
  /// IEEE 754 binary16.
  FLOAT16(2),
  /// The upper half of a binary32.
  BFLOAT16(2),
  /// IEEE 754 binary32.
  FLOAT32(4),
  /// IEEE 754 binary64.
  FLOAT64(8);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /// Bytes an element takes.
  public int bytes() {
    return bytes;
  }

  /// The type that holds each value of this one and that results have: float64 for float64 and
  /// float32 for all others.
  public FloatType widened() {
    return switch (this) {
      case FLOAT16, BFLOAT16, FLOAT32 -> FLOAT32;
      case FLOAT64 -> FLOAT64;
    };
  }

  /// The lower-case name used in messages: `float32`, `bfloat16`, …
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
