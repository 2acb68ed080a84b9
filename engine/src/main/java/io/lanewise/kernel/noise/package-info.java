/// The loops of counter-based random numbers, plain and vector.
///
/// **Where to begin.** [io.lanewise.kernel.CounterRandom] is their front. A `CounterStream`
/// (Philox, Threefry) fills tiles with words, and `Deviates` turns them into normals or uniforms in
/// place. `Tile` says how words lie in a tile, and `CounterDraw` fills memory with tiles.
///
/// It may know the species and the memory of [io.lanewise.kernel.loops], nothing else.
@NullMarked
package io.lanewise.kernel.noise;

import org.jspecify.annotations.NullMarked;
