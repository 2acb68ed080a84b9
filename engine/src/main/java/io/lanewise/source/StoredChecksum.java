package io.lanewise.source;

import java.util.zip.CRC32;

/// The CRC-32 of a zip entry that is stored as it is, computed piece by piece while a pass reads
/// the entry, so that it costs no pass of its own.
final class StoredChecksum {
  /// What fits into a cache of its own core: the rows behind it are read again at once.
  private static final long PIECE = 1 << 20;

  private final String place;
  private final ZipDirectory.Entry entry;
  private final CRC32 crc = new CRC32();
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
      long count = Math.min(PIECE, end - at);
      crc.update(entry.data().asSlice(at, count).asByteBuffer());
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
