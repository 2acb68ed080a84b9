package io.lanewise.noise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;

/// Tiles off the heap, where kernels work, for tests that have them in arrays.
final class TileMemory {
  private TileMemory() {}

  /// What the words are after `kernel` has run on their address.
  static long[] after(long[] words, LongConsumer kernel) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_LONG, words);
      kernel.accept(memory.address());
      return memory.toArray(ValueLayout.JAVA_LONG);
    }
  }
}
