package io.lanewise.objective.sample;

import io.lanewise.objective.sample.AllPairs.Part;

/// A function of pairs of rows, summed over tiles. Products are overwritten.
interface TileSums {
  /// The sum over all pairs of a tile.
  double sum(HeldRows x, Part a, HeldRows y, Part b, double[] products);

  /// For a tile of rows with themselves: the sum over ordered pairs of different rows, and that
  /// over rows with themselves.
  double[] diagonalSums(HeldRows x, Part a, double[] products);
}
