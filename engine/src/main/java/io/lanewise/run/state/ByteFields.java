package io.lanewise.run.state;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.StateFields;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes the fields of states one after the other: numbers of 8 bytes, counts and integers in as
/// many bytes as they need, and of exact sums the words that are not 0.
///
/// Names are not written. A checksum of all of them tells a reader with other fields.
final class ByteFields implements StateFields {
  private final Bytes bytes;

  ByteFields(Bytes bytes) {
    this.bytes = bytes;
  }

  @Override
  public long count(String name, long value) {
    bytes.name(name).unsigned(value);
    return value;
  }

  @Override
  public int size(String name, int value) {
    bytes.name(name).unsigned(value);
    return value;
  }

  @Override
  public double number(String name, double value) {
    bytes.name(name).number(value);
    return value;
  }

  @Override
  public void numbers(String name, double[] values) {
    list(name, values, values.length);
  }

  @Override
  public double[] list(String name, double[] values, int count) {
    bytes.name(name);
    for (int i = 0; i < count; i++) {
      bytes.number(values[i]);
    }
    return values;
  }

  @Override
  public long[] list(String name, long[] values, int count) {
    bytes.name(name);
    for (int i = 0; i < count; i++) {
      bytes.signed(values[i]);
    }
    return values;
  }

  @Override
  public List<String> texts(String name, List<String> values) {
    bytes.name(name).unsigned(values.size());
    for (String value : values) {
      bytes.block(value.getBytes(StandardCharsets.UTF_8));
    }
    return values;
  }

  /// Of each sum the place of the first word that is not 0, how many words there are up to the last
  /// one, and those.
  @Override
  public void sums(String name, ExactSum... sums) {
    bytes.name(name);
    long[] words = new long[ExactSum.WORDS];
    for (ExactSum sum : sums) {
      sum.words(words, 0);
      int from = 0;
      int to = words.length;
      while (to > 0 && words[to - 1] == 0) {
        to--;
      }
      while (from < to && words[from] == 0) {
        from++;
      }
      bytes.unsigned(from).unsigned(to - from);
      for (int i = from; i < to; i++) {
        bytes.signed(words[i]);
      }
    }
  }

  @Override
  public StateFields part(String name) {
    bytes.name(name);
    return this;
  }
}
