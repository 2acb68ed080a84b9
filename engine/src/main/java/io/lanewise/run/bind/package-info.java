/// Binds the tasks of a plan to objectives and columns: [io.lanewise.run.bind.Resolver] finds every
/// mistake before data is read, and a [io.lanewise.run.bind.BoundTask] is what can be run.
@NullMarked
package io.lanewise.run.bind;

import org.jspecify.annotations.NullMarked;
