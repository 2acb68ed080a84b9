package io.lanewise.objective.sample;

import io.lanewise.objective.Workers;

/// Which of some centroids a row is nearest to, by Euclidean distance; the first of equal ones.
final class Centroids {
  /// Rows of a task.
  private static final int ROWS = 256;

  private Centroids() {}

  /// The nearest centroid of every row.
  ///
  /// @throws IllegalArgumentException if there is no centroid
  static int[] nearest(Workers workers, HeldRows rows, HeldRows centroids) {
    if (centroids.count() == 0) {
      throw new IllegalArgumentException("centroids: found no rows, expected at least 1");
    }
    int n = rows.count();
    int[] nearest = new int[n];
    workers.forEach(
        "nearest centroids",
        (n + ROWS - 1) / ROWS,
        k -> {
          for (int i = (int) k * ROWS; i < Math.min(((int) k + 1) * ROWS, n); i++) {
            nearest[i] = nearest(rows, i, centroids);
          }
        });
    return nearest;
  }

  private static int nearest(HeldRows rows, int row, HeldRows centroids) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < centroids.count(); c++) {
      double square = 0;
      for (int j = 0; j < centroids.dim(); j++) {
        double difference = rows.element(row, j) - centroids.element(c, j);
        square = Math.fma(difference, difference, square);
      }
      if (square < least) {
        least = square;
        best = c;
      }
    }
    return best;
  }
}
