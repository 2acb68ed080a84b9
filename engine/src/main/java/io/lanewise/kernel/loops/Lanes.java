package io.lanewise.kernel.loops;

import static io.lanewise.kernel.loops.Species.L;

/// The order in which a row is summed, the same for every vector width: element `i` is added, in
/// float64, to accumulator `i mod 16`; the sixteen are then added as a fixed tree, eight and eight,
/// four and four, two and two. Plain and SIMD loops therefore agree to the bit.
public final class Lanes {
  /// Accumulators per row.
  public static final int COUNT = 16;

  /// Values in one tile of off-heap scratch: 8 KiB of float64, a quarter of the smallest L1.
  public static final int TILE = 1024;

  private Lanes() {}

  /// The tree over the sixteen accumulators.
  public static double reduce(double[] a) {
    double b0 = a[0] + a[8];
    double b1 = a[1] + a[9];
    double b2 = a[2] + a[10];
    double b3 = a[3] + a[11];
    double b4 = a[4] + a[12];
    double b5 = a[5] + a[13];
    double b6 = a[6] + a[14];
    double b7 = a[7] + a[15];
    return ((b0 + b4) + (b2 + b6)) + ((b1 + b5) + (b3 + b7));
  }

  /// The last levels of the tree: the sum of one vector, which holds accumulators 0 to L-1.
  public static double sum(double[] v) {
    if (v.length == 2) {
      return v[0] + v[1];
    }
    if (v.length == 4) {
      return (v[0] + v[2]) + (v[1] + v[3]);
    }
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
  }

  /// What the tree and the tail look like in vectors.
  public static final class Simd {
    private Simd() {}

    /// Rows that may be read in whole vectors of [Species#L] values, the last one included, without
    /// passing the end of the matrix.
    public static int wholeRows(int rows, int dim) {
      return wholeRows(rows, dim, L);
    }

    /// The same for vectors of `width` values.
    public static int wholeRows(int rows, int dim, int width) {
      int tail = dim % width;
      if (tail == 0) {
        return rows;
      }
      int beyond = width - tail; // values read past the end of a row
      int short_ = (beyond + dim - 1) / dim; // rows at the end that lack them
      return Math.max(0, rows - short_);
    }
  }
}
