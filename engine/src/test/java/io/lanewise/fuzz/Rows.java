package io.lanewise.fuzz;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.VectorColumn;
import io.lanewise.source.Cursor;
import io.lanewise.source.Reading;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import io.lanewise.source.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rows of a file by column: null, a number, a text, or a list of those.
///
/// @param whole false if there were more than anybody compares
record Rows(Map<String, List<@Nullable Object>> columns, boolean whole) {
  /// A column of more values is not compared, only read.
  private static final long MOST = 100_000;

  /// A run of so many rows is read no further.
  private static final long MOST_ROWS = 5_000_000;

  /// What a small file may take in memory when it has to be expanded.
  static final Reading READING = new Reading(true, 256L << 20);

  static Rows of(Map<String, List<@Nullable Object>> columns) {
    return new Rows(columns, true);
  }

  /// Reads all columns of a file.
  ///
  /// @param oneByOne whether each column is read in a pass of its own
  static Rows read(Path file, int batchRows, boolean oneByOne) {
    Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
    boolean whole = true;
    try (Source source = Sources.open(file.toString(), READING)) {
      List<String> names = source.schema().stream().map(ColumnType::name).toList();
      source.unsupported().forEach(column -> column.type().length());
      if (oneByOne) {
        for (String name : names) {
          whole &= drain(source, List.of(name), batchRows, columns);
        }
      } else if (!names.isEmpty()) {
        whole = drain(source, names, batchRows, columns);
      }
    }
    return new Rows(columns, whole);
  }

  private static boolean drain(
      Source source,
      List<String> names,
      int batchRows,
      Map<String, List<@Nullable Object>> columns) {
    names.forEach(name -> columns.put(name, new ArrayList<>()));
    Map<String, long[]> counts = new LinkedHashMap<>();
    names.forEach(name -> counts.put(name, new long[1]));
    boolean whole = true;
    long rows = 0;
    try (Cursor cursor = source.read(names, batchRows)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          rows += open.rows();
          for (Column column : open.columns().values()) {
            List<@Nullable Object> values = columns.getOrDefault(column.name(), List.of());
            long[] count = counts.getOrDefault(column.name(), new long[1]);
            for (int i = 0; i < open.rows(); i++) {
              count[0] += 1 + length(column, i);
              if (count[0] > MOST) {
                whole = false;
                break;
              }
              values.add(Values.of(column, i));
            }
          }
        }
        if (rows > MOST_ROWS) {
          return false;
        }
      }
    }
    return whole;
  }

  private static long length(Column column, int row) {
    return switch (column) {
      case VectorColumn vectors -> vectors.width();
      case SequenceColumn lists when lists.validity().isValid(row) -> lists.length(row);
      default -> 0;
    };
  }

  /// The first difference from what somebody else read, or null.
  @Nullable String differenceFrom(Rows other) {
    if (!columns.keySet().equals(other.columns.keySet())) {
      return "columns %s, but %s elsewhere".formatted(columns.keySet(), other.columns.keySet());
    }
    for (Map.Entry<String, List<@Nullable Object>> column : columns.entrySet()) {
      List<@Nullable Object> ours = column.getValue();
      List<@Nullable Object> theirs = other.columns.getOrDefault(column.getKey(), List.of());
      if (ours.size() != theirs.size()) {
        return "column '%s': %d rows, but %d elsewhere"
            .formatted(column.getKey(), ours.size(), theirs.size());
      }
      for (int i = 0; i < ours.size(); i++) {
        if (!same(ours.get(i), theirs.get(i))) {
          return "column '%s' row %d: %s, but %s elsewhere"
              .formatted(column.getKey(), i, shown(ours.get(i)), shown(theirs.get(i)));
        }
      }
    }
    return null;
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private static boolean same(@Nullable Object ours, @Nullable Object theirs) {
    if (ours instanceof List<?> a && theirs instanceof List<?> b) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (ours instanceof Number a && theirs instanceof Number b) {
      boolean floats = a instanceof Float || a instanceof Double;
      if (floats != (b instanceof Float || b instanceof Double)) {
        return false;
      }
      // Any NaN is any other; 0 and -0 are two numbers.
      return floats
          ? Double.compare(a.doubleValue(), b.doubleValue()) == 0
          : a.longValue() == b.longValue();
    }
    return ours == null ? theirs == null : ours.equals(theirs);
  }
}
