package io.lanewise.noise;

/// MT19937: the generator of legacy NumPy and of PyTorch on the CPU, seeded by one word, and of
/// Python, seeded by several. Not thread-safe.
///
/// Reference: Matsumoto, Nishimura, *Mersenne twister*, 1998.
final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;
  private static final int TWIST = 0x9908B0DF;

  private final int[] state = new int[SIZE];
  private int next = SIZE;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /// Seeded by at least one word: the authors' `init_by_array`.
  static MersenneTwister ofKey(int... key) {
    MersenneTwister twister = new MersenneTwister(19650218);
    int[] state = twister.state;
    int i = 1;
    for (int k = 0; k < Math.max(SIZE, key.length); k++) {
      int word = key[k % key.length] + k % key.length;
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + word;
      i = following(state, i);
    }
    for (int k = 0; k < SIZE - 1; k++) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
      i = following(state, i);
    }
    state[0] = 0x80000000;
    return twister;
  }

  private static int following(int[] state, int i) {
    if (i < SIZE - 1) {
      return i + 1;
    }
    state[0] = state[SIZE - 1];
    return 1;
  }

  /// The next word: 32 random bits.
  int next() {
    if (next == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        int y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7FFFFFFF);
        state[i] = state[(i + SHIFT) % SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : TWIST);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }
}
