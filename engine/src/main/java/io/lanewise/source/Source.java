package io.lanewise.source;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One open file (or standard input) as rows of typed columns.
///
/// The schema is checked when the source is opened; bytes are checked as they are read.
/// Memory-mapped sources hand out views of the mapping; the others own what they read until the
/// batch is closed.
public sealed interface Source extends AutoCloseable
    permits ArrowFile, ArrowStream, NpyFile, NpzFile, ParquetFile, CsvFile, SafetensorsFile {
  /// The name used in messages: the path as given, or `-` for standard input.
  String name();

  /// The format's name: `arrow-file`, `arrow-stream`, `parquet`, `npy`, `npz`, `safetensors` or
  /// `csv`.
  String format();

  /// The columns that can be read, in the file's order.
  List<ColumnType> schema();

  /// The columns that cannot be read. Requesting one is a [DataException] that names its type.
  List<Unsupported> unsupported();

  /// The number of rows in a pass over `columns`, if the format knows it without reading them. An
  /// `.npz` file may hold arrays of different lengths, so the answer depends on the columns.
  OptionalLong rowCount(List<String> columns);

  /// Starts one pass over the rows.
  ///
  /// @param columns the columns to read, from [#schema]
  /// @param batchRows the largest number of rows a batch may have, at least 1
  /// @throws DataException if the file does not hold what its schema says
  Cursor read(List<String> columns, int batchRows);

  /// The number of elements in the first row of a column of lists that is not null: 0 if it is
  /// empty, -1 if there is no such row. A pipe stays unread, because the rows that were looked at
  /// are kept for the pass.
  ///
  /// @param column a column of sequences, of [#schema]
  default long firstLength(String column) {
    try (Cursor cursor = read(List.of(column), 1024)) {
      while (true) {
        try (Batch batch = cursor.next()) {
          if (batch == null) {
            return -1;
          }
          if (batch.column(column) instanceof SequenceColumn lists && lists.firstLength() >= 0) {
            return lists.firstLength();
          }
        }
      }
    }
  }

  /// In a column of text, the first cell that is not a number among cells that are, as `line 4:
  /// found 'abc'`, for a message where numbers are expected. Only formats that read a column as
  /// text because some cells are not numbers know it.
  default Optional<String> firstNonNumber(String column) {
    return Optional.empty();
  }

  /// Checks that the file is still the one that was opened, as each batch of a pass does.
  ///
  /// @throws DataException if it has been written to or cut since
  void checkUnchanged();

  /// Unmaps or closes the file. Batches must be closed before.
  @Override
  void close();
}
