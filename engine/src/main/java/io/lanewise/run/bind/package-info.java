/// Binds the tasks of a plan to objectives and columns.
///
/// **Where to begin.** [io.lanewise.run.bind.Resolver] finds every mistake before data is read. A
/// [io.lanewise.run.bind.BoundTask] is a task that can be run, and a
/// [io.lanewise.run.bind.SetBinding] the columns in the roles of one set. `ColumnSearch` is the
/// rule by which roles find columns; `docs/plan.md` states it.
///
/// **What it may not know.** Threads, batches and states.
@NullMarked
package io.lanewise.run.bind;

import org.jspecify.annotations.NullMarked;
