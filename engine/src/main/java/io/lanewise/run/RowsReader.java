package io.lanewise.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.kernel.FiniteScan;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.Rows;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns batches into the rows of one set, as an objective sees them. Numbers of a mapped file are
/// copied into scratch memory, and numbers of another type than that of the role are widened there.
/// Other memory is passed through. Used by one worker.
final class RowsReader {
  private static final boolean[] NO_NULLS = new boolean[0];

  private final SetBinding binding;
  private final Map<String, Scratch> scratch = new HashMap<>();
  private boolean[] isNull = new boolean[0];
  private int nulls;

  RowsReader(SetBinding binding) {
    this.binding = binding;
  }

  /// The rows of a batch; valid until the next call.
  Rows read(Batch batch) {
    nulls = 0;
    if (isNull.length < batch.rows()) {
      isNull = new boolean[batch.rows()];
    }
    Arrays.fill(isNull, false);
    Map<String, MemorySegment> vectors = new LinkedHashMap<>();
    Map<String, Integer> widths = new LinkedHashMap<>();
    Map<String, SequenceColumn> sequences = new LinkedHashMap<>();
    Map<String, ScalarColumn> integers = new LinkedHashMap<>();
    Map<String, TextColumn> texts = new LinkedHashMap<>();
    for (Role role : binding.set().roles()) {
      ColumnType type = binding.types().get(role.name());
      List<Column> columns = columns(batch, role);
      if (type == null || columns.isEmpty()) {
        continue;
      }
      columns.forEach(this::markNulls);
      if (role.kind() != Role.Kind.ID) {
        columns.forEach(column -> requireInt64(batch, column));
      }
      Column column = columns.getFirst();
      if (column instanceof TextColumn text) {
        texts.put(role.name(), text);
      } else if (role.shape() == Shape.SEQUENCE) {
        sequences.put(role.name(), sequence(role, column));
      } else if (role.kind() != Role.Kind.NUMBER) {
        integers.put(role.name(), scalar(column));
      } else {
        vectors.put(role.name(), numbers(batch, role, columns, type.width()));
        widths.put(role.name(), type.width());
      }
    }
    return new Rows(
        batch.firstRow(),
        batch.firstRowInFile(),
        batch.rows(),
        binding.type(),
        vectors,
        widths,
        sequences,
        integers,
        nulls > 0 ? isNull : NO_NULLS,
        texts);
  }

  /// Whether a bound column of the rows last read was null in row `i`.
  boolean isNull(int i) {
    return isNull[i];
  }

  /// How many of the rows last read are null.
  int nulls() {
    return nulls;
  }

  /// The number roles' first NaN or infinity in row `i`, as `column 'x' element 3: found NaN`; null
  /// if all are finite.
  static @Nullable String firstNonFinite(SetBinding binding, Rows rows, int i) {
    for (Map.Entry<String, MemorySegment> entry : rows.vectors().entrySet()) {
      int width = rows.width(entry.getKey());
      MemorySegment row = slice(rows.type(), entry.getValue(), (long) i * width, width);
      long at = firstNonFinite(binding, entry.getKey(), rows.type(), row);
      if (at >= 0) {
        String value = Double.toString(rows.element(row, at));
        for (ColumnType part : binding.columns().getOrDefault(entry.getKey(), List.of())) {
          if (at < part.width()) {
            return found(part.name(), part.width(), at, value);
          }
          at -= part.width();
        }
      }
    }
    for (Map.Entry<String, SequenceColumn> entry : rows.sequences().entrySet()) {
      SequenceColumn column = entry.getValue();
      if (!column.type().isFloat()) {
        continue;
      }
      MemorySegment row = slice(column.type(), column.data(), column.start(i), column.length(i));
      long at = firstNonFinite(column.type(), row);
      if (at >= 0) {
        return found(column.name(), column.length(i), at, Double.toString(rows.element(row, at)));
      }
    }
    return null;
  }

  private static String found(String column, long elements, long at, String value) {
    return "column '%s'%s: found %s"
        .formatted(column, elements == 1 ? "" : " element " + at, value);
  }

  /// The index of the first NaN or infinity, or -1.
  static long firstNonFinite(DType type, MemorySegment values) {
    FiniteScan scan = Kernels.active().finiteScan();
    return scan.firstNonFinite(type.floatType(), values, values.byteSize() / type.bytes());
  }

  /// The same for the numbers of a role, of which logits may be -infinity.
  private static long firstNonFinite(
      SetBinding binding, String role, DType type, MemorySegment values) {
    boolean logits =
        binding.set().roles().stream()
            .anyMatch(r -> r.name().equals(role) && r.range() == Range.LOGIT);
    long at = firstNonFinite(type, values);
    if (!logits || at < 0) {
      return at;
    }
    long count = values.byteSize() / type.bytes();
    for (; at < count; at++) {
      double value =
          type == DType.FLOAT32
              ? values.get(JAVA_FLOAT_UNALIGNED, 4 * at)
              : values.get(JAVA_DOUBLE_UNALIGNED, 8 * at);
      if (!Double.isFinite(value) && value != Double.NEGATIVE_INFINITY) {
        return at;
      }
    }
    return -1;
  }

  /// Whether every scalar and vector NUMBER role is finite in every row.
  static boolean allFinite(SetBinding binding, Rows rows) {
    return rows.vectors().entrySet().stream()
        .allMatch(role -> firstNonFinite(binding, role.getKey(), rows.type(), role.getValue()) < 0);
  }

  private static MemorySegment slice(DType type, MemorySegment data, long from, long count) {
    return data.asSlice(from * type.bytes(), count * type.bytes());
  }

  private List<Column> columns(Batch batch, Role role) {
    List<Column> columns = new ArrayList<>();
    for (ColumnType type : binding.columns().getOrDefault(role.name(), List.of())) {
      Column column = batch.column(type.name());
      if (column != null) {
        columns.add(column);
      }
    }
    return columns;
  }

  /// The numbers of a scalar or vector role: the column's own memory if there is one column of the
  /// objective's type, else a copy in which the columns' elements follow each other row by row.
  private MemorySegment numbers(Batch batch, Role role, List<Column> columns, int width) {
    if (columns.size() == 1) {
      VectorColumn vector = vector(batch, columns.getFirst(), width);
      return widened(role.name(), vector.type(), vector.data(), elements(vector));
    }
    DType type = binding.type();
    List<ColumnType> parts = binding.columns().getOrDefault(role.name(), List.of());
    MemorySegment out = scratchOf(role.name()).bytes((long) batch.rows() * width * type.bytes());
    int offset = 0;
    for (int c = 0; c < columns.size(); c++) {
      VectorColumn part = vector(batch, columns.get(c), parts.get(c).width());
      MemorySegment from = widened(role.name() + " " + c, part.type(), part.data(), elements(part));
      for (int i = 0; i < batch.rows(); i++) {
        for (int j = 0; j < part.width(); j++) {
          long at = (long) i * part.width() + j;
          long to = (long) i * width + offset + j;
          switch (type) {
            case FLOAT32 -> {
              out.set(JAVA_FLOAT_UNALIGNED, 4 * to, from.get(JAVA_FLOAT_UNALIGNED, 4 * at));
            }
            case FLOAT64 -> {
              out.set(JAVA_DOUBLE_UNALIGNED, 8 * to, from.get(JAVA_DOUBLE_UNALIGNED, 8 * at));
            }
            case INT32, INT64, TEXT -> throw type.notFloat();
          }
        }
      }
      offset += part.width();
    }
    return out;
  }

  private Scratch scratchOf(String name) {
    return scratch.computeIfAbsent(name, any -> new Scratch());
  }

  /// A row is null if the row or an element of it is null in any bound column.
  private void markNulls(Column column) {
    if (column.validity().isAll() && elementValidity(column).isAll()) {
      return;
    }
    for (int i = 0; i < column.rows(); i++) {
      if (!isNull[i] && isNull(column, i)) {
        isNull[i] = true;
        nulls++;
      }
    }
  }

  private static boolean isNull(Column column, int i) {
    return !column.validity().isValid(i) || firstNullElement(column, i) >= 0;
  }

  /// Which elements of a column are null, apart from null rows.
  private static Validity elementValidity(Column column) {
    return switch (column) {
      case VectorColumn vector -> vector.elements();
      case SequenceColumn sequence -> sequence.elements();
      case ScalarColumn _, TextColumn _ -> Validity.ALL;
    };
  }

  /// The first null element of row `i`, counted from the row's first, or -1 if it has none.
  private static long firstNullElement(Column column, int i) {
    long start =
        switch (column) {
          case VectorColumn vector -> (long) i * vector.width();
          case SequenceColumn sequence -> sequence.start(i);
          case ScalarColumn _, TextColumn _ -> 0;
        };
    long length =
        switch (column) {
          case VectorColumn vector -> vector.width();
          case SequenceColumn sequence -> sequence.length(i);
          case ScalarColumn _, TextColumn _ -> 0;
        };
    long at = elementValidity(column).firstNull(start, start + length);
    return at < 0 ? -1 : at - start;
  }

  /// The bound columns' first null in row `i` of a batch, as `column 'x' element 3: found null`.
  static String firstNull(SetBinding binding, Batch batch, int i) {
    for (String name : binding.columnNames()) {
      Column column = batch.column(name);
      if (column != null && isNull(column, i)) {
        long at = column.validity().isValid(i) ? firstNullElement(column, i) : -1;
        return "column '%s'%s: found null".formatted(name, at < 0 ? "" : " element " + at);
      }
    }
    throw new IllegalStateException("row " + i + " holds no null");
  }

  /// A column that is also a key includes numbers beyond int64.
  private static void requireInt64(Batch batch, Column column) {
    int row = column instanceof ScalarColumn scalar ? scalar.firstBeyondInt64() : -1;
    if (row >= 0 && column instanceof ScalarColumn scalar) {
      throw new DataException(
          batch.place(column.name(), row),
          "found %s, expected at most %d, the largest int64"
              .formatted(Long.toUnsignedString(scalar.getLong(row)), Long.MAX_VALUE));
    }
  }

  private static ScalarColumn scalar(Column column) {
    return switch (column) {
      case ScalarColumn scalar -> scalar;
      case VectorColumn vector ->
          new ScalarColumn(
              vector.name(), vector.type(), vector.rows(), vector.data(), vector.validity());
      case SequenceColumn other -> throw new IllegalStateException(other.name());
      case TextColumn other -> throw new IllegalStateException(other.name());
    };
  }

  private static VectorColumn vector(Batch batch, Column column, int width) {
    return switch (column) {
      case ScalarColumn s ->
          new VectorColumn(s.name(), s.type(), s.rows(), 1, s.data(), s.validity(), Validity.ALL);
      case VectorColumn v -> v;
      case SequenceColumn s -> {
        int ragged = s.firstRowNotOfLength(width);
        if (ragged >= 0) {
          throw new DataException(
              batch.file(),
              "column '%s' row %d: found %d elements, expected %d as in the first row that is not null"
                  .formatted(s.name(), batch.firstRowInFile() + ragged, s.length(ragged), width));
        }
        yield s.asVector(width);
      }
      case TextColumn t -> throw new IllegalStateException(t.name());
    };
  }

  private static long elements(VectorColumn vector) {
    return (long) vector.rows() * vector.width();
  }

  private SequenceColumn sequence(Role role, Column column) {
    SequenceColumn sequence =
        switch (column) {
          case SequenceColumn s -> s;
          case VectorColumn v -> v.asSequence();
          case ScalarColumn s -> throw new IllegalStateException(s.name());
          case TextColumn t -> throw new IllegalStateException(t.name());
        };
    if (role.kind() == Role.Kind.INTEGER) {
      return new SequenceColumn(
          sequence.name(),
          sequence.type(),
          sequence.rows(),
          sequence.offsets(),
          sequence.first(),
          unmapped(role.name(), sequence.data()),
          sequence.validity(),
          sequence.elements());
    }
    long elements = sequence.data().byteSize() / sequence.type().bytes();
    return new SequenceColumn(
        sequence.name(),
        binding.type(),
        sequence.rows(),
        sequence.offsets(),
        sequence.first(),
        widened(role.name(), sequence.type(), sequence.data(), elements),
        sequence.validity(),
        sequence.elements());
  }

  /// The same numbers in memory that kernels may read. If a mapped file is cut short, a vector load
  /// from the missing pages ends the process. The copy leaves the numbers in the cache of the core
  /// for the kernel.
  private MemorySegment unmapped(String name, MemorySegment data) {
    if (!data.isMapped()) {
      return data;
    }
    MemorySegment copy = scratchOf(name).bytes(data.byteSize());
    DataSet.copy(data, copy);
    return copy;
  }

  private MemorySegment widened(String name, DType from, MemorySegment data, long elements) {
    if (from == binding.type()) {
      return unmapped(name, data);
    }
    MemorySegment stored = unmapped(name + " as stored", data);
    MemorySegment out = scratchOf(name).bytes(8 * elements);
    for (long i = 0; i < elements; i++) {
      double value =
          switch (from) {
            case FLOAT32 -> stored.get(JAVA_FLOAT_UNALIGNED, 4 * i);
            case FLOAT64 -> stored.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
            case INT32 -> stored.get(JAVA_INT_UNALIGNED, 4 * i);
            case INT64 -> stored.get(JAVA_LONG_UNALIGNED, 8 * i);
            case TEXT -> stored.get(JAVA_BYTE, i);
          };
      out.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
    }
    return out;
  }
}
