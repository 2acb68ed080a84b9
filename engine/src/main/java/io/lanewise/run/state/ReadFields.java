package io.lanewise.run.state;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.StateFields;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Fills fields in from what [ByteFields] wrote.
final class ReadFields implements StateFields {
  private final BytesRead bytes;

  ReadFields(BytesRead bytes) {
    this.bytes = bytes;
  }

  @Override
  public long count(String name, long value) {
    long count = bytes.name(name).unsigned();
    if (count < 0) {
      throw bytes.damaged("'%s' %d".formatted(name, count));
    }
    return count;
  }

  @Override
  public int size(String name, int value) {
    long size = count(name, value);
    if (size > Integer.MAX_VALUE - 8) {
      throw bytes.damaged("'%s' %d".formatted(name, size));
    }
    return (int) size;
  }

  @Override
  public double number(String name, double value) {
    return bytes.name(name).number();
  }

  @Override
  public void numbers(String name, double[] values) {
    bytes.name(name).require(values.length, Double.BYTES);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.number();
    }
  }

  @Override
  public double[] list(String name, double[] values, int count) {
    bytes.name(name).require(count, Double.BYTES);
    double[] read = new double[count];
    for (int i = 0; i < count; i++) {
      read[i] = bytes.number();
    }
    return read;
  }

  @Override
  public long[] list(String name, long[] values, int count) {
    bytes.name(name).require(count, 1);
    long[] read = new long[count];
    for (int i = 0; i < count; i++) {
      read[i] = bytes.signed();
    }
    return read;
  }

  @Override
  public List<String> texts(String name, List<String> values) {
    int count = bytes.name(name).length(1);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try {
        texts.add(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.block())).toString());
      } catch (CharacterCodingException e) {
        throw bytes.damaged("bytes of '%s' that are not UTF-8".formatted(name));
      }
    }
    return texts;
  }

  @Override
  public void sums(String name, ExactSum... sums) {
    bytes.name(name);
    long[] words = new long[ExactSum.WORDS];
    for (ExactSum sum : sums) {
      Arrays.fill(words, 0);
      long from = bytes.unsigned();
      long count = bytes.unsigned();
      if (from < 0 || count < 0 || from > words.length || count > words.length - from) {
        throw bytes.damaged("words %d and %d more of a sum".formatted(from, count));
      }
      for (int i = 0; i < count; i++) {
        words[(int) from + i] = bytes.signed();
      }
      sum.setWords(words, 0);
    }
  }

  @Override
  public StateFields part(String name) {
    bytes.name(name);
    return this;
  }
}
