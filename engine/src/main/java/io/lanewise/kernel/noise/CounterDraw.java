package io.lanewise.kernel.noise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/// What tiles of a counter-based stream are turned into, and the one loop that fills memory with
/// it. The tag is the last counter word, part of the digits.
public enum CounterDraw {
  NORMALS_F32(0, Float.BYTES) {
    @Override
    void finish(Deviates deviates, long tile, int tiles) {
      deviates.normalsF32(tile, tiles);
    }
  },
  NORMALS_F64(1, Double.BYTES) {
    @Override
    void finish(Deviates deviates, long tile, int tiles) {
      deviates.normalsF64(tile, tiles);
    }
  },
  UNIFORMS_F64(2, Double.BYTES) {
    @Override
    void finish(Deviates deviates, long tile, int tiles) {
      deviates.uniformsF64(tile, tiles);
    }
  };

  /// 8 KiB: words and what they become stay in the first-level cache.
  private static final int CHUNK_TILES = 32;

  /// One a thread, for what cannot be made where it belongs.
  private static final ThreadLocal<MemorySegment> SCRATCH =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CHUNK_TILES * Tile.BYTES, 64));

  private final int tag;
  private final int elementBytes;

  CounterDraw(int tag, int elementBytes) {
    this.tag = tag;
    this.elementBytes = elementBytes;
  }

  abstract void finish(Deviates deviates, long tile, int tiles);

  /// Writes elements `[first, first + count)` of stream `step` to the start of `out`. Whole tiles
  /// are made in `out` itself if it is off-heap; the rest, and heap memory, by way of scratch.
  ///
  /// @throws IndexOutOfBoundsException if `out` is too short
  public void fill(
      CounterStream stream,
      Deviates deviates,
      long seed,
      long first,
      long count,
      int step,
      MemorySegment out) {
    if (count == 0) {
      return;
    }
    MemorySegment target = out.asSlice(0, Math.multiplyExact(count, elementBytes));
    // Throws if the arena is closed or another thread's.
    target.get(ValueLayout.JAVA_BYTE, 0);
    try {
      draw(deviates, stream, seed, first, count, step, target);
    } finally {
      Reference.reachabilityFence(out);
    }
  }

  private void draw(
      Deviates deviates,
      CounterStream stream,
      long seed,
      long first,
      long count,
      int step,
      MemorySegment out) {
    MemorySegment scratch = SCRATCH.get();
    int perTile = Tile.BYTES / elementBytes;
    long tile = first / perTile;
    // A range may begin inside a tile: what comes before it is made and not copied.
    int skip = (int) (first % perTile);
    long done = 0;
    while (done < count) {
      long rest = count - done;
      boolean direct = out.isNative() && skip == 0 && rest >= perTile;
      int tiles =
          direct ? whole(rest, perTile) : out.isNative() ? 1 : covering(skip, rest, perTile);
      long at = direct ? out.address() + done * elementBytes : scratch.address();
      stream.words(seed, tile, step, tag, at, tiles);
      finish(deviates, at, tiles);
      long n = Math.min((long) tiles * perTile - skip, rest);
      if (!direct) {
        MemorySegment.copy(
            scratch, (long) skip * elementBytes, out, done * elementBytes, n * elementBytes);
      }
      done += n;
      tile += tiles;
      skip = 0;
    }
  }

  private static int whole(long count, int perTile) {
    return (int) Math.min(CHUNK_TILES, count / perTile);
  }

  private static int covering(int skip, long count, int perTile) {
    return count >= (long) CHUNK_TILES * perTile
        ? CHUNK_TILES
        : (int) Math.min(CHUNK_TILES, (skip + count - 1) / perTile + 1);
  }
}
