package io.lanewise.objective;

import io.lanewise.kernel.KernelUse;
import java.util.List;

/// Something that is evaluated over rows. There are three kinds:
/// - a [RowObjective] gives numbers for each row, and statistics over them;
/// - a [Transform] gives vectors for each row (and may give numbers and statistics too);
/// - a [SampleMetric] gives statistics of one or two whole sets of rows.
///
/// Objectives are stateless and shared by all threads.
public sealed interface Objective permits RowObjective, Transform, SampleMetric {
  /// What it is and what it needs.
  Descriptor descriptor();

  /// The number of elements in a row of a vector output: that of the column in the role that the
  /// output is like, unless the objective overrides this (K samples of D dimensions are `K * D`).
  default int width(Binding binding, Output output) {
    return binding.width(output.set(), output.vectorLike());
  }

  /// The kernels that take most of its time: they are warmed before the first row comes where there
  /// will be many rows. All uses of a kernel that is named are named.
  default List<KernelUse> kernels() {
    return List.of();
  }

  /// Begins to load what its results need besides kernels, in threads of its own, while rows are
  /// read.
  default void prepare() {}

  /// Whether the result of a row depends on its index, other than through noise that a parameter
  /// draws. If so, runs over parts of the rows do not add up to a run over all of them.
  default boolean dependsOnRowIndex(Binding binding) {
    return false;
  }
}
