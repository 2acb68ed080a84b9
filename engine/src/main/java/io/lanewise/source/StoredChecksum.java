package io.lanewise.source;

import java.util.concurrent.atomic.AtomicLong;

/// The CRC-32 of a zip entry that is stored as it is, compared when a pass is done with all of it.
/// It adds up from the checksums of the file's chunks, so that the entry's bytes are read once.
final class StoredChecksum {
  private final String place;
  private final ZipDirectory.Entry entry;
  private final Mapping file;
  private final long offset;
  private final AtomicLong done = new AtomicLong();

  /// @param file which keeps checksums
  StoredChecksum(String place, ZipDirectory.Entry entry, Mapping file) {
    this.place = place;
    this.entry = entry;
    this.file = file;
    this.offset = entry.data().address() - file.bytes().address();
  }

  /// Says that a pass is done with bytes `[from, to)` of the entry, once each, by any thread, in
  /// any order. With the last of them, compares.
  ///
  /// @return whether that was the last, and the checksum is right
  /// @throws DataException if the entry does not have the checksum that the directory says
  boolean add(long from, long to) {
    file.addToChecksum(offset + from, offset + to);
    if (done.addAndGet(to - from) != entry.size()) {
      return false;
    }
    int found = file.crc32(offset, offset + entry.size());
    if (Integer.toUnsignedLong(found) != entry.crc()) {
      throw new DataException(
          place,
          "found checksum %08x, expected %08x as the file says: it is damaged"
              .formatted(found, entry.crc()));
    }
    return true;
  }
}
