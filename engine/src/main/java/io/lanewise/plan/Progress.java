package io.lanewise.plan;

/// Receives the progress of a run. Worker threads call it, never two at once.
@FunctionalInterface
public interface Progress {
  /// Ignores progress.
  Progress NONE = (dataSet, rowsDone, rowsTotal) -> {};

  /// Rows of a data set have been processed.
  ///
  /// @param dataSet the data set's name
  /// @param rowsDone rows processed so far
  /// @param rowsTotal all rows of the data set; -1 if unknown
  void rows(String dataSet, long rowsDone, long rowsTotal);

  /// Parts of some work on whole sets of rows are done. Ignored by default.
  ///
  /// @param what the work
  /// @param done parts done so far
  /// @param total all parts
  default void work(String what, long done, long total) {}
}
