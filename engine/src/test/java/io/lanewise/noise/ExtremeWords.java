package io.lanewise.noise;

import io.lanewise.kernel.noise.Tile;
import java.util.SplittableRandom;

/// Words that reach the ends of every branch: half of them uniform, half a run of ones or zeros
/// with a few bits beside, so that `u` and `v` come close to 0, 1 and the powers of two between.
final class ExtremeWords {
  private ExtremeWords() {}

  static long[] tiles(long seed, int tiles) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] words = new long[tiles * Tile.LONGS];
    for (int i = 0; i < words.length; i++) {
      words[i] =
          switch (random.nextInt(4)) {
            case 0 -> extreme32(random) << 32 | extreme32(random) & 0xFFFFFFFFL;
            case 1 -> extreme64(random);
            default -> random.nextLong();
          };
    }
    return words;
  }

  private static long extreme32(SplittableRandom random) {
    int word = (random.nextInt() & random.nextInt() & random.nextInt()) >>> random.nextInt(32);
    if (random.nextBoolean()) {
      word ^= Integer.MAX_VALUE;
    }
    return random.nextBoolean() ? word : word ^ Integer.MIN_VALUE;
  }

  private static long extreme64(SplittableRandom random) {
    long word = (random.nextLong() & random.nextLong() & random.nextLong()) >>> random.nextInt(64);
    if (random.nextBoolean()) {
      word ^= Long.MAX_VALUE;
    }
    return random.nextBoolean() ? word : word ^ Long.MIN_VALUE;
  }
}
