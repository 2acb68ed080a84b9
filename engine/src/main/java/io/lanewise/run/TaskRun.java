package io.lanewise.run;

import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import io.lanewise.run.bind.BoundTask;
import java.util.List;
import java.util.SequencedMap;

/// A task and what has been seen of its rows so far. Rows come through [#feed]; what has been seen
/// can be merged, written, read, and at the end finished.
sealed interface TaskRun permits RowTaskRun, SampleTaskRun {
  /// A run that has seen nothing.
  static TaskRun of(BoundTask task) {
    return task.objective() instanceof SampleMetric metric
        ? new SampleTaskRun(task, metric)
        : new RowTaskRun(task);
  }

  /// The task.
  BoundTask task();

  /// What takes the rows of a set.
  ///
  /// @param files where per-row outputs go
  Feed feed(String set, RowFiles files);

  /// Adds what a run of the same task has seen, as if its rows had followed.
  void merge(TaskRun later);

  /// Names what has been seen.
  void fields(StateFields fields);

  /// The results of everything that has been seen.
  ///
  /// @param files where per-row outputs go that are known only now
  /// @throws io.lanewise.source.DataException if there are no results
  Finished finish(RowFiles files);

  /// The results of all rows.
  ///
  /// @param rows what became of the rows of each set
  /// @param seconds how long the work on rows took
  record Finished(
      SequencedMap<String, RowCounts> rows,
      List<Measure> measures,
      List<ArrayMeasure> arrays,
      List<Breakdown> breakdowns,
      List<Verdict> verdicts,
      double seconds) {}
}
