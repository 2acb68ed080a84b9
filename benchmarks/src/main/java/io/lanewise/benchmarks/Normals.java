package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.CounterNoise;
import io.lanewise.noise.Noise;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The noise of one benchmark, drawn as the engine draws it: for a part of a batch into scratch
/// that stays in the cache, from where the kernel takes it.
///
/// @param noise the generator
/// @param stream its name, as in `--noise NAME:SEED`
/// @param type float32 or float64
/// @param kernels what generates: `scalar`, or `simd-` and the width
record Normals(Noise noise, String stream, DType type, String kernels) {
  /// Values of a part: 32 or 64 KiB of noise.
  static final int PART = 8192;

  private static final long SEED = 42;

  /// A generator by its name.
  static Normals of(Implementation implementation, DType type, String stream) {
    if (implementation == Implementation.SCALAR) {
      // Read once, when the generator's class is loaded: this process has drawn nothing yet.
      System.setProperty("lanewise.kernels", "scalar");
    }
    return new Normals(Noise.parse(stream + ":" + SEED), stream, type, Kernels.active().name());
  }

  /// What the report calls a benchmark of this stream: Philox is the one that goes without saying.
  String named(String benchmark) {
    return stream.equals("philox") ? benchmark : benchmark + "." + stream;
  }

  /// Whether [#exact] knows the stream.
  boolean hasOracle() {
    return noise instanceof CounterNoise;
  }

  void fill(long first, long count, MemorySegment out) {
    if (type == DType.FLOAT32) {
      noise.normalsF32(first, count, 0, out);
    } else {
      noise.normalsF64(first, count, 0, out);
    }
  }

  /// Element `index`, computed from the definition in [CounterNoise] with `StrictMath`.
  double exact(long index) {
    long row = type == DType.FLOAT32 ? 16 : 8;
    long pair = index / (2 * row) * (2 * row) + index % row;
    long radius = word(pair);
    long angle = word(pair + row);
    int bits = type == DType.FLOAT32 ? 31 : 52;
    long low = (1L << bits) - 1;
    double u = ((radius & low) + 0.5) / (1L << bits);
    double v = ((angle & low) + 0.5) / (1L << bits);
    double r = Math.sqrt(-2 * StrictMath.log(u));
    boolean first = index % (2 * row) < row;
    double turn = StrictMath.sin(Math.PI / 2 * (first ? 1 - v : v));
    long top = type == DType.FLOAT32 ? 1L << 31 : Long.MIN_VALUE;
    return ((first ? radius : angle) & top) == 0 ? r * turn : -r * turn;
  }

  private long word(long position) {
    return type == DType.FLOAT32
        ? word32(position)
        : word32(2 * position) | word32(2 * position + 1) << 32;
  }

  private long word32(long position) {
    long block = position / 64 * 16 + position % 16;
    int[] c = {(int) block, (int) (block >>> 32), 0, type == DType.FLOAT32 ? 0 : 1};
    int[] key = {(int) SEED, (int) (SEED >>> 32), 0, 0};
    int[] words = stream.equals("philox") ? philox(c, key) : threefry(c, key);
    return words[(int) (position % 64 / 16)] & 0xFFFFFFFFL;
  }

  /// Philox4x32-10, from the paper's algorithm.
  private static int[] philox(int[] c, int[] key) {
    for (int round = 0; round < 10; round++) {
      long p0 = (c[0] & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c[2] & 0xFFFFFFFFL) * 0xCD9E8D57L;
      int c1 = c[1];
      c[0] = (int) (p1 >>> 32) ^ c1 ^ key[0];
      c[1] = (int) p1;
      c[2] = (int) (p0 >>> 32) ^ c[3] ^ key[1];
      c[3] = (int) p0;
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return c;
  }

  /// Threefry4x32-13, from the paper's algorithm.
  private static int[] threefry(int[] c, int[] key) {
    int[] rotations = {10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20};
    int[] keys = Arrays.copyOf(key, 5);
    keys[4] = 0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3];
    for (int round = 0; round <= 13; round++) {
      if (round % 4 == 0) {
        int turn = round / 4;
        for (int i = 0; i < 4; i++) {
          c[i] += keys[(turn + i) % 5];
        }
        c[3] += turn;
      }
      for (int i = 0; i < 4 && round < 13; i += 2) {
        int j = round % 2 == 0 ? i + 1 : 3 - i;
        c[i] += c[j];
        c[j] = Integer.rotateLeft(c[j], rotations[2 * (round % 8) + i / 2]) ^ c[i];
      }
    }
    return c;
  }
}
