package io.lanewise.objective;

import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Vectors for each row: samples, noised data, the next step of a sampler.
public non-sealed interface Transform extends Objective {
  /// As [RowObjective#bind].
  RowFunction bind(Binding binding, String set);

  /// The means over all rows that the transform needs before it transforms the first row; null if
  /// none. They are in [Binding#blockMeans] when rows are transformed.
  default BlockMeans.@Nullable Request blockMeans(Binding binding) {
    return null;
  }

  /// As [RowObjective#statistics]; over the transform's number outputs.
  default List<Statistic> statistics(Binding binding) {
    return List.of();
  }

  /// As [RowObjective#conclude].
  default Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Conclusion.NONE;
  }
}
