package io.lanewise.objective;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Map;

/// Where an objective puts its per-row outputs: exactly those that were requested.
///
/// @param numbers number outputs: at least as many elements as there are rows
/// @param vectors vector outputs: `rows * width` elements of the rows' type, at any alignment
/// @param empty the rows that have nothing to evaluate; see [#setEmpty]
@SuppressWarnings("ArrayRecordComponent") // written by design
public record RowOutputs(
    Map<String, double[]> numbers, Map<String, MemorySegment> vectors, BitSet empty) {

  /// Outputs for rows none of which is known to be empty.
  public RowOutputs(Map<String, double[]> numbers, Map<String, MemorySegment> vectors) {
    this(numbers, vectors, new BitSet());
  }

  /// Marks a row that has nothing to evaluate, such as a sequence without tokens. Its outputs are
  /// null, it is in no mean and no n, and it is counted as empty. Its elements are ignored.
  public void setEmpty(int row) {
    empty.set(row);
  }

  /// The array of a number output.
  public double[] number(String output) {
    double[] values = numbers.get(output);
    if (values == null) {
      throw new IllegalStateException("output '" + output + "' was not requested");
    }
    return values;
  }

  /// The memory of a vector output.
  public MemorySegment vector(String output) {
    MemorySegment values = vectors.get(output);
    if (values == null) {
      throw new IllegalStateException("output '" + output + "' was not requested");
    }
    return values;
  }

  /// Whether the output was requested.
  public boolean wants(String output) {
    return numbers.containsKey(output) || vectors.containsKey(output);
  }
}
