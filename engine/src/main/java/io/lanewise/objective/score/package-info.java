/// Score-based sampling.
@NullMarked
package io.lanewise.objective.score;

import org.jspecify.annotations.NullMarked;
