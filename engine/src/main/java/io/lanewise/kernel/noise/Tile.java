package io.lanewise.kernel.noise;

import static io.lanewise.kernel.loops.Memory.MEMORY;

import java.lang.foreign.ValueLayout;

/// Words of a counter-based stream come in tiles of 64: 16 blocks of four 32-bit words, as Philox
/// and Threefry make them. Block `16 t + l` of tile `t` puts its word `w` at position `16 w + l`,
/// so that lanes which run 16, 8 or 4 blocks side by side store contiguous vectors. Two
/// neighbouring words make one `long`, the first one low: a tile is 64 words or 32 longs, the same
/// bits either way.
///
/// Tiles are read and written at absolute addresses, which C2 compiles to plain loads and stores
/// whatever memory the process uses besides. [CounterDraw] is where addresses come from.
public final class Tile {
  public static final int LONGS = 32;
  public static final int BYTES = LONGS * Long.BYTES;

  private Tile() {}

  static void word(long address, int position, int word) {
    MEMORY.set(ValueLayout.JAVA_INT_UNALIGNED, address + (long) position * Integer.BYTES, word);
  }

  static long get(long address, int index) {
    return MEMORY.get(ValueLayout.JAVA_LONG_UNALIGNED, address + (long) index * Long.BYTES);
  }

  static void set(long address, int index, long value) {
    MEMORY.set(ValueLayout.JAVA_LONG_UNALIGNED, address + (long) index * Long.BYTES, value);
  }
}
