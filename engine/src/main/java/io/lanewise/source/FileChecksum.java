package io.lanewise.source;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// The checksums of a file's chunks of 1 MiB, computed from those of pieces. Each piece is added
/// where its bytes are used anyway, by any thread, in any order: they are in that core's cache
/// then. Nothing depends on how a file was cut into pieces.
final class FileChecksum {
  /// The bytes of a chunk. The last one may be shorter.
  static final int CHUNK = 1 << 20;

  private final long size;
  private final boolean both;

  /// CRC-32C above CRC-32, of each chunk, as if what is missing were zeros that have no checksum.
  private final long[] sums;

  /// Where added pieces begin, to where they end; none touch.
  private final NavigableMap<Long, Long> added = new TreeMap<>();

  /// Bytes of a file, from the first to the one behind the last.
  record Range(long from, long to) {}

  /// @param size the file's
  /// @param both whether CRC-32C is kept beside CRC-32, as [#fingerprint] needs
  FileChecksum(long size, boolean both) {
    this.size = size;
    this.both = both;
    this.sums = new long[Math.toIntExact((size + CHUNK - 1) / CHUNK)];
  }

  /// Adds a piece, unless some of it has been added before.
  ///
  /// @param from where it stands in the file
  /// @param bytes from position to limit, which stay as they are; direct memory is fastest
  void add(long from, ByteBuffer bytes) {
    long to = from + bytes.remaining();
    if (from == to || overlaps(from, to)) {
      return;
    }
    CRC32 crc32 = new CRC32();
    CRC32C crc32c = new CRC32C();
    int first = (int) (from / CHUNK);
    long[] pieces = new long[(int) ((to - 1) / CHUNK) - first + 1];
    for (int i = 0; i < pieces.length; i++) {
      long begin = Math.max(from, (long) (first + i) * CHUNK);
      long chunkEnd = Math.min(size, (long) (first + i + 1) * CHUNK);
      long end = Math.min(to, chunkEnd);
      ByteBuffer piece = bytes.slice(bytes.position() + (int) (begin - from), (int) (end - begin));
      int after = (int) (chunkEnd - end);
      pieces[i] =
          Integer.toUnsignedLong(CrcShift.CRC32.shift(crc(crc32, piece), after))
              | (both ? (long) CrcShift.CRC32C.shift(crc(crc32c, piece), after) << 32 : 0);
    }
    put(from, to, first, pieces);
  }

  private static int crc(Checksum checksum, ByteBuffer piece) {
    checksum.reset();
    checksum.update(piece.duplicate());
    return (int) checksum.getValue();
  }

  private synchronized boolean overlaps(long from, long to) {
    Map.Entry<Long, Long> before = added.lowerEntry(to);
    return before != null && before.getValue() > from;
  }

  private synchronized void put(long from, long to, int first, long[] pieces) {
    if (overlaps(from, to)) {
      // Another thread was faster.
      return;
    }
    for (int i = 0; i < pieces.length; i++) {
      sums[first + i] ^= pieces[i];
    }
    Map.Entry<Long, Long> before = added.floorEntry(from);
    long begin = before != null && before.getValue() == from ? before.getKey() : from;
    Long end = added.remove(to);
    added.put(begin, end == null ? to : end);
  }

  /// What has not been added yet of some bytes, in order.
  synchronized List<Range> missing(long from, long to) {
    List<Range> missing = new ArrayList<>();
    Map.Entry<Long, Long> before = added.floorEntry(from);
    long at = before == null ? from : Math.max(from, before.getValue());
    for (Map.Entry<Long, Long> next = added.ceilingEntry(from + 1);
        at < to;
        next = added.higherEntry(next.getKey())) {
      long end = next == null ? to : Math.min(to, next.getKey());
      if (at < end) {
        missing.add(new Range(at, end));
      }
      if (next == null) {
        break;
      }
      at = Math.max(at, next.getValue());
    }
    return missing;
  }

  /// The CRC-32 of whole chunks, all of which has been added.
  ///
  /// @param from the first chunk
  /// @param to the one behind the last; the last chunk of the file may be among them
  /// @param before that of what goes before
  synchronized int crc32(int from, int to, int before) {
    int crc = before;
    for (int chunk = from; chunk < to; chunk++) {
      int length = (int) Math.min(CHUNK, size - (long) chunk * CHUNK);
      crc = CrcShift.CRC32.shift(crc, length) ^ (int) sums[chunk];
    }
    return crc;
  }

  long size() {
    return size;
  }

  /// What identifies the file's bytes, once all have been added; see [InputFingerprints].
  synchronized String fingerprint() {
    if (!both || !missing(0, size).isEmpty()) {
      throw new IllegalStateException("some bytes have no checksum");
    }
    return fingerprint(size, sums, sums.length);
  }

  /// @param chunks how many of `sums` there are
  static String fingerprint(long size, long[] sums, int chunks) {
    long hash = size;
    for (int i = 0; i < chunks; i++) {
      // Each step is one to one, so that files that differ in one chunk alone never agree by it:
      // only by that chunk's checksums. The mixer is the last step of MurmurHash3.
      hash ^= sums[i];
      hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
      hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
      hash ^= hash >>> 33;
    }
    return InputFingerprints.ALGORITHM + ":" + HexFormat.of().toHexDigits(hash);
  }
}
