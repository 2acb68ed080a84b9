package io.lanewise.objective.sample;

import io.lanewise.objective.sample.AllPairs.Part;

/// A function of pairs of rows, summed over tiles. Products are overwritten.
interface TileSums {
  /// The sum over all pairs of a tile.
  double sum(HeldRows x, Part a, HeldRows y, Part b, double[] products);

  /// For a tile of as many rows of two sets, or of rows with themselves: the sum over pairs of rows
  /// that differ in their place, and that over rows of the same place.
  double[] diagonalSums(HeldRows x, Part a, HeldRows y, Part b, double[] products);

  /// The same of rows with themselves.
  default double[] diagonalSums(HeldRows x, Part a, double[] products) {
    return diagonalSums(x, a, x, a, products);
  }
}
