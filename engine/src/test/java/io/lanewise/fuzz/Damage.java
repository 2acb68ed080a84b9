package io.lanewise.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/// Damages that any format knows: numbers replaced by numbers that reach far, bytes lost, doubled
/// or exchanged.
final class Damage {
  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    2,
    7,
    8,
    9,
    63,
    64,
    255,
    256,
    Short.MAX_VALUE,
    65_535,
    1 << 24,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xFFFF_FFFFL,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    Long.MAX_VALUE - 7
  };

  private Damage() {}

  /// Replaces one number of 1, 2, 4 or 8 bytes that begins in `[from, to)`, mostly where numbers of
  /// that size are aligned to `from`.
  static void number(byte[] bytes, int from, int to, Random random) {
    int size = 1 << random.nextInt(4);
    if (to - from < size) {
      return;
    }
    int step = random.nextInt(4) == 0 ? 1 : size;
    int at = from + step * random.nextInt((to - from - size) / step + 1);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long old = get(buffer, at, size);
    int other = from + size * random.nextInt((to - from) / size);
    long value =
        switch (random.nextInt(7)) {
          case 0, 1 -> EXTREMES[random.nextInt(EXTREMES.length)];
          case 2 -> old + random.nextInt(-9, 10);
          case 3 -> old ^ (1L << random.nextInt(8 * size));
          case 4 -> random.nextBoolean() ? old * 2 : old / 2;
          case 5 -> get(buffer, Math.min(other, to - size), size);
          default -> random.nextBoolean() ? bytes.length + random.nextInt(-8, 9) : random.nextInt();
        };
    switch (size) {
      case 1 -> buffer.put(at, (byte) value);
      case 2 -> buffer.putShort(at, (short) value);
      case 4 -> buffer.putInt(at, (int) value);
      default -> buffer.putLong(at, value);
    }
  }

  private static long get(ByteBuffer buffer, int at, int size) {
    return switch (size) {
      case 1 -> buffer.get(at);
      case 2 -> buffer.getShort(at);
      case 4 -> buffer.getInt(at);
      default -> buffer.getLong(at);
    };
  }

  /// Cuts, doubles, removes or inserts a piece, or overwrites it with one from elsewhere.
  static byte[] pieces(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(bytes.length - at, 1 << random.nextInt(9));
    return switch (random.nextInt(5)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> join(bytes, at + length, bytes, at, bytes.length);
      case 2 -> join(bytes, at, bytes, at + length, bytes.length);
      case 3 -> {
        byte[] more = new byte[length];
        random.nextBytes(more);
        yield join(join(bytes, at, more, 0, length), at + length, bytes, at, bytes.length);
      }
      default -> {
        byte[] copy = bytes.clone();
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes, at, copy, to, length);
        yield copy;
      }
    };
  }

  /// The beginning of one and a piece of another.
  static byte[] join(byte[] first, int to, byte[] second, int from, int end) {
    byte[] both = Arrays.copyOf(first, to + end - from);
    System.arraycopy(second, from, both, to, end - from);
    return both;
  }
}
