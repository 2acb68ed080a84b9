package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Arrow's views of text or bytes: 16 bytes a row with its length, and the text itself if it has up
/// to 12 bytes, else where it lies in one of several buffers.
///
/// @param views 16 bytes for each row
/// @param texts the buffers that longer texts lie in
/// @param bytes whether rows are bytes that need not be text
record TextViewChunk(
    String name, MemorySegment views, List<MemorySegment> texts, Validity rows, boolean bytes)
    implements ColumnChunk {
  /// Bytes of a view.
  static final int BYTES = 16;

  private static final int INLINE = 12;

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(
          rows.isValid(from + i)
              ? TextChunk.label(name, text(from + i, i, scratch), bytes, i, scratch)
              : "");
    }
    return new TextColumn(name, count, values, rows.slice(from));
  }

  private MemorySegment text(long row, int inBatch, Scratch scratch) {
    long view = row * BYTES;
    int length = views.get(JAVA_INT_UNALIGNED, view);
    if (length >= 0 && length <= INLINE) {
      return views.asSlice(view + 4, length);
    }
    int buffer = views.get(JAVA_INT_UNALIGNED, view + 8);
    int offset = views.get(JAVA_INT_UNALIGNED, view + 12);
    if (length < 0 || buffer < 0 || buffer >= texts.size() || offset < 0) {
      throw scratch.unusable(
          name,
          inBatch,
          "found a view of %d bytes at %d of buffer %d, expected one in [0, %d)"
              .formatted(length, offset, buffer, texts.size()));
    }
    MemorySegment bytes = texts.get(buffer);
    if (offset > bytes.byteSize() - length) {
      throw scratch.unusable(
          name,
          inBatch,
          "found a view of %d bytes at %d, expected it within %d bytes"
              .formatted(length, offset, bytes.byteSize()));
    }
    return bytes.asSlice(offset, length);
  }
}
