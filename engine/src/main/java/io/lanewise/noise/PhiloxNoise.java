package io.lanewise.noise;

import java.lang.foreign.MemorySegment;

/// Counter-based noise from Philox4x32-10: the default. Spec `philox:SEED`.
///
/// **Words.** The key is the seed (low half first), the counter is (block low, block high, step,
/// tag), where the tag keeps apart float32 normals (0), float64 normals (1) and uniforms (2).
/// Blocks come in tiles of 16: word `w` of block `16 t + l` is word `64 t + 16 w + l` of the
/// stream, and two neighbouring words, the first one low, make one 64-bit word.
///
/// **Elements.** A float32 normal takes one 32-bit word, at the position of the element; a float64
/// normal or uniform takes one 64-bit word. Normals are made in pairs by Box-Muller. With `n` the
/// words per row (16 of 32 bits, 8 of 64 bits), the words at `2 n i + l` (radius) and `2 n i + n +
/// l` (angle) make the elements at the same two positions: with `k` and `h` the low `b` bits of the
/// two words (`b` = 31 or 52),
///
///     u = (k + 1/2) / 2^b,   v = (h + 1/2) / 2^b,   r = sqrt(-2 ln u)
///     first = r sin(pi/2 (1 - v)),   second = r sin(pi/2 v)
///
/// and the highest bit of each word is the sign of its element. Neither zero nor infinity occurs:
/// float32 normals reach `sqrt(64 ln 2)` = 6.6604, float64 normals `sqrt(106 ln 2)` = 8.5717, and
/// the tail is as fine as `u`, in steps of 2^-31 and 2^-52: a radius beyond 6 has 33 possible
/// values in float32, one beyond 5 has 8003. A uniform is the high 53 bits of its word over 2^53.
///
/// **Accuracy**, against exact Box-Muller of the same bits: at most 5 ulp in float32 and 4 ulp in
/// float64 (`PhiloxAccuracyTest` prints what it finds; 4.45 and 3.32 in long runs, 0.6 on average).
/// Scalar and vector code agree to the bit.
///
/// References: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011;
/// Box, Muller, *A note on the generation of random normal deviates*, 1958.
///
/// @param seed all 64 bits count; printed as unsigned
public record PhiloxNoise(long seed) implements Noise {
  /// 8 KiB: words and what they become stay in the first-level cache.
  private static final int CHUNK_TILES = 32;

  private static final int TILE_BYTES = PhiloxKernel.TILE_LONGS * Long.BYTES;

  /// What a tile of words is turned into. Its tag is the last counter word, part of the digits.
  private enum Draw {
    NORMALS_F32(0, Float.BYTES) {
      @Override
      void finish(PhiloxKernel kernel, long[] tile, int tiles) {
        kernel.normalsF32(tile, tiles);
      }
    },
    NORMALS_F64(1, Double.BYTES) {
      @Override
      void finish(PhiloxKernel kernel, long[] tile, int tiles) {
        kernel.normalsF64(tile, tiles);
      }
    },
    UNIFORMS_F64(2, Double.BYTES) {
      @Override
      void finish(PhiloxKernel kernel, long[] tile, int tiles) {
        kernel.uniformsF64(tile, tiles);
      }
    };

    final int tag;
    final int elementBytes;

    Draw(int tag, int elementBytes) {
      this.tag = tag;
      this.elementBytes = elementBytes;
    }

    abstract void finish(PhiloxKernel kernel, long[] tile, int tiles);
  }

  /// Which kernels run in this process, for provenance: `scalar`, `simd-128`, `simd-256` or
  /// `simd-512`; see `-Dlanewise.kernels` and `-Dlanewise.vector.bits`.
  public static String kernels() {
    return PhiloxKernel.active().id();
  }

  @Override
  public void normalsF32(long first, long count, int step, MemorySegment out) {
    fill(PhiloxKernel.active(), Draw.NORMALS_F32, first, count, step, out);
  }

  @Override
  public void normalsF64(long first, long count, int step, MemorySegment out) {
    fill(PhiloxKernel.active(), Draw.NORMALS_F64, first, count, step, out);
  }

  /// Writes uniforms in [0, 1) of elements `[first, first + count)` of stream `step` as float64,
  /// multiples of 2^-53; otherwise as [#normalsF64].
  public void uniformsF64(long first, long count, int step, MemorySegment out) {
    fill(PhiloxKernel.active(), Draw.UNIFORMS_F64, first, count, step, out);
  }

  private void fill(
      PhiloxKernel kernel, Draw draw, long first, long count, int step, MemorySegment out) {
    int bytes = draw.elementBytes;
    ElementRange.check(first, count, step, bytes, out);
    if (count == 0) {
      return;
    }
    int perTile = TILE_BYTES / bytes;
    long tile = first / perTile;
    // A range may begin inside a tile: the words before it are drawn and not copied.
    int skip = (int) (first % perTile);
    long[] chunk = new long[PhiloxKernel.TILE_LONGS * tilesFor(skip, count, perTile)];
    MemorySegment source = MemorySegment.ofArray(chunk);
    long done = 0;
    while (done < count) {
      int tiles = tilesFor(skip, count - done, perTile);
      kernel.words(seed, tile, step, draw.tag, chunk, tiles);
      draw.finish(kernel, chunk, tiles);
      long n = Math.min((long) tiles * perTile - skip, count - done);
      MemorySegment.copy(source, (long) skip * bytes, out, done * bytes, n * bytes);
      done += n;
      tile += tiles;
      skip = 0;
    }
  }

  private static int tilesFor(int skip, long count, int perTile) {
    long limit = (long) CHUNK_TILES * perTile;
    return count >= limit
        ? CHUNK_TILES
        : (int) Math.min(CHUNK_TILES, (skip + count - 1) / perTile + 1);
  }

  @Override
  public String toString() {
    return "philox:" + Long.toUnsignedString(seed);
  }
}
