package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class FileChecksumTest {
  /// 2.5 chunks and a bit.
  private static final int SIZE = 5 * (1 << 19) + 12345;

  static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ((long) i * i + (i >> 8));
    }
    return bytes;
  }

  private static String fingerprint(byte[] bytes) {
    FileChecksum checksum = new FileChecksum(bytes.length, true);
    checksum.add(0, ByteBuffer.wrap(bytes));
    return checksum.fingerprint();
  }

  /// By Python 3.11:
  ///
  /// ```python
  /// import zlib
  /// TABLE = []
  /// for i in range(256):
  ///     c = i
  ///     for _ in range(8): c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
  ///     TABLE.append(c)
  /// def crc32c(data):
  ///     c = 0xFFFFFFFF
  ///     for b in data: c = c >> 8 ^ TABLE[(c ^ b) & 255]
  ///     return c ^ 0xFFFFFFFF
  /// assert crc32c(b"123456789") == 0xE3069283  # the published check value
  /// M = 2**64 - 1
  /// def mix(h):  # fmix64 of MurmurHash3
  ///     h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD & M
  ///     h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53 & M
  ///     return h ^ h >> 33
  /// def fingerprint(data):
  ///     h = len(data)
  ///     for at in range(0, len(data), 1 << 20):
  ///         chunk = data[at:at + (1 << 20)]
  ///         h = mix(h ^ (crc32c(chunk) << 32 | zlib.crc32(chunk)))
  ///     return "chunk-crc:%016x" % h
  /// for n in (0, 2**20, 5 * 2**19 + 12345):
  ///     print(n, fingerprint(bytes((i * i + (i >> 8)) & 255 for i in range(n))))
  /// print(fingerprint(b"123456789"))
  /// ```
  @Test
  void knownValues() {
    assertThat(fingerprint(new byte[0])).isEqualTo("chunk-crc:0000000000000000");
    assertThat(fingerprint(new byte[] {'1', '2', '3', '4', '5', '6', '7', '8', '9'}))
        .isEqualTo("chunk-crc:0af618122bc45ddd");
    assertThat(fingerprint(bytes(1 << 20))).isEqualTo("chunk-crc:5c2598d03c22bb2c");
    assertThat(fingerprint(bytes(SIZE))).isEqualTo("chunk-crc:a56cea847adf27fc");
  }

  /// However a file is cut, in whatever order, with pieces twice or half known, by several threads.
  @Test
  void piecesAddUp() throws InterruptedException {
    byte[] bytes = bytes(SIZE);
    Random random = new Random(3);
    for (int trial = 0; trial < 50; trial++) {
      TreeSet<Integer> cuts = new TreeSet<>(List.of(0, SIZE));
      int count = random.nextInt(60);
      for (int i = 0; i < count; i++) {
        int cut = random.nextInt(SIZE);
        cuts.add(i % 5 == 0 ? cut >> 20 << 20 : cut);
      }
      List<int[]> pieces = new ArrayList<>();
      for (int cut : cuts.headSet(SIZE)) {
        pieces.add(new int[] {cut, cuts.higher(cut)});
      }
      Collections.shuffle(pieces, random);
      FileChecksum checksum = new FileChecksum(SIZE, true);
      int early = pieces.size() / 3;
      for (int[] piece : pieces.subList(0, early)) {
        add(checksum, bytes, piece[0], piece[1]);
      }
      assertMissing(checksum, pieces.subList(0, early));
      for (int i = 0; i < 3; i++) {
        // Not a byte of these that is known already may count again.
        int from = random.nextInt(SIZE);
        int to = from + 1 + random.nextInt(SIZE - from);
        checksum
            .missing(from, to)
            .forEach(range -> add(checksum, bytes, (int) range.from(), (int) range.to()));
        add(checksum, bytes, from, to);
      }
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    checksum
                        .missing(0, SIZE)
                        .forEach(
                            range -> add(checksum, bytes, (int) range.from(), (int) range.to()))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(checksum.missing(0, SIZE)).isEmpty();
      assertThat(checksum.fingerprint()).isEqualTo("chunk-crc:a56cea847adf27fc");
      CRC32 whole = new CRC32();
      whole.update(bytes);
      assertThat(checksum.crc32(0, 3, 0)).isEqualTo((int) whole.getValue());
    }
  }

  private static void add(FileChecksum checksum, byte[] bytes, int from, int to) {
    ByteBuffer piece = ByteBuffer.allocateDirect(to - from);
    checksum.add(from, piece.put(bytes, from, to - from).flip());
  }

  private static void assertMissing(FileChecksum checksum, List<int[]> added) {
    boolean[] known = new boolean[SIZE];
    for (int[] piece : added) {
      Arrays.fill(known, piece[0], piece[1], true);
    }
    boolean[] missing = new boolean[SIZE];
    checksum
        .missing(0, SIZE)
        .forEach(range -> Arrays.fill(missing, (int) range.from(), (int) range.to(), true));
    for (int i = 0; i < SIZE; i++) {
      if (known[i] == missing[i]) {
        throw new AssertionError("byte " + i);
      }
    }
  }

  @Test
  void everyBitCounts() {
    byte[] bytes = bytes(3000);
    Set<String> seen = new HashSet<>(Set.of(fingerprint(bytes)));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(seen.add(fingerprint(bytes))).isTrue();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    // Zeros at the end, and chunks that change places.
    assertThat(seen.add(fingerprint(Arrays.copyOf(bytes, 3001)))).isTrue();
    byte[] large = bytes(2 << 20);
    large[7]++;
    byte[] swapped = Arrays.copyOfRange(large, 1 << 20, 3 << 20);
    System.arraycopy(large, 0, swapped, 1 << 20, 1 << 20);
    assertThat(fingerprint(swapped)).isNotEqualTo(fingerprint(large));
  }
}
