package io.lanewise.batch;

/// One column of a schema.
///
/// @param name the column's name
/// @param shape scalar, vector or sequence
/// @param type the element type after widening (see [DType])
/// @param width elements a row: 1 for a scalar or text, D for a vector, 0 for a sequence, whose
///   rows differ
public record ColumnType(String name, Shape shape, DType type, int width) {
  /// For example `float32[64]`, `int32`, `list<float64>`, `text`.
  public String signature() {
    return switch (shape) {
      case SCALAR -> type.toString();
      case VECTOR -> type + "[" + width + "]";
      case SEQUENCE -> "list<" + type + ">";
    };
  }
}
