package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.noise.Noise;
import io.lanewise.noise.PhiloxNoise;
import java.lang.foreign.MemorySegment;

/// The noise of one benchmark, drawn as the engine draws it: a batch into scratch that stays in the
/// cache, from where the kernel takes it.
///
/// @param noise the generator
/// @param type float32 or float64
/// @param kernels what generates: `scalar`, or `simd-` and the width
record Normals(Noise noise, DType type, String kernels) {
  /// Values of a batch: 64 or 128 KiB of noise.
  static final int BATCH = 16_384;

  private static final long SEED = 42;

  /// A generator by its name, as in `--noise NAME:SEED`.
  static Normals of(Implementation implementation, DType type, String stream) {
    if (implementation == Implementation.SCALAR) {
      // Read once, when the generator's class is loaded: this process has drawn nothing yet.
      System.setProperty("lanewise.kernels", "scalar");
    }
    return new Normals(Noise.parse(stream + ":" + SEED), type, PhiloxNoise.kernels());
  }

  void fill(long first, long count, MemorySegment out) {
    if (type == DType.FLOAT32) {
      noise.normalsF32(first, count, 0, out);
    } else {
      noise.normalsF64(first, count, 0, out);
    }
  }

  /// Element `index` of Philox, computed from the definition in [PhiloxNoise] with `StrictMath`.
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
    int key0 = (int) SEED;
    int key1 = (int) (SEED >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = (c[0] & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c[2] & 0xFFFFFFFFL) * 0xCD9E8D57L;
      int c1 = c[1];
      c[0] = (int) (p1 >>> 32) ^ c1 ^ key0;
      c[1] = (int) p1;
      c[2] = (int) (p0 >>> 32) ^ c[3] ^ key1;
      c[3] = (int) p0;
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    return c[(int) (position % 64 / 16)] & 0xFFFFFFFFL;
  }
}
