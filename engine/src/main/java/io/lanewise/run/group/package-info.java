/// What is kept of rows, in all and by group: [io.lanewise.run.group.Moments] and
/// [io.lanewise.run.group.Grouping], and the bins that rows go to. Knows nothing of threads or
/// files of states.
@NullMarked
package io.lanewise.run.group;

import org.jspecify.annotations.NullMarked;
