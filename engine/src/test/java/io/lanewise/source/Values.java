package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Columns as plain Java values, for tests: a row is a `Float`, `Double`, `Integer`, `Long`,
/// `String`, a list of numbers, or null; and random ones.
public final class Values {
  private Values() {}

  /// The value of one row.
  public static @Nullable Object of(Column column, int row) {
    if (!column.validity().isValid(row)) {
      return null;
    }
    return switch (column) {
      case ScalarColumn s -> element(s.data(), s.type(), row);
      case TextColumn t -> t.values().get(row);
      case VectorColumn v ->
          list(v.data(), v.type(), v.elements(), (long) row * v.width(), v.width());
      case SequenceColumn s ->
          list(s.data(), s.type(), s.elements(), s.start(row), (int) s.length(row));
    };
  }

  private static List<@Nullable Object> list(
      MemorySegment data, DType type, Validity valid, long start, int count) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(valid.isValid(start + i) ? element(data, type, start + i) : null);
    }
    return values;
  }

  private static Object element(MemorySegment data, DType type, long i) {
    return switch (type) {
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
      case INT32 -> data.get(JAVA_INT_UNALIGNED, 4 * i);
      case INT64 -> data.get(JAVA_LONG_UNALIGNED, 8 * i);
      case TEXT -> throw new IllegalStateException();
    };
  }

  /// All rows of some columns, by column; checks on the way what every cursor promises.
  public static Map<String, List<@Nullable Object>> read(
      Source source, List<String> columns, int batchRows) {
    try (Cursor cursor = source.read(columns, batchRows)) {
      return drain(cursor, columns, batchRows);
    }
  }

  /// All rows of all columns.
  public static Map<String, List<@Nullable Object>> read(Source source, int batchRows) {
    return read(source, source.schema().stream().map(ColumnType::name).toList(), batchRows);
  }

  static Map<String, List<@Nullable Object>> drain(
      Cursor cursor, List<String> columns, int batchRows) {
    Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
    columns.forEach(name -> values.put(name, new ArrayList<>()));
    long row = 0;
    for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
      try (Batch _ = batch) {
        assertThat(batch.firstRow()).isEqualTo(row);
        assertThat(batch.rows()).isBetween(1, batchRows);
        assertThat(batch.columns().keySet()).containsExactlyInAnyOrderElementsOf(columns);
        for (Column column : batch.columns().values()) {
          assertThat(column.rows()).isEqualTo(batch.rows());
          for (int i = 0; i < batch.rows(); i++) {
            values.get(column.name()).add(of(column, i));
          }
        }
        row += batch.rows();
      }
    }
    assertThat(cursor.next()).isNull();
    return values;
  }

  /// The rows of a batch, by column.
  public static Map<String, List<@Nullable Object>> of(Batch batch) {
    Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
    for (Column column : batch.columns().values()) {
      List<@Nullable Object> rows = new ArrayList<>();
      for (int i = 0; i < batch.rows(); i++) {
        rows.add(of(column, i));
      }
      values.put(column.name(), rows);
    }
    return values;
  }

  /// One column of every shape and type, but no sequences or text if `arrays`.
  public static List<ColumnType> types(boolean arrays) {
    List<ColumnType> types = new ArrayList<>();
    for (DType type : DType.values()) {
      if (type == DType.TEXT) {
        if (!arrays) {
          types.add(new ColumnType("a text, \"quoted\"", Shape.SCALAR, type, 1));
        }
        continue;
      }
      types.add(new ColumnType("s '" + type, Shape.SCALAR, type, 1));
      types.add(new ColumnType("v " + type, Shape.VECTOR, type, 5));
      if (!arrays) {
        types.add(new ColumnType("l \"" + type, Shape.SEQUENCE, type, 0));
      }
    }
    types.add(new ColumnType("v1", Shape.VECTOR, DType.FLOAT32, 1));
    return types;
  }

  /// Random rows, with all kinds of special values.
  public static Batch random(long seed, int rows, boolean nulls, List<ColumnType> types) {
    Random random = new Random(seed);
    Arena arena = Arena.ofShared();
    List<Column> columns = new ArrayList<>();
    for (ColumnType type : types) {
      Validity valid = nulls ? validity(random, arena, rows) : Validity.ALL;
      columns.add(
          switch (type.shape()) {
            case SCALAR ->
                type.type() == DType.TEXT
                    ? new TextColumn(type.name(), rows, texts(random, rows), valid)
                    : new ScalarColumn(
                        type.name(),
                        type.type(),
                        rows,
                        data(random, arena, type.type(), rows),
                        valid);
            case VECTOR -> {
              long n = (long) rows * type.width();
              yield new VectorColumn(
                  type.name(),
                  type.type(),
                  rows,
                  type.width(),
                  data(random, arena, type.type(), n),
                  valid,
                  nulls ? validity(random, arena, n) : Validity.ALL);
            }
            case SEQUENCE -> {
              long[] offsets = new long[rows + 1];
              offsets[0] = 3;
              for (int i = 0; i < rows; i++) {
                offsets[i + 1] = offsets[i] + random.nextInt(7);
              }
              yield new SequenceColumn(
                  type.name(),
                  type.type(),
                  rows,
                  offsets,
                  0,
                  data(random, arena, type.type(), offsets[rows]),
                  valid,
                  nulls ? validity(random, arena, offsets[rows]) : Validity.ALL);
            }
          });
    }
    return new Batch(0, rows, columns, arena::close);
  }

  private static Validity validity(Random random, Arena arena, long count) {
    // Beginning within a byte, as after a cut.
    MemorySegment bits = arena.allocate((count + 3) / 8 + 1);
    for (long i = 0; i < bits.byteSize(); i++) {
      bits.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (random.nextInt() | 0b0010_1010));
    }
    return new Validity(bits, 3);
  }

  private static List<String> texts(Random random, int rows) {
    String[] texts = {
      "",
      "a",
      "λ-wise",
      "with, comma",
      "with \"quotes\"",
      "two\nlines",
      " padded ",
      "\uD83D\uDE00",
      ";\t"
    };
    List<String> values = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      values.add(texts[i == 0 ? 1 : random.nextInt(texts.length)]);
    }
    return values;
  }

  private static MemorySegment data(Random random, Arena arena, DType type, long count) {
    MemorySegment data = arena.allocate(Math.max(1, count * type.bytes()));
    for (long i = 0; i < count; i++) {
      int special = random.nextInt(16);
      switch (type) {
        case FLOAT32 ->
            data.set(
                JAVA_FLOAT_UNALIGNED,
                4 * i,
                switch (special) {
                  case 0 -> Float.NaN;
                  case 1 -> Float.POSITIVE_INFINITY;
                  case 2 -> Float.NEGATIVE_INFINITY;
                  case 3 -> Float.MIN_VALUE;
                  case 4 -> -Float.MAX_VALUE;
                  default -> (float) random.nextGaussian();
                });
        case FLOAT64 ->
            data.set(
                JAVA_DOUBLE_UNALIGNED,
                8 * i,
                switch (special) {
                  case 0 -> Double.NaN;
                  case 1 -> Double.POSITIVE_INFINITY;
                  case 2 -> Double.NEGATIVE_INFINITY;
                  case 3 -> Double.MIN_VALUE;
                  case 4 -> -Double.MAX_VALUE;
                  default -> random.nextGaussian();
                });
        case INT32 -> data.set(JAVA_INT_UNALIGNED, 4 * i, random.nextInt());
        case INT64 ->
            data.set(
                JAVA_LONG_UNALIGNED, 8 * i, special == 0 ? Long.MIN_VALUE + 1 : random.nextLong());
        case TEXT -> throw new IllegalStateException();
      }
    }
    return data.asSlice(0, count * type.bytes());
  }
}
