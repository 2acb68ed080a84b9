/// Metrics of whole sets of samples: distances between sets, precision and recall, memorization,
/// diversity.
///
/// **Where to begin.** [FrechetDistance] streams: its state is moments. [PrecisionRecall] keeps all
/// rows (`HeldRows`) and compares all pairs, tile by tile (`AllPairs`, `Neighbours`). `Gaussian`
/// holds mean and covariance; `RootTrace` is the trace of the Fréchet distance.
/// `docs/objectives/sample.md` has the formulas, conventions and traps.
@NullMarked
package io.lanewise.objective.sample;

import org.jspecify.annotations.NullMarked;
