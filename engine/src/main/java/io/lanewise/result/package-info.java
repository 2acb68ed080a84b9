/// What an evaluation gives, as plain immutable records: numbers with their uncertainty, unit and
/// definition, tables by group or timestep, the checks of the plan, and where everything came from.
///
/// **Where to begin.** A [io.lanewise.result.Report] holds an [io.lanewise.result.EvaluationResult]
/// for each evaluation, whose numbers are [io.lanewise.result.Measure]s. A
/// [io.lanewise.result.Breakdown] repeats them by group. [io.lanewise.result.Provenance] is what
/// one needs to get the same digits again.
///
/// **What it may not know.** No other package of ours: not how the numbers were computed, nor how
/// they are written.
@NullMarked
package io.lanewise.result;

import org.jspecify.annotations.NullMarked;
