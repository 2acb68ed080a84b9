package io.lanewise.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Off-heap memory that one worker reuses for each batch. It grows to the largest batch and is
/// freed with the worker.
final class Scratch {
  private MemorySegment memory = MemorySegment.NULL;

  /// At least `bytes` bytes with arbitrary content. Invalidates what was returned before.
  MemorySegment bytes(long bytes) {
    if (memory.byteSize() < bytes) {
      // 64: a cache line, and the widest vector.
      memory = Arena.ofAuto().allocate(bytes, 64);
    }
    return memory.asSlice(0, bytes);
  }
}
