package io.lanewise.source;

import io.lanewise.batch.Column;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows that repeat the rows of a column of numbers or texts: Arrow's dictionary encoding and its
/// runs. A row is null where it says so itself, or where what it repeats is null.
record LookupChunk(String name, Positions positions, Validity rows) implements ColumnChunk {
  /// Where rows find their values.
  interface Positions {
    /// For rows `[from, from + count)` the row of [Found#values] that each repeats.
    Found find(long from, int count, Validity rows, Scratch scratch);
  }

  /// @param values what rows repeat
  /// @param at for each row which of them; any for null rows
  @SuppressWarnings("ArrayRecordComponent") // used at once
  record Found(Column values, int[] at) {}

  /// Positions in a dictionary, as stored.
  record Indices(String name, Element element, MemorySegment data, Dictionary dictionary)
      implements Positions {
    @Override
    public Found find(long from, int count, Validity rows, Scratch scratch) {
      int[] at = new int[count];
      int size = dictionary.values().rows();
      for (int i = 0; i < count; i++) {
        if (rows.isValid(from + i)) {
          long index = element.integer(data, from + i);
          if (index < 0 || index >= size) {
            throw scratch.unusable(
                name,
                i,
                "found dictionary index %s, expected one in [0, %d)"
                    .formatted(
                        element == Element.UINT64 ? Long.toUnsignedString(index) : index, size));
          }
          at[i] = (int) index;
        }
      }
      return new Found(dictionary.values(), at);
    }
  }

  /// Runs of equal rows.
  ///
  /// @param ends for each run the row behind its last; they ascend, and the last is not before the
  ///   column's end
  @SuppressWarnings("ArrayRecordComponent") // never written
  record Runs(long[] ends, ColumnChunk values) implements Positions {
    @Override
    public Found find(long from, int count, Validity rows, Scratch scratch) {
      int[] at = new int[count];
      int first = Arrays.binarySearch(ends, from + 1);
      first = first < 0 ? -first - 1 : first;
      int run = first;
      for (int i = 0; i < count; i++) {
        while (ends[run] <= from + i) {
          run++;
        }
        at[i] = run - first;
      }
      return new Found(values.cut(first, count == 0 ? 0 : run - first + 1, scratch), at);
    }
  }

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    Found found = positions.find(from, count, rows, scratch);
    byte[] valid = new byte[(count + 7) / 8];
    for (int i = 0; i < count; i++) {
      boolean isValid = rows.isValid(from + i) && found.values.validity().isValid(found.at[i]);
      valid[i >> 3] |= (byte) (isValid ? 1 << (i & 7) : 0);
    }
    Validity validity = new Validity(MemorySegment.ofArray(valid), 0);
    return switch (found.values) {
      case TextColumn texts -> {
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          values.add(validity.isValid(i) ? texts.values().get(found.at[i]) : "");
        }
        yield new TextColumn(name, count, values, validity, texts.numbers());
      }
      case ScalarColumn numbers -> {
        int bytes = numbers.type().bytes();
        MemorySegment values = scratch.allocate((long) count * bytes);
        for (int i = 0; i < count; i++) {
          if (validity.isValid(i)) {
            MemorySegment.copy(
                numbers.data(), (long) found.at[i] * bytes, values, (long) i * bytes, bytes);
          }
        }
        yield new ScalarColumn(name, numbers.type(), count, values, validity, numbers.unsigned());
      }
      default -> throw new IllegalStateException(name);
    };
  }
}
