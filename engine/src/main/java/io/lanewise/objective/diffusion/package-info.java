/// Denoising diffusion: schedules, noising, denoising error by timestep.
@NullMarked
package io.lanewise.objective.diffusion;

import org.jspecify.annotations.NullMarked;
