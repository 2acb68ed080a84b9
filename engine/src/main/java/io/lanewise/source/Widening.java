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
/// 32 bits beside 64, lists of a fixed length beside lists of any. The data set has the wider type,
/// and rows of the other files are converted to it as they are read.
final class Widening {
  private Widening() {}

  /// The narrowest type that holds the values of both, or null if there is none: text or integers
  /// beside floats, one number a row beside several, vectors of different lengths.
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
    // No float holds every int64.
    return a.isFloat() && b.isFloat() ? DType.FLOAT64 : null;
  }

  /// The batch with columns of the requested types. The result owns the batch, so close only the
  /// result.
  static Batch apply(Batch batch, Map<String, ColumnType> wanted) {
    Arena arena = Arena.ofShared();
    boolean done = false;
    try {
      List<Column> columns = new ArrayList<>();
      for (Column column : batch.columns().values()) {
        ColumnType type = wanted.get(column.name());
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
            case INT32, INT64, TEXT -> throw new IllegalStateException(from + " to " + to);
          };
      wide.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
    }
    return wide;
  }
}
