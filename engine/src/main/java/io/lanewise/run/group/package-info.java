/// What a run keeps of rows, in total and by group: exact moments, quantiles, bins.
///
/// **Where to begin.** [io.lanewise.run.group.Moments] are exact sums, so neither row order nor
/// threads can change a digit. [io.lanewise.run.group.Grouping] holds moments for each group of a
/// breakdown, with `GroupKey` as the key, [io.lanewise.run.group.Binning] as the bins and
/// `GroupSort` to add a batch group by group. `QuantileSketch` gives quantiles in bounded memory.
///
/// **What it may not know.** Threads, and the files of states.
@NullMarked
package io.lanewise.run.group;

import org.jspecify.annotations.NullMarked;
