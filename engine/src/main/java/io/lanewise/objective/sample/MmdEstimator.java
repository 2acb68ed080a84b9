package io.lanewise.objective.sample;

/// Which pairs of rows a squared maximum mean discrepancy takes.
enum MmdEstimator {
  /// Pairs of a row with itself left out.
  UNBIASED("unbiased"),
  /// All pairs.
  BIASED("biased"),
  /// As unbiased, and without the pairs of row i of one set with row i of the other.
  U_STATISTIC("u-statistic");

  private final String text;

  MmdEstimator(String text) {
    this.text = text;
  }

  static MmdEstimator of(String text) {
    for (MmdEstimator estimator : values()) {
      if (estimator.text.equals(text)) {
        return estimator;
      }
    }
    throw new IllegalArgumentException("estimator: found " + text);
  }

  /// The fewest rows of a set.
  int least() {
    return this == BIASED ? 1 : 2;
  }

  /// As a parameter's value.
  @Override
  public String toString() {
    return text;
  }
}
