package io.lanewise.noise;

import java.math.BigInteger;

/// NumPy's `SeedSequence`: any integer from 0 on becomes well-mixed words.
///
/// Pool of four 32-bit words, multiply-xorshift hashing after O'Neill's `seed_seq_fe`; no spawn
/// key. Reference: NumPy, `numpy/random/bit_generator.pyx`.
final class SeedSequence {
  private static final int POOL = 4;
  private static final int INIT_A = 0x43B0D7E5;
  private static final int MULT_A = 0x931E8875;
  private static final int INIT_B = 0x8B51F9DD;
  private static final int MULT_B = 0x58F38DED;
  private static final int MIX_LEFT = 0xCA01F9DD;
  private static final int MIX_RIGHT = 0x4973F715;

  private final int[] pool = new int[POOL];
  private int hashConstant = INIT_A;

  SeedSequence(BigInteger entropy) {
    int words = Math.max(1, (entropy.bitLength() + 31) / 32);
    for (int i = 0; i < POOL; i++) {
      pool[i] = hash(i < words ? word(entropy, i) : 0);
    }
    for (int from = 0; from < POOL; from++) {
      for (int to = 0; to < POOL; to++) {
        if (from != to) {
          pool[to] = mix(pool[to], hash(pool[from]));
        }
      }
    }
    for (int i = POOL; i < words; i++) {
      for (int to = 0; to < POOL; to++) {
        pool[to] = mix(pool[to], hash(word(entropy, i)));
      }
    }
  }

  /// NumPy's `generate_state(count, uint64)`.
  long[] state(int count) {
    long[] state = new long[count];
    int constant = INIT_B;
    for (int i = 0; i < 2 * count; i++) {
      int value = pool[i % POOL] ^ constant;
      constant *= MULT_B;
      value *= constant;
      value ^= value >>> 16;
      state[i / 2] |= Integer.toUnsignedLong(value) << (32 * (i % 2));
    }
    return state;
  }

  private static int word(BigInteger entropy, int i) {
    return entropy.shiftRight(32 * i).intValue();
  }

  private int hash(int value) {
    int x = value ^ hashConstant;
    hashConstant *= MULT_A;
    x *= hashConstant;
    return x ^ (x >>> 16);
  }

  private static int mix(int x, int y) {
    int z = MIX_LEFT * x - MIX_RIGHT * y;
    return z ^ (z >>> 16);
  }
}
