package io.lanewise.batch;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// One number a row.
///
/// @param data `rows` elements of `type` in native byte order, at any alignment
/// @param unsigned whether 64-bit integers are unsigned; only columns that were requested as keys
///   are
public record ScalarColumn(
    String name, DType type, int rows, MemorySegment data, Validity validity, boolean unsigned)
    implements Column {

  /// A column of signed numbers.
  public ScalarColumn(String name, DType type, int rows, MemorySegment data, Validity validity) {
    this(name, type, rows, data, validity, false);
  }

  /// The first valid row that holds an integer beyond int64, or -1 if there is none.
  public int firstBeyondInt64() {
    for (int i = 0; unsigned && i < rows; i++) {
      if (getLong(i) < 0 && validity.isValid(i)) {
        return i;
      }
    }
    return -1;
  }

  private static double unsigned(long bits) {
    // Half of it, with the lost bit kept sticky, rounds as the whole would.
    return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | (bits & 1));
  }

  /// The element of row `i` as float64: exact for all but int64 beyond 2^53.
  public double getDouble(int i) {
    return switch (type) {
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4L * i);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8L * i);
      case INT32 -> data.get(JAVA_INT_UNALIGNED, 4L * i);
      case INT64 -> {
        long bits = data.get(JAVA_LONG_UNALIGNED, 8L * i);
        yield unsigned ? unsigned(bits) : bits;
      }
      case TEXT -> throw new IllegalStateException("column '" + name + "' is text");
    };
  }

  /// The elements of all rows as float64, as by [#getDouble]; the elements of null rows are
  /// arbitrary.
  ///
  /// @param into takes element i at i; at least as long as there are rows
  public void getDoubles(double[] into) {
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < rows; i++) {
          into[i] = data.get(JAVA_FLOAT_UNALIGNED, 4L * i);
        }
      }
      case FLOAT64 -> MemorySegment.copy(data, JAVA_DOUBLE_UNALIGNED, 0, into, 0, rows);
      case INT32 -> {
        for (int i = 0; i < rows; i++) {
          into[i] = data.get(JAVA_INT_UNALIGNED, 4L * i);
        }
      }
      case INT64 -> {
        for (int i = 0; i < rows; i++) {
          long bits = data.get(JAVA_LONG_UNALIGNED, 8L * i);
          into[i] = unsigned ? unsigned(bits) : bits;
        }
      }
      case TEXT -> throw new IllegalStateException("column '" + name + "' is text");
    }
  }

  /// The element of row `i` of an integer column; of an unsigned one its bits.
  public long getLong(int i) {
    return switch (type) {
      case INT32 -> data.get(JAVA_INT_UNALIGNED, 4L * i);
      case INT64 -> data.get(JAVA_LONG_UNALIGNED, 8L * i);
      case FLOAT32, FLOAT64, TEXT ->
          throw new IllegalStateException("column '" + name + "' is " + type + ", not an integer");
    };
  }

  @Override
  public ScalarColumn slice(int from, int count) {
    long bytes = type.bytes();
    return new ScalarColumn(
        name,
        type,
        count,
        data.asSlice(from * bytes, count * bytes),
        validity.slice(from),
        unsigned);
  }

  @Override
  public ColumnType describe() {
    return new ColumnType(name, Shape.SCALAR, type, 1);
  }
}
