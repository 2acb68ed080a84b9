package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Inflates a zip entry from its beginning to its end, a piece at a time, into off-heap memory.
final class InflatingReader implements AutoCloseable {
  private final String place;
  private final ZipDirectory.Entry entry;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private final byte[] output = new byte[1 << 16];
  private long consumed;
  private long produced;

  InflatingReader(String place, ZipDirectory.Entry entry) {
    this.place = place;
    this.entry = entry;
  }

  /// Fills `target` with the next bytes. The entry's checksum is compared when its last byte is
  /// read.
  void read(MemorySegment target) {
    long have = 0;
    while (have < target.byteSize()) {
      int n = inflate((int) Math.min(output.length, target.byteSize() - have));
      MemorySegment.copy(MemorySegment.ofArray(output), 0, target, have, n);
      have += n;
    }
    if (produced == entry.size()) {
      checkEnd();
    }
  }

  private int inflate(int most) {
    try {
      while (true) {
        int n = inflater.inflate(output, 0, most);
        if (n > 0) {
          crc.update(output, 0, n);
          produced += n;
          return n;
        }
        if (inflater.finished() || inflater.needsDictionary() || !refill()) {
          throw new DataException(
              place,
              "found %d bytes after inflating, expected %d".formatted(produced, entry.size()));
        }
      }
    } catch (DataFormatException e) {
      throw new DataException(
          place,
          "found damaged compressed data after %d bytes, expected %d"
              .formatted(produced, entry.size()),
          e);
    }
  }

  private boolean refill() {
    int n = (int) Math.min(input.length, entry.data().byteSize() - consumed);
    if (n == 0) {
      return false;
    }
    MemorySegment.copy(entry.data(), JAVA_BYTE, consumed, input, 0, n);
    consumed += n;
    inflater.setInput(input, 0, n);
    return true;
  }

  private void checkEnd() {
    if (crc.getValue() != entry.crc()) {
      throw new DataException(
          place, "found checksum %08x, expected %08x".formatted(crc.getValue(), entry.crc()));
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
