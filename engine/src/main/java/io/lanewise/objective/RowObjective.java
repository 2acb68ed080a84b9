package io.lanewise.objective;

import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Verdict;
import java.util.List;

/// Numbers for each row. Means, standard errors and breakdowns by group or timestep are written once,
/// in `io.lanewise.run`, and composed with any of these.
public non-sealed interface RowObjective extends Objective {
  /// The function for the rows of one set, with checked parameters and shapes. One is made for each
  /// worker thread, so it may hold scratch memory.
  ///
  /// @throws IllegalArgumentException if roles and parameters do not fit each other
  RowFunction bind(Binding binding, String set);

  /// The statistics over the rows; they may depend on parameters and on which roles are bound.
  List<Statistic> statistics(Binding binding);

  /// What follows from the groups of the breakdowns, once all rows have been seen: numbers by group and
  /// judgements.
  default Conclusion conclude(Binding binding, List<Breakdown> breakdowns) {
    return new Conclusion(List.of(), List.of());
  }

  /// What [#conclude] gives.
  record Conclusion(List<ArrayMeasure> arrays, List<Verdict> verdicts) {}

  /// The role by which results are broken down unless the plan says otherwise; empty for none.
  default String breakdownRole() {
    return "";
  }
}
