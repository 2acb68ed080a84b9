/// Runs evaluations: the batch loop, its threads, deterministic merging, progress. The only package
/// that knows all the others.
@NullMarked
package io.lanewise.run;

import org.jspecify.annotations.NullMarked;
