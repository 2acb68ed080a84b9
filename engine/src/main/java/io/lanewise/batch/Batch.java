package io.lanewise.batch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A run of consecutive rows of one file.
///
/// A batch is valid until it is closed; its columns must not be used afterwards. It may be read by
/// several threads at once.
public final class Batch implements AutoCloseable {
  private final long firstRow;
  private final int rows;
  private final SequencedMap<String, Column> columns;
  private final Runnable release;

  /// A batch over `columns`, which all have `rows` rows.
  ///
  /// @param firstRow the index in its file of the batch's first row
  /// @param release frees what the columns live in; run once, by [#close]
  /// @throws IllegalArgumentException if a column has another number of rows
  public Batch(long firstRow, int rows, List<? extends Column> columns, Runnable release) {
    for (Column column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(
            "column '%s': found %d rows, expected %d".formatted(column.name(), column.rows(), rows));
      }
    }
    this.firstRow = firstRow;
    this.rows = rows;
    SequencedMap<String, Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    this.columns = Collections.unmodifiableSequencedMap(byName);
    this.release = release;
  }

  /// The index in its file of the first row.
  public long firstRow() {
    return firstRow;
  }

  /// The number of rows.
  public int rows() {
    return rows;
  }

  /// The columns by name, in the file's order.
  public SequencedMap<String, Column> columns() {
    return columns;
  }

  /// The column of that name, or null.
  public @Nullable Column column(String name) {
    return columns.get(name);
  }

  /// Frees the memory behind the columns.
  @Override
  public void close() {
    release.run();
  }
}
