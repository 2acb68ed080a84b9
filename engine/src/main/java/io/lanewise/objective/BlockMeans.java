package io.lanewise.objective;

import java.util.List;
import java.util.Map;

/// Means of per-row numbers over blocks of consecutive rows of a data set, from exact sums rounded
/// once. The result of a row may depend on them and still not depend on batches or threads.
///
/// @param blockRows rows of a block; the last one may have fewer
/// @param means by name, the mean of each block; NaN for a block without a usable row
@SuppressWarnings("ArrayRecordComponent") // shared by workers, never written by an objective
public record BlockMeans(long blockRows, Map<String, double[]> means) {

  /// The means that a transform asks for.
  ///
  /// @param blockRows rows of a block, at least 1; `Long.MAX_VALUE` for all rows in one
  /// @param names of the numbers
  /// @param function computes them for rows of the only set
  public record Request(long blockRows, List<String> names, RowFunction function) {}

  /// The mean of the block that a row of the data set is in.
  public double of(String name, long row) {
    double[] blocks = means.get(name);
    if (blocks == null) {
      throw new IllegalStateException("mean '" + name + "' was not asked for");
    }
    return blocks[Math.toIntExact(row / blockRows)];
  }
}
