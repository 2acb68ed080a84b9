package io.lanewise.run;

/// Told how far a run is; called by worker threads, never by two at once.
@FunctionalInterface
public interface Progress {
  /// Says nothing to anybody.
  Progress NONE = (dataSet, rowsDone, rowsTotal) -> {};

  /// Rows of a data set have been processed.
  ///
  /// @param dataSet the data set's name
  /// @param rowsDone rows processed so far
  /// @param rowsTotal all rows of the data set; -1 where nobody knows
  void rows(String dataSet, long rowsDone, long rowsTotal);

  /// Parts of some work on whole sets of rows have been done; not told unless asked for.
  ///
  /// @param what the work
  /// @param done parts done so far
  /// @param total all parts
  default void work(String what, long done, long total) {}
}
