package io.lanewise.sink;

import io.lanewise.batch.Batch;

/// A file being written, batch by batch. It has its name only after [#commit]; until then, and
/// forever if the sink is closed without it, there is nothing under that name that was not there
/// before.
///
/// The same batches give the same bytes. Not thread-safe.
public sealed interface Sink extends AutoCloseable
    permits ArrowSink, ParquetSink, NpySink, NpzSink, CsvSink {
  /// Appends the rows of a batch. It must have the sink's columns with their types, and may have
  /// more. A sequence column is accepted for a vector if its rows have the vector's width.
  ///
  /// @throws IllegalArgumentException if a column is missing or of another type, or holds what the
  ///   format cannot express, such as a null in `.npy`
  /// @throws java.io.UncheckedIOException if writing fails
  void write(Batch batch);

  /// Completes the file and gives it its name.
  ///
  /// @throws java.io.UncheckedIOException if writing fails; nothing is left then
  void commit();

  /// Ends writing. Without a commit, what was written is removed.
  @Override
  void close();
}
