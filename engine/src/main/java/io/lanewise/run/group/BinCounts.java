package io.lanewise.run.group;

import com.datadoghq.sketch.ddsketch.mapping.IndexMapping;
import com.datadoghq.sketch.ddsketch.mapping.LinearlyInterpolatedMapping;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// How many values fell into each bin of a DDSketch (Masson, Rim and Lee, arXiv:1908.10693) whose
/// bins are never collapsed: whole counts over bins that were fixed in advance, so that neither the
/// order of values nor that of merges can show.
///
/// A bin's *code* orders bins as their values are ordered: 0 for zero, then 1, 2, … for positive
/// values, and the same below 0 for negative ones. The bins are those of sketches-java's
/// [LinearlyInterpolatedMapping]: what is here is its index without virtual calls, and counts in
/// flat arrays. The first values are kept as a list of codes, since many groups have few.
final class BinCounts {
  /// Of the value that stands for a bin, relative to any value in it.
  static final double RELATIVE_ERROR = 0.002;

  private static final IndexMapping BINS = new LinearlyInterpolatedMapping(RELATIVE_ERROR);

  /// Magnitudes up to this are counted as zero.
  private static final double LEAST = BINS.minIndexableValue();

  /// The greatest magnitude that has a bin of its own, a little below the greatest float64.
  private static final double LAST = BINS.maxIndexableValue();

  /// The code of a bin is its index less this.
  private static final int ORIGIN = BINS.index(LEAST) - 1;

  private static final int MOST = BINS.index(LAST) - ORIGIN;

  /// The index of a value is `floor(log2(value) MULTIPLIER + OFFSET)`, with a logarithm that is
  /// linear between powers of two.
  private static final double OFFSET = 1 / Math.log1p(2 * RELATIVE_ERROR / (1 - RELATIVE_ERROR));

  private static final double MULTIPLIER =
      Math.log(2)
          / Math.log1p(
              Math.pow((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR), 1 / (1 / Math.log(2))) - 1);

  /// More values than this are counted in arrays.
  private static final int FEW = 128;

  private static final int ROOM = 64;
  private static final long MANTISSA = (1L << 52) - 1;
  private static final long ONE = 1023L << 52;

  private int[] codes = {};
  private boolean listed = true;
  private long total;
  private long zeros;
  private final Side negative = new Side();
  private final Side positive = new Side();

  /// Counts elements `[from, to)`, all finite.
  void add(double[] values, int from, int to) {
    if (listed && total + (to - from) <= FEW) {
      int end = (int) total + to - from;
      if (end > codes.length) {
        codes = Arrays.copyOf(codes, Math.max(end, Math.min(FEW, 2 * codes.length)));
      }
      for (int i = from; i < to; i++) {
        codes[(int) total++] = code(values[i]);
      }
      return;
    }
    unlist();
    total += to - from;
    int i = from;
    while (i < to) {
      i = positive.countPositive(values, i, to);
      // What is not positive, or has no room yet.
      if (i < to) {
        count(code(values[i++]), 1);
      }
    }
  }

  /// The code of a finite value.
  static int code(double value) {
    double magnitude = Math.abs(value);
    if (!(magnitude > LEAST)) {
      return 0;
    }
    return value > 0 ? positive(magnitude) : -positive(magnitude);
  }

  private static int positive(double magnitude) {
    long bits = Double.doubleToRawLongBits(magnitude < LAST ? magnitude : LAST);
    double exponent = (int) (bits >>> 52) - 1023;
    double log = exponent + Double.longBitsToDouble(bits & MANTISSA | ONE) - 1;
    double index = log * MULTIPLIER + OFFSET;
    int whole = (int) index;
    return (index >= 0 ? whole : whole - 1) - ORIGIN;
  }

  /// The value that stands for a bin.
  private static double value(int code) {
    double magnitude = code == 0 ? 0 : BINS.value(Math.abs(code) + ORIGIN);
    return code < 0 ? -magnitude : magnitude;
  }

  /// Counts what the list holds in arrays from now on.
  private void unlist() {
    if (listed) {
      listed = false;
      for (int i = 0; i < total; i++) {
        count(codes[i], 1);
      }
      codes = new int[0];
    }
  }

  private void count(int code, long values) {
    if (code == 0) {
      zeros += values;
    } else {
      (code > 0 ? positive : negative).add(Math.abs(code), values);
    }
  }

  /// Adds other counts.
  void merge(BinCounts other) {
    if (other.listed) {
      for (int i = 0; i < other.total; i++) {
        add(other.codes[i], 1);
      }
      return;
    }
    unlist();
    total += other.total;
    zeros += other.zeros;
    negative.merge(other.negative);
    positive.merge(other.positive);
  }

  /// Adds values of one bin.
  ///
  /// @throws IllegalArgumentException if no value has that bin
  void add(int code, long values) {
    if (Math.abs((long) code) > MOST || values < 0) {
      throw new IllegalArgumentException(
          "found %s rows in bin %d, expected 0 or more in a bin of a number"
              .formatted(values, index(code)));
    }
    if (listed && total + values <= FEW) {
      codes = Arrays.copyOf(codes, Math.max(codes.length, (int) (total + values)));
      Arrays.fill(codes, (int) total, (int) (total + values), code);
    } else {
      unlist();
      count(code, values);
    }
    total += values;
  }

  /// The number of values.
  long total() {
    return total;
  }

  /// The bins that have values, ascending, and how many each has.
  @SuppressWarnings("ArrayRecordComponent") // there may be one for each of many groups
  record Present(int[] codes, long[] counts) {
    /// The value that stands for the bin of rank `q (n - 1)`, of at least one value.
    double quantile(double q) {
      long total = 0;
      for (long count : counts) {
        total += count;
      }
      double rank = q * (total - 1);
      double seen = 0;
      int at = -1;
      do {
        at++;
        seen += counts[at];
      } while (!(seen > rank) && at < codes.length - 1);
      return value(codes[at]);
    }
  }

  /// What has values now.
  Present present() {
    if (listed) {
      return ofList();
    }
    int bins = negative.present() + (zeros > 0 ? 1 : 0) + positive.present();
    Present result = new Present(new int[bins], new long[bins]);
    int at = negative.present(result, 0, -1);
    if (zeros > 0) {
      result.counts[at++] = zeros;
    }
    positive.present(result, at, 1);
    return result;
  }

  private Present ofList() {
    int[] sorted = Arrays.copyOf(codes, (int) total);
    Arrays.sort(sorted);
    long[] counts = new long[sorted.length];
    int bins = 0;
    for (int code : sorted) {
      if (bins == 0 || sorted[bins - 1] != code) {
        sorted[bins++] = code;
      }
      counts[bins - 1]++;
    }
    return new Present(Arrays.copyOf(sorted, bins), Arrays.copyOf(counts, bins));
  }

  /// The index of a bin in sketches-java, of the store of its sign.
  static int index(int code) {
    return Math.abs(code) + ORIGIN;
  }

  /// The code of the bin of an index in the store of a sign, 1 or -1.
  ///
  /// @throws IllegalArgumentException if no value has that bin
  static int code(long index, int sign) {
    if (index <= ORIGIN || index > ORIGIN + MOST) {
      throw new IllegalArgumentException(
          "found bin %d, expected %d to %d".formatted(index, ORIGIN + 1, ORIGIN + MOST));
    }
    return sign * (int) (index - ORIGIN);
  }

  /// The counts of one sign, by the magnitude of the code.
  private static final class Side {
    private int[] counts = {};

    /// The magnitude that `counts[0]` is of.
    private int first;

    /// What did not fit into `counts`, by magnitude.
    private final Map<Integer, Long> rest = new HashMap<>();

    /// Counts elements from `from` on, as long as they are positive and have room.
    ///
    /// @return the first that is not counted, at most `to`
    int countPositive(double[] values, int from, int to) {
      int[] to31Bits = counts;
      int lowest = first;
      for (int i = from; i < to; i++) {
        int at = values[i] > LEAST ? positive(values[i]) - lowest : -1;
        if (at < 0 || at >= to31Bits.length || to31Bits[at] == Integer.MAX_VALUE) {
          return i;
        }
        to31Bits[at]++;
      }
      return to;
    }

    void add(int magnitude, long values) {
      int at = magnitude - first;
      if (at < 0 || at >= counts.length) {
        at = reach(magnitude);
      }
      if (values > Integer.MAX_VALUE - counts[at]) {
        spill(at, magnitude, values);
      } else {
        counts[at] += (int) values;
      }
    }

    private void spill(int at, int magnitude, long more) {
      rest.merge(magnitude, counts[at] + more, Long::sum);
      counts[at] = 0;
    }

    /// Makes room for a magnitude, and for some beside it.
    ///
    /// @return its place
    private int reach(int magnitude) {
      int room = Math.max(ROOM, counts.length / 2);
      boolean empty = counts.length == 0;
      int from = empty ? magnitude - ROOM / 2 : Math.min(first, magnitude - room);
      from = !empty && magnitude >= first ? first : Math.max(from, 0);
      int to = empty ? magnitude + ROOM / 2 : first + counts.length;
      to = !empty && magnitude < to ? to : Math.min(magnitude + room, MOST + 1);
      int[] wider = new int[to - from];
      System.arraycopy(counts, 0, wider, empty ? 0 : first - from, counts.length);
      counts = wider;
      first = from;
      return magnitude - first;
    }

    void merge(Side other) {
      for (int i = 0; i < other.counts.length; i++) {
        if (other.counts[i] > 0) {
          add(other.first + i, other.counts[i]);
        }
      }
      other.rest.forEach(this::add);
    }

    private long count(int at) {
      return counts[at] + (rest.isEmpty() ? 0 : rest.getOrDefault(first + at, 0L));
    }

    int present() {
      int bins = 0;
      for (int i = 0; i < counts.length; i++) {
        bins += count(i) > 0 ? 1 : 0;
      }
      return bins;
    }

    /// Writes what has values from a place on, in the order of signed codes.
    ///
    /// @return the place after
    int present(Present into, int start, int sign) {
      int at = start;
      for (int i = 0; i < counts.length; i++) {
        int place = sign < 0 ? counts.length - 1 - i : i;
        long count = count(place);
        if (count > 0) {
          into.codes[at] = sign * (first + place);
          into.counts[at++] = count;
        }
      }
      return at;
    }
  }
}
