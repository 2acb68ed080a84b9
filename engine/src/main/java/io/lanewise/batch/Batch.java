package io.lanewise.batch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A run of consecutive rows of one file.
///
/// Rows have two indices: one across all files that are read as one ([#firstRow], which seeds noise
/// and numbers results), and one within their file ([#firstRowInFile], which messages use). A batch
/// never crosses files.
///
/// A batch is valid until it is closed; its columns must not be used afterwards. It may be read by
/// several threads at once.
public final class Batch implements AutoCloseable {
  private final String file;
  private final long firstRowInFile;
  private final long firstRow;
  private final int rows;
  private final SequencedMap<String, Column> columns;
  private final AtomicReference<@Nullable Runnable> release;

  /// A batch over `columns` of a file that is read alone or first, so that both row indices agree.
  ///
  /// @param file the name of the file used in messages
  /// @param firstRow the index in its file of the batch's first row
  /// @param release frees the memory of the columns; [#close] runs it once
  /// @throws IllegalArgumentException if a column has another number of rows
  public Batch(
      String file, long firstRow, int rows, List<? extends Column> columns, Runnable release) {
    for (Column column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(
            "column '%s': found %d rows, expected %d"
                .formatted(column.name(), column.rows(), rows));
      }
    }
    this.file = file;
    this.firstRowInFile = firstRow;
    this.firstRow = firstRow;
    this.rows = rows;
    SequencedMap<String, Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    this.columns = Collections.unmodifiableSequencedMap(byName);
    this.release = new AtomicReference<>(release);
  }

  /// A batch of rows that came from no file; messages call it `batch`.
  public Batch(long firstRow, int rows, List<? extends Column> columns, Runnable release) {
    this("batch", firstRow, rows, columns, release);
  }

  private Batch(Batch of, long firstRow, AtomicReference<@Nullable Runnable> release) {
    this.file = of.file;
    this.firstRowInFile = of.firstRowInFile;
    this.firstRow = firstRow;
    this.rows = of.rows;
    this.columns = of.columns;
    this.release = release;
  }

  /// The same rows with indices from `firstRow`. Closing either batch frees both.
  public Batch numberedFrom(long firstRow) {
    return new Batch(this, firstRow, release);
  }

  /// The same rows, with an action to run after they are freed. Close the result, not this batch.
  public Batch onClose(Runnable after) {
    return new Batch(
        this,
        firstRow,
        new AtomicReference<>(() -> {
          try {
            close();
          } finally {
            after.run();
          }
        }));
  }

  /// The same rows as other columns, with an action to run before they are freed. Close the result,
  /// not this batch.
  public Batch withColumns(List<? extends Column> others, Runnable before) {
    return new Batch(
            file,
            firstRowInFile,
            rows,
            others,
            () -> {
              try {
                before.run();
              } finally {
                close();
              }
            })
        .numberedFrom(firstRow);
  }

  /// The file the rows come from, by the name that messages use.
  public String file() {
    return file;
  }

  /// The index in its file of the first row.
  public long firstRowInFile() {
    return firstRowInFile;
  }

  /// The index of the first row in the data set, or in the file if it is read alone.
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

  /// The place of row `row` of this batch, with which messages begin: `a.arrow: column 'x' row
  /// 1041`.
  public String place(String column, int row) {
    return "%s: column '%s' row %d".formatted(file, column, firstRowInFile + row);
  }

  /// Frees the memory behind the columns. Closing again does nothing. Throws the exception of the
  /// reader if the file turns out to be damaged only after its rows have been read.
  @Override
  public void close() {
    Runnable free = release.getAndSet(null);
    if (free != null) {
      free.run();
    }
  }
}
