package io.lanewise.run.state;

import io.lanewise.source.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Reads what [Bytes] wrote. The checksum is looked at first, and no length is believed.
final class BytesRead {
  private final String place;
  private final ByteBuffer buffer;
  private final CRC32C names = new CRC32C();

  /// @throws DataException if the bytes are not those that were written
  BytesRead(String place, byte[] bytes) {
    this.place = place;
    int end = bytes.length - Integer.BYTES;
    if (end < Integer.BYTES) {
      throw new DataException(place, "found %d bytes, expected a state".formatted(bytes.length));
    }
    CRC32C all = new CRC32C();
    all.update(bytes, 0, end);
    buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getInt(end) != (int) all.getValue()) {
      throw new DataException(
          place,
          "found checksum %08x of %d bytes, expected %08x: they are no state, or damaged"
              .formatted(all.getValue(), end, buffer.getInt(end)));
    }
    buffer.limit(end - Integer.BYTES);
  }

  String place() {
    return place;
  }

  /// Remembers the name of what is read next.
  BytesRead name(String name) {
    names.update(name.getBytes(StandardCharsets.UTF_8));
    names.update(0);
    return this;
  }

  int int32() {
    return require(Integer.BYTES).getInt();
  }

  long int64() {
    return require(Long.BYTES).getLong();
  }

  double number() {
    return Double.longBitsToDouble(int64());
  }

  long unsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = require(1).get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged("an integer of more than 64 bits");
  }

  long signed() {
    long value = unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  /// How many things follow, each of at least so many bytes.
  int length(int leastBytes) {
    long length = unsigned();
    if (length < 0 || length > buffer.remaining() / leastBytes) {
      throw damaged("a length of %d before %d bytes".formatted(length, buffer.remaining()));
    }
    return (int) length;
  }

  byte[] block() {
    byte[] block = new byte[length(1)];
    buffer.get(block);
    return block;
  }

  /// Refuses a count that more bytes belong to than there are.
  BytesRead require(long count, int leastBytes) {
    if (count > buffer.remaining() / leastBytes) {
      throw damaged(
          "the end, %d bytes before that of %d elements".formatted(buffer.remaining(), count));
    }
    return this;
  }

  private ByteBuffer require(int bytes) {
    require(bytes, 1);
    return buffer;
  }

  DataException damaged(String found) {
    return new DataException(place, "found %s, expected a whole state".formatted(found));
  }

  /// Refuses what is left, and names that were not those of the writer.
  void requireEnd() {
    int limit = buffer.limit();
    buffer.limit(limit + Integer.BYTES);
    if (buffer.position() != limit || buffer.getInt(limit) != (int) names.getValue()) {
      throw new DataException(
          place,
          "found other fields than those of this Lanewise, expected a state of the same one");
    }
    buffer.limit(limit);
  }
}
