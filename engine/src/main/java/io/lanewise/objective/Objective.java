package io.lanewise.objective;

/// Something that is evaluated over rows. There are three kinds:
/// - a [RowObjective] gives numbers for each row, and statistics over them;
/// - a [Transform] gives vectors for each row (and may give numbers and statistics too);
/// - a [SampleMetric] gives statistics of one or two whole sets of rows.
///
/// Objectives are stateless and shared by all threads.
public sealed interface Objective permits RowObjective, Transform, SampleMetric {
  /// What it is and what it needs.
  Descriptor descriptor();
}
