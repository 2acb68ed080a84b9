/// Runs plans: the order of reading, threads, and the policy for nulls and non-finite numbers. No
/// other package decides about these.
///
/// **Where to begin.** [io.lanewise.run.Runner] is the order in which a run works. It makes a
/// [io.lanewise.run.TaskRun] of each task, and a [io.lanewise.run.Pass] feeds them batches.
/// `RowScreen` decides which rows are used. `RowState` and `SampleState` hold what a task has seen.
///
/// **The rooms.** `run.bind` finds what a plan names, `run.group` keeps moments and groups of rows,
/// `run.state` stores states in files.
///
/// **What it may not know.** How results are written: it makes a [io.lanewise.result.Report], and
/// `report` writes it. The rooms do not know this package.
@NullMarked
package io.lanewise.run;

import org.jspecify.annotations.NullMarked;
