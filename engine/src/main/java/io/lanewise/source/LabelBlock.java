package io.lanewise.source;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Arrow's dictionary-encoded text: each row is a position in `labels`.
record LabelBlock(
    String name, Element index, MemorySegment data, List<String> labels, Validity rows)
    implements Block {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (!rows.isValid(from + i)) {
        values.add("");
        continue;
      }
      long at = index.integer(data, from + i);
      if (at < 0 || at >= labels.size()) {
        throw scratch.unusable(
            name,
            i,
            "found dictionary index %d, expected one in [0, %d)".formatted(at, labels.size()));
      }
      values.add(labels.get((int) at));
    }
    return new TextColumn(name, count, values, rows.slice(from));
  }
}
