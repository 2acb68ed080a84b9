package io.lanewise.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// A pipe whose bytes are counted in a fingerprint as they are taken; see [InputFingerprints].
final class FingerprintStream extends FilterInputStream {
  private final CRC32 crc32 = new CRC32();
  private final CRC32C crc32c = new CRC32C();
  private long[] sums = new long[16];
  private long size;

  FingerprintStream(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    for (int at = 0; at < n; ) {
      int count = Math.min(n - at, FileChecksum.CHUNK - (int) (size % FileChecksum.CHUNK));
      crc32.update(bytes, offset + at, count);
      crc32c.update(bytes, offset + at, count);
      at += count;
      size += count;
      if (size % FileChecksum.CHUNK == 0) {
        endChunk((int) (size / FileChecksum.CHUNK) - 1);
      }
    }
    return n;
  }

  private void endChunk(int chunk) {
    if (chunk == sums.length) {
      sums = Arrays.copyOf(sums, 2 * chunk);
    }
    sums[chunk] = crc32c.getValue() << 32 | crc32.getValue();
    crc32.reset();
    crc32c.reset();
  }

  @Override
  public long skip(long n) throws IOException {
    // What is skipped counts as well.
    return Math.max(0, read(new byte[Math.clamp(n, 0, FileChecksum.CHUNK)]));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /// That of the bytes taken so far.
  String fingerprint() {
    int whole = (int) (size / FileChecksum.CHUNK);
    if (size % FileChecksum.CHUNK == 0) {
      return FileChecksum.fingerprint(size, sums, whole);
    }
    long[] all = Arrays.copyOf(sums, whole + 1);
    all[whole] = crc32c.getValue() << 32 | crc32.getValue();
    return FileChecksum.fingerprint(size, all, all.length);
  }
}
