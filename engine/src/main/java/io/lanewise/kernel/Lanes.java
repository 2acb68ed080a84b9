package io.lanewise.kernel;

import static io.lanewise.kernel.Species.L;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;

/// The order in which a row is summed, the same for every vector width: element `i` is added, in
/// float64, to accumulator `i mod 16`; the sixteen are then added as a fixed tree, eight and eight,
/// four and four, two and two. Plain and SIMD loops therefore agree to the bit.
final class Lanes {
  /// Accumulators per row.
  static final int COUNT = 16;

  /// Values in one tile of off-heap scratch: 8 KiB of float64, a quarter of the smallest L1.
  static final int TILE = 1024;

  private Lanes() {}

  /// The tree over the sixteen accumulators.
  static double reduce(double[] a) {
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

  /// What the tree and the tail look like in vectors.
  static final class Simd {
    /// A window into this, slid back by the tail's length, keeps the tail's lanes and clears the
    /// others.
    private static final long[] KEEP = new long[2 * COUNT];

    static {
      java.util.Arrays.fill(KEEP, 0, COUNT, -1L);
    }

    private Simd() {}

    /// The mask of vector number `vector` of a tail of `tail` values, 0 to 15.
    static LongVector keep(int tail, int vector) {
      return LongVector.fromArray(Species.I64, KEEP, COUNT - tail + vector * L);
    }

    /// The last levels of the tree: the sum of one vector that holds accumulators 0 to L-1.
    static double sum(DoubleVector v) {
      if (L == 2) {
        return v.lane(0) + v.lane(1);
      }
      if (L == 4) {
        return (v.lane(0) + v.lane(2)) + (v.lane(1) + v.lane(3));
      }
      return ((v.lane(0) + v.lane(4)) + (v.lane(2) + v.lane(6)))
          + ((v.lane(1) + v.lane(5)) + (v.lane(3) + v.lane(7)));
    }

    /// The tree over the sixteen accumulators in vectors of L; those that L does not need are
    /// ignored.
    static double reduce(
        DoubleVector a0,
        DoubleVector a1,
        DoubleVector a2,
        DoubleVector a3,
        DoubleVector a4,
        DoubleVector a5,
        DoubleVector a6,
        DoubleVector a7) {
      if (L == 2) {
        return sum(a0.add(a4).add(a2.add(a6)).add(a1.add(a5).add(a3.add(a7))));
      }
      if (L == 4) {
        return sum(a0.add(a2).add(a1.add(a3)));
      }
      return sum(a0.add(a1));
    }

    /// Rows that may be read in whole vectors, the last one included, without passing the end of
    /// the matrix.
    static int wholeRows(int rows, int dim) {
      int tail = dim % COUNT;
      if (tail == 0) {
        return rows;
      }
      int beyond = (tail + L - 1) / L * L - tail; // values read past the end of a row
      int short_ = (beyond + dim - 1) / dim; // rows at the end that lack them
      return Math.max(0, rows - short_);
    }
  }
}
