/// Variational autoencoders: posteriors, Kullback-Leibler divergence, evidence lower bound.
@NullMarked
package io.lanewise.objective.variational;

import org.jspecify.annotations.NullMarked;
