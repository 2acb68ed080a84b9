/// Runs plans. Begin with [io.lanewise.run.Runner], which is the order of reading. It makes a
/// [io.lanewise.run.TaskRun] of each task, and a [io.lanewise.run.Pass] feeds them with batches.
/// Threads, the order of rows, and the policy for nulls are decided here and nowhere else.
///
/// `run.bind` finds what a plan names, `run.group` keeps what is seen of rows, `run.state` writes
/// it to files. Those rooms do not know this one.
@NullMarked
package io.lanewise.run;

import org.jspecify.annotations.NullMarked;
