/// What an objective is, and the one list of all of them. The objectives themselves are in the
/// packages below, one for each family.
///
/// **Where to begin.** [io.lanewise.objective.Objective] has three kinds:
///
/// - [io.lanewise.objective.RowObjective]: numbers for each row, and
///   [io.lanewise.objective.Statistic]s over them;
/// - [io.lanewise.objective.Transform]: vectors for each row, such as the next step of a sampler;
/// - [io.lanewise.objective.SampleMetric]: statistics of whole sets that are not functions of row
///   means, with a mergeable state.
///
/// A [io.lanewise.objective.Descriptor] is all that the command, the plan file and the
/// documentation know of an objective. [io.lanewise.objective.Objectives] lists them all. A
/// [io.lanewise.objective.Binding] is what a run gives an objective: parameters, columns in roles,
/// kernels. [io.lanewise.objective.Rows] is a batch as the objective sees it.
///
/// **Standard errors.** A statistic is evaluated on [io.lanewise.objective.Estimate]s, values that
/// carry their gradient. So its error follows by the delta method, and no objective writes a
/// formula for it.
///
/// **What it may not know.** Files, plans and threads. Of ours it imports `batch`, `kernel`,
/// `noise`, `linalg` and `result`. Families do not know each other; what several of them need is in
/// `objective.support`.
@NullMarked
package io.lanewise.objective;

import org.jspecify.annotations.NullMarked;
