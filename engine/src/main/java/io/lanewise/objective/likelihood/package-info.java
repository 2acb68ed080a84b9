/// Exact likelihoods of sequences.
@NullMarked
package io.lanewise.objective.likelihood;

import org.jspecify.annotations.NullMarked;
