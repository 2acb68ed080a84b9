package io.lanewise.objective;

import io.lanewise.batch.Batch;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import java.util.List;
import java.util.Map;

/// Statistics of one or two whole sets of rows that are not functions of per-row numbers.
public non-sealed interface SampleMetric extends Objective {
  /// An empty state.
  ///
  /// @throws IllegalArgumentException if roles and parameters do not fit each other
  State newState(Binding binding);

  /// The names of the measures that [State#finish] will give.
  List<String> measures(Binding binding);

  /// Whether the outputs of a set that are asked for are several tables, each with its own number
  /// of rows, which only a file of arrays holds.
  default boolean writesTables(Binding binding) {
    return false;
  }

  /// What has been seen so far. Used by one thread at a time, which is given the batches of a set
  /// in the order of their rows.
  interface State {
    /// Adds rows of one set. None of them is null or non-finite.
    void update(String set, Rows rows);

    /// Adds what `later` has seen, as if its rows had followed this state's.
    void merge(State later);

    /// Names every field of the content, to write it or to fill it in, so that what is read goes on
    /// as what was written would have: same updates, same merges, same digits. A state that does
    /// not go to files throws [StateFields#notStorable].
    void fields(StateFields fields);

    /// The statistics of all rows added.
    ///
    /// @throws IllegalArgumentException if there are too few rows, or they admit no answer
    Finished finish();

    /// The rows of a set's outputs, which are as many as the metric says, not one for each row that
    /// was read; vectors are float64. One table of all of them, unless the metric
    /// [SampleMetric#writesTables]. Called after [#finish], if a file of them was asked for.
    default List<Batch> outputs(String set) {
      throw new IllegalStateException(set + ": found no outputs");
    }
  }

  /// The statistics of a set.
  ///
  /// @param rows the number outputs that were requested: for each its values for the rows of its
  ///   set that were added, in their order
  record Finished(
      List<Measure> measures,
      List<ArrayMeasure> arrays,
      List<Verdict> verdicts,
      Map<String, double[]> rows) {
    /// Without outputs for rows.
    public Finished(List<Measure> measures, List<ArrayMeasure> arrays, List<Verdict> verdicts) {
      this(measures, arrays, verdicts, Map.of());
    }
  }
}
