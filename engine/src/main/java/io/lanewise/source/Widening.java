package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Files of one data set may differ in how they store a column: float32 beside float64, integers of
/// 32 bits beside 64, integers beside floats, lists of a fixed length beside lists of any. The data
/// set has the wider type, and rows of the other files are converted to it as they are read. No
/// float holds every int64, so an integer that float64 does not hold is refused.
final class Widening {
  private Widening() {}

  /// The narrowest type that holds the values of both, or null if there is none: text beside
  /// numbers, one number a row beside several, vectors of different lengths.
  static @Nullable ColumnType of(ColumnType a, ColumnType b) {
    DType type = of(a.type(), b.type());
    if (type == null) {
      return null;
    }
    if (a.shape() == b.shape() && a.width() == b.width()) {
      return new ColumnType(a.name(), a.shape(), type, a.width());
    }
    boolean lists = a.shape() != Shape.SCALAR && b.shape() != Shape.SCALAR;
    return lists && a.shape() != b.shape()
        ? new ColumnType(a.name(), Shape.SEQUENCE, type, 0)
        : null;
  }

  private static @Nullable DType of(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.isInteger() && b.isInteger()) {
      return DType.INT64;
    }
    return a == DType.TEXT || b == DType.TEXT ? null : DType.FLOAT64;
  }

  /// The batch with columns of the requested types. The result owns the batch, so close only the
  /// result.
  ///
  /// @throws DataException for an integer that float64 does not hold where floats are wanted
  static Batch apply(Batch batch, Map<String, ColumnType> wanted) {
    Arena arena = Arena.ofShared();
    boolean done = false;
    try {
      List<Column> columns = new ArrayList<>();
      for (Column column : batch.columns().values()) {
        ColumnType type = wanted.get(column.name());
        if (type != null && type.type() == DType.FLOAT64 && column.type() == DType.INT64) {
          refuseInexact(batch, column);
        }
        columns.add(type == null ? column : widened(column, type, arena));
      }
      done = true;
      return batch.withColumns(columns, arena::close);
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  private static void refuseInexact(Batch batch, Column column) {
    switch (column) {
      case ScalarColumn c -> {
        for (int i = 0; i < c.rows(); i++) {
          long value = c.getLong(i);
          if (c.validity().isValid(i)
              && !(c.unsigned() ? isExactUnsigned(value) : isExact(value))) {
            throw inexact(
                batch, c, i, c.unsigned() ? Long.toUnsignedString(value) : Long.toString(value));
          }
        }
      }
      case VectorColumn c -> {
        for (long at = 0; at < (long) c.rows() * c.width(); at++) {
          long value = c.data().get(JAVA_LONG_UNALIGNED, 8 * at);
          int row = (int) (at / c.width());
          if (!isExact(value) && c.validity().isValid(row) && c.elements().isValid(at)) {
            throw inexact(batch, c, row, Long.toString(value));
          }
        }
      }
      case SequenceColumn c -> {
        for (int row = 0; row < c.rows(); row++) {
          for (long at = c.start(row); at < c.start(row) + c.length(row); at++) {
            long value = c.data().get(JAVA_LONG_UNALIGNED, 8 * at);
            if (!isExact(value) && c.validity().isValid(row) && c.elements().isValid(at)) {
              throw inexact(batch, c, row, Long.toString(value));
            }
          }
        }
      }
      case TextColumn c -> throw new IllegalStateException(c.name());
    }
  }

  private static boolean isExact(long value) {
    // As an int64, 2^63 would come back as 2^63 - 1.
    return (long) (double) value == value && value != Long.MAX_VALUE;
  }

  private static boolean isExactUnsigned(long bits) {
    return Long.SIZE - Long.numberOfLeadingZeros(bits) - Long.numberOfTrailingZeros(bits) <= 53;
  }

  private static DataException inexact(Batch batch, Column column, int row, String found) {
    return new DataException(
        batch.place(column.name(), row),
        "found %s, expected an integer that float64 holds, as other files have floats in this column"
            .formatted(found));
  }

  private static Column widened(Column column, ColumnType to, Arena arena) {
    Column shaped =
        to.shape() == Shape.SEQUENCE && column instanceof VectorColumn vector
            ? vector.asSequence()
            : column;
    if (shaped.type() == to.type()) {
      return shaped;
    }
    return switch (shaped) {
      case ScalarColumn c when c.unsigned() -> {
        double[] values = new double[c.rows()];
        c.getDoubles(values);
        MemorySegment wide = arena.allocate(Math.max(1, 8L * c.rows()), 64);
        MemorySegment.copy(values, 0, wide, JAVA_DOUBLE_UNALIGNED, 0, c.rows());
        yield new ScalarColumn(c.name(), to.type(), c.rows(), wide, c.validity());
      }
      case ScalarColumn c ->
          new ScalarColumn(
              c.name(),
              to.type(),
              c.rows(),
              numbers(c.type(), c.data(), c.rows(), to.type(), arena),
              c.validity());
      case VectorColumn c ->
          new VectorColumn(
              c.name(),
              to.type(),
              c.rows(),
              c.width(),
              numbers(c.type(), c.data(), (long) c.rows() * c.width(), to.type(), arena),
              c.validity(),
              c.elements());
      case SequenceColumn c ->
          new SequenceColumn(
              c.name(),
              to.type(),
              c.rows(),
              c.offsets(),
              c.first(),
              numbers(c.type(), c.data(), c.data().byteSize() / c.type().bytes(), to.type(), arena),
              c.validity(),
              c.elements());
      case TextColumn c -> throw new IllegalStateException(c.name());
    };
  }

  private static MemorySegment numbers(
      DType from, MemorySegment data, long count, DType to, Arena arena) {
    MemorySegment wide = arena.allocate(Math.max(1, 8 * count), 64).asSlice(0, 8 * count);
    for (long i = 0; i < count; i++) {
      if (to == DType.INT64) {
        wide.set(JAVA_LONG_UNALIGNED, 8 * i, data.get(JAVA_INT_UNALIGNED, 4 * i));
        continue;
      }
      double value =
          switch (from) {
            case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
            case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
            case INT32 -> data.get(JAVA_INT_UNALIGNED, 4 * i);
            case INT64 -> data.get(JAVA_LONG_UNALIGNED, 8 * i);
            case TEXT -> throw new IllegalStateException(from + " to " + to);
          };
      wide.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
    }
    return wide;
  }
}
