package io.lanewise.objective.support;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Off-heap float64 elements for a kernel. One worker reuses them for each batch: they grow to the
/// largest batch and are freed with the worker.
public final class Float64Memory {
  private MemorySegment memory = MemorySegment.NULL;

  /// `count` elements with arbitrary content. Invalidates what was returned before.
  public MemorySegment elements(long count) {
    if (memory.byteSize() < count * Double.BYTES) {
      // 64: a cache line, and the widest vector.
      memory = Arena.ofAuto().allocate(count * Double.BYTES, 64);
    }
    return memory.asSlice(0, count * Double.BYTES);
  }

  /// `count` elements, all 0. Invalidates what was returned before.
  public MemorySegment zeros(long count) {
    return elements(count).fill((byte) 0);
  }

  /// Sets element `i` of memory that this object returned.
  public static void set(MemorySegment elements, long i, double value) {
    elements.setAtIndex(JAVA_DOUBLE, i, value);
  }

  /// Element `i` of memory that this object returned.
  public static double get(MemorySegment elements, long i) {
    return elements.getAtIndex(JAVA_DOUBLE, i);
  }
}
