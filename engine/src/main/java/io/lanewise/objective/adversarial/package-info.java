/// Losses of generative adversarial networks, from the outputs of a discriminator or critic.
///
/// **Where to begin.** [GanLoss] is the original loss; `CriticLoss` holds what losses of a critic
/// share, and `Weights` how weighted losses are averaged. `docs/objectives/adversarial.md` has the
/// formulas, conventions and traps.
@NullMarked
package io.lanewise.objective.adversarial;

import org.jspecify.annotations.NullMarked;
