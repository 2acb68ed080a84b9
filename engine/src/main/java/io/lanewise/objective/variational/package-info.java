/// Variational autoencoders: posteriors, Kullback-Leibler divergences, evidence lower bounds.
///
/// **Where to begin.** [GaussianKl] is a typical one. `KlStatistics` and `FreeBits` are shared by
/// the divergences, `Covariance` and `Cholesky` by Gaussians of full covariance.
/// `docs/objectives/variational.md` has the formulas, conventions and traps.
@NullMarked
package io.lanewise.objective.variational;

import org.jspecify.annotations.NullMarked;
