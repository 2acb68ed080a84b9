/// Normalizing flows: change of variables.
@NullMarked
package io.lanewise.objective.flow;

import org.jspecify.annotations.NullMarked;
