package io.lanewise.objective.sample;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/// The k smallest of many numbers, each of which is known within bounds for nothing and exactly for
/// a price. Only those that their bounds do not exclude are computed; what comes out is decided by
/// exact numbers, of equal ones the lower index first, whatever the order in which they were
/// offered.
final class SmallestDistances {
  private final int k;

  /// The k smallest upper bounds, ascending: none of the k smallest numbers is above the last.
  private final double[] upper;

  private final double[] value;
  private final int[] index;
  private int known;
  private int[] candidates = new int[8];
  private double[] lower = new double[8];
  private int count;

  SmallestDistances(int k) {
    this.k = k;
    upper = new double[k];
    value = new double[k];
    index = new int[k];
    Arrays.fill(upper, Double.POSITIVE_INFINITY);
    Arrays.fill(value, Double.POSITIVE_INFINITY);
    Arrays.fill(index, Integer.MAX_VALUE);
  }

  /// Bytes that one takes, about.
  static long bytes(int k) {
    return 200 + 28L * k + 12L * (32 + 4L * k);
  }

  /// A number with a greater lower bound is not among the k smallest.
  double limit() {
    return Math.min(upper[k - 1], value[k - 1]);
  }

  /// Takes note of a number; NaN for bounds says nothing of it.
  ///
  /// @param exact the number of an index
  void offer(int at, double low, double high, IntToDoubleFunction exact) {
    if (low > limit() || (low == value[k - 1] && known == k && at > index[k - 1])) {
      return;
    }
    if (high < upper[k - 1]) {
      int to = k - 1;
      for (; to > 0 && upper[to - 1] > high; to--) {
        upper[to] = upper[to - 1];
      }
      upper[to] = high;
    }
    if (count == candidates.length) {
      if (count >= 32 + 4 * k) {
        settle(exact);
      } else {
        candidates = Arrays.copyOf(candidates, 2 * count);
        lower = Arrays.copyOf(lower, 2 * count);
      }
    }
    candidates[count] = at;
    lower[count++] = low;
  }

  /// Decides between the candidates so far.
  void settle(IntToDoubleFunction exact) {
    for (int c = 0; c < count; c++) {
      if (lower[c] > limit()) {
        continue;
      }
      double found = exact.applyAsDouble(candidates[c]);
      if (found < value[k - 1] || (found == value[k - 1] && candidates[c] < index[k - 1])) {
        insert(found, candidates[c]);
      }
    }
    count = 0;
  }

  private void insert(double found, int at) {
    int to = k - 1;
    while (to > 0 && (value[to - 1] > found || (value[to - 1] == found && index[to - 1] > at))) {
      value[to] = value[to - 1];
      index[to] = index[to - 1];
      to--;
    }
    value[to] = found;
    index[to] = at;
    known = Math.min(known + 1, k);
  }

  /// The k-th smallest, after [#settle]; infinity if there were fewer.
  double value() {
    return value[k - 1];
  }

  /// The index of the k-th smallest.
  int index() {
    return index[k - 1];
  }
}
