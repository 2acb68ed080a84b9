package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Arrow's UTF-8 text.
record TextBlock(String name, Offsets offsets, MemorySegment data, Validity rows) implements Block {

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    long[] at = offsets.cut(name, from, count, scratch);
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(rows.isValid(from + i) ? text(at[i], at[i + 1], i, scratch) : "");
    }
    return new TextColumn(name, count, values, rows.slice(from));
  }

  private String text(long start, long end, int row, Scratch scratch) {
    if (end - start > Integer.MAX_VALUE - 8) {
      throw scratch.unusable(
          name, row, "found a text of %d bytes, expected a label".formatted(end - start));
    }
    byte[] utf8 = data.asSlice(start, end - start).toArray(JAVA_BYTE);
    String text = new String(utf8, StandardCharsets.UTF_8);
    // The lenient decoder is fast and leaves this mark where it had to guess; only then look
    // closely.
    if (text.indexOf('\uFFFD') >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
      } catch (CharacterCodingException e) {
        throw scratch.unusable(name, row, "found bytes that are not UTF-8, expected text");
      }
    }
    return text;
  }
}
