/// Noise: every draw is a function of seed, element and step, whatever the batch, the thread, the
/// vector width or the machine.
///
/// **Where to begin.** [io.lanewise.noise.Noise] reads a spec such as `philox:7` and writes
/// standard normals of any range of elements:
///
/// - [io.lanewise.noise.PhiloxNoise], the default: counter-based, stateless, fast;
/// - [io.lanewise.noise.ThreefryNoise]: the same, and faster;
/// - [io.lanewise.noise.NumpyNoise]: the numbers of `numpy.random.default_rng(seed)`;
/// - [io.lanewise.noise.ZeroNoise]: no noise;
/// - [io.lanewise.noise.GivenNoise]: a column supplies the noise.
///
/// The two counter-based streams differ only in their words. One path makes normals of them.
///
/// [io.lanewise.noise.LegacyNumpy], `PythonRandom` and `TorchNumbers` stand apart: the generators
/// of other tools, for modes that must choose the same rows as those tools do.
///
/// **What it may not know.** Of ours it imports only `kernel`, and nothing of Arrow.
@NullMarked
package io.lanewise.noise;

import org.jspecify.annotations.NullMarked;
