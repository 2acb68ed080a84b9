package io.lanewise.batch;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Rows of floating-point numbers, one after the other without gaps.
///
/// @param type the element type
/// @param data at least `rows * columns` elements in native byte order, at any alignment
/// @param rows the number of rows
/// @param columns elements a row
public record Matrix(FloatType type, MemorySegment data, int rows, int columns) {
  /// A column of float32 or float64 numbers as a matrix.
  public static Matrix of(DType type, MemorySegment data, int rows, int columns) {
    return new Matrix(type.floatType(), data, rows, columns);
  }

  /// A number of values, one a row.
  public static Matrix values(FloatType type, MemorySegment data, long count) {
    return new Matrix(type, data, Math.toIntExact(count), 1);
  }

  /// The number of elements.
  public long elements() {
    return (long) rows * columns;
  }

  /// Rows `from` to `from + count`: the same memory.
  public Matrix slice(int from, int count) {
    long row = (long) columns * type.bytes();
    return new Matrix(type, data.asSlice(from * row, count * row), count, columns);
  }

  /// Element i, counted along rows, as float64.
  public double get(long i) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, 2 * i));
      case BFLOAT16 -> Float.intBitsToFloat(data.get(JAVA_SHORT_UNALIGNED, 2 * i) << 16);
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
    };
  }
}
