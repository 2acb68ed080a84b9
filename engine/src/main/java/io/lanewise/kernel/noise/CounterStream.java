package io.lanewise.kernel.noise;

/// Words of a counter-based generator: a pure function of key and counter.
public sealed interface CounterStream permits PhiloxStream, ThreefryStream {

  /// Fills `tiles` tiles (see [Tile]) from `address` on with words of key `seed` and counter
  /// `(block low, block high, step, tag)`, from tile `firstTile` on.
  void words(long seed, long firstTile, int step, int tag, long address, int tiles);
}
