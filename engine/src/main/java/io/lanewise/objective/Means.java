package io.lanewise.objective;

/// The means of an evaluation's per-row outputs, to build statistics from.
public interface Means {
  /// The mean of an output over the rows used, NaN if there are none.
  ///
  /// @throws IllegalArgumentException if the statistic did not declare the output
  Estimate mean(String output);

  /// The sum of an output over the rows used.
  Estimate total(String output);
}
