/// Noise: every draw is a function of (seed, element, step), whatever the batch, the thread, the
/// vector width or the machine.
///
/// Start at [io.lanewise.noise.Noise], which reads a spec such as `philox:7` and writes standard
/// normals of any range of elements. [io.lanewise.noise.PhiloxNoise] is the default: counter-based,
/// stateless, fast; [io.lanewise.noise.ThreefryNoise] the same and faster.
/// [io.lanewise.noise.NumpyNoise] gives the numbers of `numpy.random.default_rng(seed)`.
/// [io.lanewise.noise.ZeroNoise] turns noise off, and [io.lanewise.noise.GivenNoise] says that a
/// column brings it.
///
/// [io.lanewise.noise.LegacyNumpy] stands apart: NumPy's old `RandomState`, for modes that must
/// choose the same rows as other tools do.
@NullMarked
package io.lanewise.noise;

import org.jspecify.annotations.NullMarked;
