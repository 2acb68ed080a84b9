package io.lanewise.run.state;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.StateFields;
import io.lanewise.sink.ArchiveSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes the fields of states as arrays of a file, under the names `PART/FIELD`.
public final class SavedFields implements StateFields {
  private final ArchiveSink sink;
  private final String prefix;
  private final Set<String> names;

  public SavedFields(ArchiveSink sink) {
    this(sink, "", new HashSet<>());
  }

  private SavedFields(ArchiveSink sink, String prefix, Set<String> names) {
    this.sink = sink;
    this.prefix = prefix;
    this.names = names;
  }

  private String entry(String name) {
    String entry = prefix + name;
    if (!names.add(entry)) {
      throw new IllegalStateException("field '" + entry + "' is named twice");
    }
    return entry;
  }

  @Override
  public long count(String name, long value) {
    sink.longs(entry(name), new long[] {value}, 1);
    return value;
  }

  @Override
  public int size(String name, int value) {
    count(name, value);
    return value;
  }

  @Override
  public double number(String name, double value) {
    sink.doubles(entry(name), new double[] {value}, 1);
    return value;
  }

  @Override
  public void numbers(String name, double[] values) {
    sink.doubles(entry(name), values, values.length);
  }

  @Override
  public double[] list(String name, double[] values, int count) {
    sink.doubles(entry(name), values, count);
    return values;
  }

  @Override
  public long[] list(String name, long[] values, int count) {
    sink.longs(entry(name), values, count);
    return values;
  }

  /// The texts one after the other in UTF-8, and where each ends.
  @Override
  public List<String> texts(String name, List<String> values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long[] ends = new long[values.size()];
    for (int i = 0; i < ends.length; i++) {
      bytes.writeBytes(values.get(i).getBytes(StandardCharsets.UTF_8));
      ends[i] = bytes.size();
    }
    StateFields part = part(name);
    part.size("count", ends.length);
    part.list("ends", ends, ends.length);
    sink.bytes(prefix + name + "/utf8", bytes.toByteArray());
    return values;
  }

  @Override
  public void sums(String name, ExactSum... sums) {
    long[] words = new long[Math.multiplyExact(sums.length, ExactSum.WORDS)];
    for (int i = 0; i < sums.length; i++) {
      sums[i].words(words, i * ExactSum.WORDS);
    }
    sink.packed(entry(name), words, ExactSum.WORDS);
  }

  @Override
  public StateFields part(String name) {
    return new SavedFields(sink, prefix + name + "/", names);
  }
}
