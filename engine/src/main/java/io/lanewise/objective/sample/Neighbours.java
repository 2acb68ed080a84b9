package io.lanewise.objective.sample;

import io.lanewise.objective.sample.AllPairs.Part;

/// Nearest neighbours by Euclidean distance, as exact as distances computed from differences in
/// float64: products of rows with their error bound only exclude.
final class Neighbours {
  private Neighbours() {}

  /// For each row its k-th nearest row of a set.
  ///
  /// @param squaredDistance to it
  /// @param row its number
  @SuppressWarnings("ArrayRecordComponent") // internal, shared
  record Found(double[] squaredDistance, int[] row) {}

  /// `|x|^2` less and more the share that a squared distance may be wrong by.
  @SuppressWarnings("ArrayRecordComponent") // internal
  private record Bounds(double[] low, double[] high) {
    static Bounds of(HeldRows x, double error, double underflow) {
      double[] norms = x.squaredNorms();
      double[] low = new double[norms.length];
      double[] high = new double[norms.length];
      for (int i = 0; i < norms.length; i++) {
        low[i] = norms[i] * (1 - error) - underflow;
        high[i] = norms[i] * (1 + error) + underflow;
      }
      return new Bounds(low, high);
    }
  }

  /// Squared distances between the rows of two sets within bounds.
  static final class Distances {
    private final HeldRows x;
    private final HeldRows y;
    private final Bounds ofX;
    private final Bounds ofY;

    Distances(AllPairs pairs, HeldRows x, HeldRows y) {
      double error = pairs.distanceError(x.dim());
      this.x = x;
      this.y = y;
      double underflow = pairs.underflow(x.dim());
      ofX = Bounds.of(x, error, underflow);
      ofY = x == y ? ofX : Bounds.of(y, error, underflow);
    }

    double low(int i, int j, double product) {
      return ofX.low()[i] + ofY.low()[j] - 2 * product;
    }

    double high(int i, int j, double product) {
      return ofX.high()[i] + ofY.high()[j] - 2 * product;
    }

    /// The first of rows `from` to `to - 1` of y that is not excluded from being as near to row `i`
    /// as a squared radius; `to` if all are. Most pairs are passed over here, so that it is a loop
    /// of its own.
    ///
    /// @param at where the product of row `i` with row 0 of y would be
    int next(int i, int from, int to, double[] products, int at, double radius) {
      double low = ofX.low()[i];
      double[] lows = ofY.low();
      int j = from;
      while (j < to && low + lows[j] - 2 * products[at + j] > radius) {
        j++;
      }
      return j;
    }

    /// The same, where a radius is the larger of one and of that of the row of y.
    int next(int i, int from, int to, double[] products, int at, double radius, double[] radii) {
      double low = ofX.low()[i];
      double[] lows = ofY.low();
      for (int j = from; j < to; j++) {
        double distance = low + lows[j] - 2 * products[at + j];
        if (!(distance > radii[j] && distance > radius)) {
          return j;
        }
      }
      return to;
    }

    double exact(int i, int j) {
      return x.squaredDistance(i, y, j);
    }

    /// Whether rows are within a squared radius of each other.
    ///
    /// @param strict whether the border is outside
    boolean within(int i, int j, double product, double radius, boolean strict) {
      if (low(i, j, product) > radius) {
        return false;
      }
      if (high(i, j, product) < radius) {
        return true;
      }
      double distance = exact(i, j);
      return strict ? distance < radius : distance <= radius;
    }
  }

  /// The k-th nearest other row of every row of a set.
  ///
  /// @throws IllegalArgumentException if there are not more than k rows
  static Found within(AllPairs pairs, HeldRows x, int k) {
    if (x.count() <= k) {
      throw new IllegalArgumentException(
          "set '%s': found %d rows, expected more than k = %d".formatted(x.set(), x.count(), k));
    }
    Distances distances = new Distances(pairs, x, x);
    Part[] parts = AllPairs.parts(x.count());
    SmallestDistances[] nearest = smallest(x.count(), k);
    double[] limit = limits(x.count());
    Object[] locks = locks(parts.length);
    pairs.self(
        "neighbours within " + x.set(),
        x,
        parts,
        (a, b, products) -> {
          synchronized (locks[a.number()]) {
            for (int i = 0; i < a.count(); i++) {
              rowOf(distances, nearest, limit, a.from() + i, b, products, i * b.count());
            }
          }
          if (a.number() != b.number()) {
            synchronized (locks[b.number()]) {
              for (int i = 0; i < a.count(); i++) {
                columnsOf(distances, nearest, limit, a.from() + i, b, products, i * b.count());
              }
            }
          }
        });
    return settle(pairs, distances, nearest, x);
  }

  /// Offers the rows of part b to row i.
  private static void rowOf(
      Distances distances,
      SmallestDistances[] nearest,
      double[] limit,
      int i,
      Part b,
      double[] products,
      int at) {
    SmallestDistances mine = nearest[i];
    int to = b.from() + b.count();
    int row = at - b.from();
    int j = distances.next(i, b.from(), to, products, row, limit[i]);
    while (j < to) {
      if (distances.x != distances.y || j != i) {
        double product = products[row + j];
        mine.offer(
            j,
            Math.max(distances.low(i, j, product), 0),
            distances.high(i, j, product),
            candidate -> distances.exact(i, candidate));
        limit[i] = mine.limit();
      }
      j = distances.next(i, j + 1, to, products, row, limit[i]);
    }
  }

  /// Offers row i to the rows of part b.
  private static void columnsOf(
      Distances distances,
      SmallestDistances[] nearest,
      double[] limit,
      int i,
      Part b,
      double[] products,
      int at) {
    int to = b.from() + b.count();
    int row = at - b.from();
    int j = distances.next(i, b.from(), to, products, row, Double.NEGATIVE_INFINITY, limit);
    while (j < to) {
      int mine = j;
      double product = products[row + j];
      nearest[mine].offer(
          i,
          Math.max(distances.low(i, mine, product), 0),
          distances.high(i, mine, product),
          candidate -> distances.exact(candidate, mine));
      limit[mine] = nearest[mine].limit();
      j = distances.next(i, j + 1, to, products, row, Double.NEGATIVE_INFINITY, limit);
    }
  }

  /// The nearest row of y for every row of x; of equally near ones the first.
  static Found between(AllPairs pairs, HeldRows x, HeldRows y) {
    Distances distances = new Distances(pairs, x, y);
    Part[] ofX = AllPairs.parts(x.count());
    SmallestDistances[] nearest = smallest(x.count(), 1);
    double[] limit = limits(x.count());
    Object[] locks = locks(ofX.length);
    pairs.cross(
        "nearest %s rows of %s rows".formatted(y.set(), x.set()),
        x,
        ofX,
        y,
        AllPairs.parts(y.count()),
        (a, b, products) -> {
          synchronized (locks[a.number()]) {
            for (int i = 0; i < a.count(); i++) {
              rowOf(distances, nearest, limit, a.from() + i, b, products, i * b.count());
            }
          }
        });
    return settle(pairs, distances, nearest, x);
  }

  private static Found settle(
      AllPairs pairs, Distances distances, SmallestDistances[] nearest, HeldRows x) {
    double[] squared = new double[nearest.length];
    int[] row = new int[nearest.length];
    Part[] parts = AllPairs.parts(x.count());
    pairs
        .workers()
        .forEach(
            "distances of " + x.set() + " rows",
            parts.length,
            task -> {
              Part part = parts[(int) task];
              for (int i = part.from(); i < part.from() + part.count(); i++) {
                int mine = i;
                nearest[i].settle(candidate -> distances.exact(mine, candidate));
                squared[i] = nearest[i].value();
                row[i] = nearest[i].index();
              }
            });
    return new Found(squared, row);
  }

  static SmallestDistances[] smallest(int rows, int k) {
    SmallestDistances[] each = new SmallestDistances[rows];
    java.util.Arrays.setAll(each, i -> new SmallestDistances(k));
    return each;
  }

  static double[] limits(int rows) {
    double[] limit = new double[rows];
    java.util.Arrays.fill(limit, Double.POSITIVE_INFINITY);
    return limit;
  }

  static Object[] locks(int parts) {
    Object[] locks = new Object[parts];
    java.util.Arrays.setAll(locks, i -> new Object());
    return locks;
  }
}
