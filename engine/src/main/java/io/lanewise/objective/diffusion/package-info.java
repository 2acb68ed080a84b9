/// Denoising diffusion: schedules, noising, steps of samplers, losses by timestep.
///
/// **Where to begin.** A [Schedule] or a [DiffusionProcess] says how much signal and noise a level
/// has; `Levels` reads the level of each row. [Noising] is a typical transform. `Step` and
/// `ReverseStep` fold a step of a sampler into coefficients, which one kernel applies. [Sampler]
/// and [MultistepSampler] are whole loops around a model in Java. `docs/objectives/diffusion.md`
/// has the formulas, conventions and traps.
@NullMarked
package io.lanewise.objective.diffusion;

import org.jspecify.annotations.NullMarked;
