package io.lanewise.run.state;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.StateFields;
import io.lanewise.source.ArchiveFile;
import io.lanewise.source.DataException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Fills fields in from the arrays that [SavedFields] wrote.
public final class LoadedFields implements StateFields {
  private final ArchiveFile file;
  private final String prefix;
  private final Set<String> read;

  public LoadedFields(ArchiveFile file) {
    this(file, "", new HashSet<>());
  }

  private LoadedFields(ArchiveFile file, String prefix, Set<String> read) {
    this.file = file;
    this.prefix = prefix;
    this.read = read;
  }

  private String entry(String name) {
    read.add(prefix + name + ".npy");
    return prefix + name;
  }

  private String place(String name) {
    return file.name() + ": '" + prefix + name + "'";
  }

  @Override
  public long count(String name, long value) {
    long count = file.longs(entry(name), 1)[0];
    if (count < 0) {
      throw new DataException(place(name), "found %d, expected 0 or more".formatted(count));
    }
    return count;
  }

  @Override
  public int size(String name, int value) {
    long size = count(name, value);
    // No array of more elements was ever written, and products of sizes do not overflow silently.
    if (size > Integer.MAX_VALUE - 8) {
      throw new DataException(
          place(name), "found %d, expected less than 2^31 elements".formatted(size));
    }
    return (int) size;
  }

  @Override
  public double number(String name, double value) {
    return file.doubles(entry(name), 1)[0];
  }

  @Override
  public void numbers(String name, double[] values) {
    System.arraycopy(file.doubles(entry(name), values.length), 0, values, 0, values.length);
  }

  @Override
  public double[] list(String name, double[] values, int count) {
    return file.doubles(entry(name), count);
  }

  @Override
  public long[] list(String name, long[] values, int count) {
    return file.longs(entry(name), count);
  }

  @Override
  public List<String> texts(String name, List<String> values) {
    LoadedFields part = part(name);
    int count = part.size("count", 0);
    long[] ends = part.list("ends", new long[0], count);
    read.add(prefix + name + "/utf8");
    byte[] bytes = file.bytes(prefix + name + "/utf8");
    List<String> texts = new ArrayList<>();
    int from = 0;
    for (long end : ends) {
      if (end < from || end > bytes.length) {
        throw new DataException(
            place(name),
            "found a text that ends at %d, expected from %d to %d"
                .formatted(end, from, bytes.length));
      }
      try {
        texts.add(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, from, (int) end - from))
                .toString());
      } catch (CharacterCodingException e) {
        throw new DataException(place(name), "found bytes that are not UTF-8, expected text", e);
      }
      from = (int) end;
    }
    if (from != bytes.length) {
      throw new DataException(
          place(name), "found %d bytes of text, expected %d".formatted(bytes.length, from));
    }
    return texts;
  }

  @Override
  public void sums(String name, ExactSum... sums) {
    long[] words = file.longs(entry(name), sums.length, ExactSum.WORDS);
    for (int i = 0; i < sums.length; i++) {
      try {
        sums[i].setWords(words, i * ExactSum.WORDS);
      } catch (IllegalArgumentException e) {
        throw new DataException(place(name), "sum %d: %s".formatted(i, e.getMessage()), e);
      }
    }
  }

  @Override
  public LoadedFields part(String name) {
    return new LoadedFields(file, prefix + name + "/", read);
  }

  /// Refuses a file that holds more than was read, because its writer had fields that are unknown
  /// here.
  public void refuseUnread(String besides) {
    for (String entry : file.entries()) {
      if (!read.contains(entry) && !entry.equals(besides)) {
        throw new DataException(
            file.name(), "found entry '%s', expected none of that name".formatted(entry));
      }
    }
  }
}
