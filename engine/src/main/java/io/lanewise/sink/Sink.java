package io.lanewise.sink;

import io.lanewise.batch.Batch;

/// Writes a file, batch by batch. The file gets its name in [#commit]. Without a commit, whatever
/// had that name before stays unchanged.
///
/// The same batches give the same bytes. Not thread-safe.
public sealed interface Sink extends AutoCloseable
    permits ArrowSink, ParquetSink, NpySink, NpzSink, CsvSink {
  /// Appends the rows of a batch. It must have the columns of the sink with their types, and may
  /// have others. A sequence column is accepted for a vector if its rows have the vector's width.
  ///
  /// @throws IllegalArgumentException if a column is missing or of another type, or holds a value
  ///   that the format cannot express, such as a null in `.npy`
  /// @throws java.io.UncheckedIOException if writing fails
  void write(Batch batch);

  /// Completes the file and gives it its final name.
  ///
  /// @throws java.io.UncheckedIOException if writing fails; no file is left then
  void commit();

  /// Ends writing. Without a commit, what was written is removed.
  @Override
  void close();
}
