package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/// The CRC-32 of a zip entry that is stored as it is, computed from the checksums of its pieces.
/// Each is added where a pass is done with it, by any thread, in any order: its bytes are in that
/// core's cache then, so that the checksum costs no pass of its own.
final class StoredChecksum {
  private static final int BUFFER = 1 << 16;

  /// The polynomial of CRC-32, bits reversed.
  private static final int POLYNOMIAL = 0xEDB88320;

  private final String place;
  private final ZipDirectory.Entry entry;
  private final Map<Long, Piece> pieces = new ConcurrentSkipListMap<>();
  private final AtomicLong added = new AtomicLong();

  private record Piece(int crc, long length) {}

  StoredChecksum(String place, ZipDirectory.Entry entry) {
    this.place = place;
    this.entry = entry;
  }

  /// Adds bytes `[from, to)` of the entry, once each. With the last of them, compares.
  ///
  /// @return whether that was the last, and the checksum is right
  /// @throws DataException if the entry does not have the checksum that the directory says
  boolean add(long from, long to) {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[(int) Math.min(BUFFER, to - from)];
    for (long at = from; at < to; at += buffer.length) {
      int count = (int) Math.min(buffer.length, to - at);
      // Copied: the JVM survives a copy from a mapped file that was cut short, but no checksum of
      // it.
      MemorySegment.copy(entry.data(), JAVA_BYTE, at, buffer, 0, count);
      crc.update(buffer, 0, count);
    }
    pieces.put(from, new Piece((int) crc.getValue(), to - from));
    if (added.addAndGet(to - from) != entry.size()) {
      return false;
    }
    int whole = 0;
    long length = -1;
    int power = 0;
    for (Piece piece : pieces.values()) {
      // All but the first and the last are of one length.
      if (piece.length != length) {
        length = piece.length;
        power = power(length);
      }
      // The bytes before, followed by as many zeros, and the piece in their place.
      whole = product(whole, power) ^ piece.crc;
    }
    if (Integer.toUnsignedLong(whole) != entry.crc()) {
      throw new DataException(
          place,
          "found checksum %08x, expected %08x as the file says: it is damaged"
              .formatted(whole, entry.crc()));
    }
    return true;
  }

  /// What a checksum is multiplied by when `length` zeros follow: `x^(8 length)` modulo the
  /// polynomial, by squaring.
  private static int power(long length) {
    int power = 1 << 31;
    int square = 1 << 23;
    for (long n = length; n != 0; n >>>= 1) {
      if ((n & 1) != 0) {
        power = product(power, square);
      }
      square = product(square, square);
    }
    return power;
  }

  /// The product of two polynomials over GF(2) modulo that of CRC-32, bits reversed: bit 31 is 1,
  /// bit 23 is x^8.
  private static int product(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = 31; bit >= 0; bit--) {
      if ((a >>> bit & 1) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? shifted >>> 1 ^ POLYNOMIAL : shifted >>> 1;
    }
    return product;
  }
}
