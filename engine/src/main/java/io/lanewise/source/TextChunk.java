package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Arrow's text, and its bytes, which are read as labels.
///
/// @param bytes whether rows are bytes that need not be text
record TextChunk(String name, Offsets offsets, MemorySegment data, Validity rows, boolean bytes)
    implements ColumnChunk {
  /// The most bytes of a label.
  private static final long LONGEST = 1 << 28;

  /// The most bytes that are shown as hexadecimal digits.
  private static final int SHOWN = 32;

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    long[] at = offsets.cut(name, from, count, scratch);
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(
          rows.isValid(from + i)
              ? label(name, data.asSlice(at[i], at[i + 1] - at[i]), bytes, i, scratch)
              : "");
    }
    return new TextColumn(name, count, values, rows.slice(from));
  }

  /// The label for the bytes of a row: their text if they are UTF-8. Bytes that need not be text
  /// become `0x…` if they are few, otherwise their SHA-256.
  ///
  /// @param any whether they need not be text
  /// @throws DataException if they must be text and are not
  static String label(String name, MemorySegment bytes, boolean any, int row, Scratch scratch) {
    if (bytes.byteSize() > LONGEST) {
      throw scratch.unusable(
          name,
          row,
          "found a text of %d bytes, expected a label of at most %d"
              .formatted(bytes.byteSize(), LONGEST));
    }
    byte[] utf8 = bytes.toArray(JAVA_BYTE);
    String text = new String(utf8, StandardCharsets.UTF_8);
    // The lenient decoder is fast and leaves this mark where it had to guess; only then look
    // closely.
    if (text.indexOf('\uFFFD') < 0 || isUtf8(utf8)) {
      return text;
    }
    if (!any) {
      throw scratch.unusable(name, row, "found bytes that are not UTF-8, expected text");
    }
    return utf8.length <= SHOWN
        ? "0x" + HexFormat.of().formatHex(utf8)
        : "sha256:" + HexFormat.of().formatHex(sha256(utf8));
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
