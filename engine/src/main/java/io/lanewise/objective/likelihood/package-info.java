/// Exact likelihoods: of token sequences, and of images under discretized distributions.
///
/// **Where to begin.** [LogLikelihood] takes one sequence per row, [SequenceLogLikelihood] one
/// token per row. `LikelihoodStatistics` has the perplexities and rates that they share.
/// [RollingWindows] cuts long texts for a model. `docs/objectives/likelihood.md` has the formulas,
/// conventions and traps.
@NullMarked
package io.lanewise.objective.likelihood;

import org.jspecify.annotations.NullMarked;
