/// Properties of whole sets of samples: Fréchet distance, diversity.
@NullMarked
package io.lanewise.objective.sample;

import org.jspecify.annotations.NullMarked;
