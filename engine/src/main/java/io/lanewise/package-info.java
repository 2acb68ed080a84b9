/// Evaluates generative models from sample files.
///
/// **Where to begin.** [io.lanewise.Evaluation] is the one class that most programs import: a
/// builder takes data sets and what to evaluate over them, and `run()` returns an
/// [io.lanewise.result.Report].
///
/// **The way of the data.** `source` reads files into `batch`es; `objective` computes numbers from
/// their rows with the loops of `kernel` and the draws of `noise`; `run` drives all of it and
/// merges what the threads found; `result` holds what comes out, and `report` and `sink` write it.
///
/// **What it may not know.** The loops and the files: this package only puts an evaluation
/// together. `docs/architecture.md` lists who may import whom, and `ArchitectureTest` checks it.
@NullMarked
package io.lanewise;

import org.jspecify.annotations.NullMarked;
