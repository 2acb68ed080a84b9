package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;

/// The CRC-32 of a zip entry that is stored as it is, computed piece by piece while a pass reads
/// the entry, so that it costs no pass of its own.
final class StoredChecksum {
  private static final int PIECE = 1 << 16;

  private final String place;
  private final ZipDirectory.Entry entry;
  private final CRC32 crc = new CRC32();
  private final byte[] piece = new byte[PIECE];
  private long at;

  StoredChecksum(String place, ZipDirectory.Entry entry) {
    this.place = place;
    this.entry = entry;
  }

  /// Goes on to byte `end` of the entry; at its last byte, compares.
  ///
  /// @throws DataException if the entry does not have the checksum that the directory says
  void readTo(long end) {
    while (at < end) {
      int count = (int) Math.min(PIECE, end - at);
      // Copied: the JVM survives a copy from a mapped file that was cut short, but no checksum of
      // it.
      MemorySegment.copy(entry.data(), JAVA_BYTE, at, piece, 0, count);
      crc.update(piece, 0, count);
      at += count;
    }
    if (at == entry.size() && crc.getValue() != entry.crc()) {
      throw new DataException(
          place,
          "found checksum %08x, expected %08x as the file says: it is damaged"
              .formatted(crc.getValue(), entry.crc()));
    }
  }
}
