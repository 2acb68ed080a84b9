package io.lanewise.objective.sample;

import io.lanewise.objective.sample.AllPairs.Part;

/// Distances of pairs of rows, summed over tiles.
///
/// @param distance `euclidean`, `squared` or `cosine`
record DistanceSums(String distance) implements TileSums {
  /// Below this a cosine distance is computed from differences.
  private static final double CLOSE = 0x1p-10;

  @Override
  public double sum(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    double total = 0;
    prepare(x, a, y, b, products);
    for (int i = 0; i < a.count(); i++) {
      total += run(products, i * b.count(), (i + 1) * b.count());
    }
    return total;
  }

  @Override
  public double[] diagonalSums(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    double total = 0;
    double trace = 0;
    prepare(x, a, y, b, products);
    for (int i = 0; i < a.count(); i++) {
      int row = i * a.count();
      total += run(products, row, row + i) + run(products, row + i + 1, row + a.count());
      trace += products[row + i];
    }
    return new double[] {total, trace};
  }

  private void prepare(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    if (distance.equals("cosine")) {
      cosines(x, a, y, b, products);
      return;
    }
    AllPairs.squaredDistances(x, a, y, b, products);
    if (distance.equals("euclidean")) {
      for (int i = 0; i < a.count() * b.count(); i++) {
        products[i] = Math.sqrt(products[i]);
      }
    }
  }

  /// Close ones as `(|x - y|^2 - (|x| - |y|)^2) / (2 |x| |y|)`, which is 0 for equal rows.
  private static void cosines(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    for (int i = 0; i < a.count(); i++) {
      double lengthX = Math.sqrt(x.squaredNorms()[a.from() + i]);
      for (int j = 0; j < b.count(); j++) {
        double lengthY = Math.sqrt(y.squaredNorms()[b.from() + j]);
        double scale = lengthX * lengthY;
        int at = i * b.count() + j;
        double value = 1 - products[at] / scale;
        if (!(value >= CLOSE)) {
          double squared = x.squaredDistance(a.from() + i, y, b.from() + j);
          value = (squared - (lengthX - lengthY) * (lengthX - lengthY)) / (2 * scale);
        }
        products[at] = value;
      }
    }
  }

  private static double run(double[] values, int from, int to) {
    double sum = 0;
    for (int j = from; j < to; j++) {
      sum += values[j];
    }
    return sum;
  }
}
