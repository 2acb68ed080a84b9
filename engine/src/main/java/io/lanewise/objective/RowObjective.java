package io.lanewise.objective;

import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import java.util.List;

/// Numbers for each row. Means, standard errors and breakdowns by group or timestep are written
/// once, in `io.lanewise.run`, and composed with any of these.
public non-sealed interface RowObjective extends Objective {
  /// The function for the rows of one set, with checked parameters and shapes. One is made for each
  /// worker thread, so it may hold scratch memory.
  ///
  /// @throws IllegalArgumentException if roles and parameters do not fit each other
  RowFunction bind(Binding binding, String set);

  /// The statistics over the rows; they may depend on parameters and on which roles are bound.
  List<Statistic> statistics(Binding binding);

  /// The quantiles that are reported by default, over all rows and for every group, along with the
  /// smallest and largest value. None unless overridden.
  default List<Double> quantiles() {
    return List.of();
  }

  /// The number outputs whose quantiles are reported: those that are always computed, unless
  /// overridden.
  default List<String> spreadOutputs(Binding binding) {
    return descriptor().outputs().stream()
        .filter(output -> output.always() && !output.isVector())
        .map(Output::name)
        .toList();
  }

  /// What the objective concludes once all rows have been seen: judgements of the statistics,
  /// numbers by group.
  ///
  /// @param measures the values of [#statistics], in their order
  /// @param breakdowns the same by group, for each column that results are broken down by
  default Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Conclusion.NONE;
  }

  /// The role by which results are broken down by default; empty for none.
  default String breakdownRole() {
    return "";
  }
}
