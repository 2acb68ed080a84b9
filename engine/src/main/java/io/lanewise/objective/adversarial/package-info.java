/// Generative adversarial networks, from a discriminator's outputs.
@NullMarked
package io.lanewise.objective.adversarial;

import org.jspecify.annotations.NullMarked;
