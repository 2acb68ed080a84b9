/// Score-based sampling: Langevin dynamics, steps of SDEs, and whether chains have converged.
///
/// **Where to begin.** A [ScoreFunction] is a score in Java. [Langevin] takes steps of files of
/// states; [LangevinSampler] runs whole chains in Java. [ChainDiagnostics] judges draws in a file,
/// [Diagnostics] those in memory. `docs/objectives/score.md` has the formulas, conventions and
/// traps.
@NullMarked
package io.lanewise.objective.score;

import org.jspecify.annotations.NullMarked;
