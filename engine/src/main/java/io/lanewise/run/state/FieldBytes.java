package io.lanewise.run.state;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import java.util.List;

/// Adds up what the fields of a state take in memory.
public final class FieldBytes implements StateFields {
  /// What an object takes besides what it holds.
  private static final int OBJECT = 48;

  private long bytes;

  /// The bytes of a state as it is; 0 for one that does not tell its fields, and asks for memory
  /// itself.
  public static long of(SampleMetric.State state) {
    FieldBytes fields = new FieldBytes();
    try {
      state.fields(fields);
    } catch (UnsupportedOperationException e) {
      return 0;
    }
    return fields.bytes;
  }

  @Override
  public long count(String name, long value) {
    bytes += Long.BYTES;
    return value;
  }

  @Override
  public int size(String name, int value) {
    bytes += Long.BYTES;
    return value;
  }

  @Override
  public double number(String name, double value) {
    bytes += Double.BYTES;
    return value;
  }

  @Override
  public void numbers(String name, double[] values) {
    bytes += OBJECT + (long) Double.BYTES * values.length;
  }

  @Override
  public double[] list(String name, double[] values, int count) {
    bytes += OBJECT + (long) Double.BYTES * count;
    return values;
  }

  @Override
  public long[] list(String name, long[] values, int count) {
    bytes += OBJECT + (long) Long.BYTES * count;
    return values;
  }

  @Override
  public List<String> texts(String name, List<String> values) {
    values.forEach(text -> bytes += OBJECT + text.length());
    return values;
  }

  @Override
  public void sums(String name, ExactSum... sums) {
    bytes += (OBJECT + (long) Long.BYTES * ExactSum.WORDS) * sums.length;
  }

  @Override
  public StateFields part(String name) {
    return this;
  }
}
