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

  /// The names of the measures that [State#finish] returns.
  List<String> measures(Binding binding);

  /// Whether the requested outputs of a set are several tables with different numbers of rows,
  /// which only a file of arrays can hold.
  default boolean writesTables(Binding binding) {
    return false;
  }

  /// What the metric has seen so far. One thread at a time uses it, and passes it the batches of a
  /// set in row order.
  interface State {
    /// Adds rows of one set. None of them is null or non-finite.
    void update(String set, Rows rows);

    /// Adds what `later` has seen, as if its rows had followed those of this state.
    void merge(State later);

    /// Names every field, to write it or to read it. A state that was read continues exactly as the
    /// written one would have: same updates, same merges, same digits. A state that cannot be
    /// stored throws [StateFields#notStorable].
    void fields(StateFields fields);

    /// The statistics of all rows added.
    ///
    /// @throws IllegalArgumentException if there are too few rows, or they admit no answer
    Finished finish();

    /// The rows of the outputs of a set. The metric decides how many there are; it need not be one
    /// for each row that was read. Vectors are float64. All outputs are one table, unless the
    /// metric [SampleMetric#writesTables]. Called after [#finish], if a file of them was asked for.
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
