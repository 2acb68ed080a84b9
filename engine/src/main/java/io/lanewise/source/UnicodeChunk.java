package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// NumPy's `<U` text: the same number of UCS-4 characters for each row, padded with zeros.
///
/// @param width characters a row, at least 1
record UnicodeChunk(String name, int width, boolean swap, MemorySegment data)
    implements ColumnChunk {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    List<String> values = new ArrayList<>(count);
    StringBuilder text = new StringBuilder(width);
    for (int i = 0; i < count; i++) {
      text.setLength(0);
      int end = 0;
      for (int j = 0; j < width; j++) {
        int raw = data.get(JAVA_INT_UNALIGNED, ((from + i) * width + j) << 2);
        int c = swap ? Integer.reverseBytes(raw) : raw;
        if (!Character.isValidCodePoint(c)) {
          throw scratch.unusable(
              name, i, "found character 0x%x, expected a Unicode code point".formatted(c));
        }
        text.appendCodePoint(c);
        // Only trailing zeros are padding; one between characters belongs to the text.
        end = c == 0 ? end : text.length();
      }
      values.add(text.substring(0, end));
    }
    return new TextColumn(name, count, values, Validity.ALL);
  }
}
