package io.lanewise.objective;

import io.lanewise.batch.DType;
import io.lanewise.kernel.FiniteScan;
import io.lanewise.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/// The numbers that the meaning of a role allows. A number outside is an error under every policy,
/// because nothing computed from it has a meaning. The policy decides about NaN and infinities.
public enum Range {
  /// Any number: data, logits, log-densities.
  ANY(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, "a number"),

  /// A probability, within 1e-6: a dozen float32 roundings, as a softmax leaves them.
  PROBABILITY(-1e-6, 1 + 1e-6, "a probability from 0 to 1"),

  /// The logarithm of a probability, with the same rounding; of a density it could be above 0.
  LOG_PROBABILITY(Double.NEGATIVE_INFINITY, 1e-6, "a log-probability of at most 0"),

  /// A logit, of which -infinity is a probability of 0; otherwise any number.
  LOGIT(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, "a logit below infinity"),

  /// The weight of a row.
  WEIGHT(0, Double.POSITIVE_INFINITY, "a weight of 0 or more");

  private final double low;
  private final double high;
  private final String meaning;

  Range(double low, double high, String meaning) {
    this.low = low;
    this.high = high;
    this.meaning = meaning;
  }

  /// The expected numbers, for messages.
  public String meaning() {
    return meaning;
  }

  /// The first of `count` elements that is outside, counted from element `from`; -1 if none is.
  ///
  /// @param type float32 or float64
  public long firstOutside(DType type, MemorySegment data, long from, long count) {
    if (this == ANY || this == LOGIT) {
      return -1;
    }
    FiniteScan scan = Kernels.active().finiteScan();
    return scan.firstOutside(type.floatType(), data, from, count, low, high);
  }

  /// Whether a number is outside; NaN is not.
  public boolean excludes(double value) {
    return value < low || value > high;
  }

  /// An error that says where.
  ///
  /// @param column its name, or its role's
  /// @param row the row's index in its data set
  /// @param element the index in the row; negative where a row has one number
  public IllegalArgumentException outside(String column, long row, long element, double value) {
    return new IllegalArgumentException(
        "column '%s' row %d%s: found %s, expected %s"
            .formatted(column, row, element < 0 ? "" : " element " + element, value, meaning));
  }
}
