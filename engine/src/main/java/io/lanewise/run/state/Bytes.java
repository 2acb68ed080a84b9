package io.lanewise.run.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Bytes being written, little-endian, and a checksum of the names of what they are.
final class Bytes {
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final CRC32C names = new CRC32C();
  private ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

  /// Remembers the name of what comes next.
  Bytes name(String name) {
    names.update(name.getBytes(StandardCharsets.UTF_8));
    names.update(0);
    return this;
  }

  Bytes int32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  Bytes int64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  Bytes number(double value) {
    return int64(Double.doubleToRawLongBits(value));
  }

  /// An integer from 0, seven bits a byte, the lowest first.
  Bytes unsigned(long value) {
    ByteBuffer to = room(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
    return this;
  }

  /// An integer, near 0 of either sign in few bytes.
  Bytes signed(long value) {
    return unsigned((value << 1) ^ (value >> 63));
  }

  /// Some bytes, after how many they are.
  Bytes block(byte[] block) {
    unsigned(block.length);
    room(block.length).put(block);
    return this;
  }

  private ByteBuffer room(int more) {
    if (buffer.remaining() < more) {
      long needed = (long) buffer.position() + more;
      if (needed > MOST) {
        throw new IllegalArgumentException(
            "found a state of more than %d bytes, expected at most those of an array"
                .formatted(MOST));
      }
      int larger = (int) Math.min(MOST, Math.max(needed, 2L * buffer.capacity()));
      buffer =
          ByteBuffer.allocate(larger)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(buffer.array(), 0, buffer.position());
    }
    return buffer;
  }

  /// What was written, then the checksum of names and one of all before.
  byte[] finished() {
    int32((int) names.getValue());
    CRC32C all = new CRC32C();
    all.update(buffer.array(), 0, buffer.position());
    int32((int) all.getValue());
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
