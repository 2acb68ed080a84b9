package io.lanewise.kernel;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// One memory operand of a running kernel: bounds, liveness and thread are checked once, when it is
/// made; the loops then read and write [Memory] at absolute addresses, which C2 compiles to plain
/// loads whatever kinds of segment the rest of the process uses. A heap segment is copied to
/// off-heap memory first (and back, if it is written): legal, not fast.
///
/// Whoever owns the segment keeps it open until the kernel returns: an arena closed by another
/// thread meanwhile is not noticed.
final class Operand implements AutoCloseable {
  private final MemorySegment segment;
  private final @Nullable Arena arena;
  private final @Nullable MemorySegment copy;
  private final boolean written;
  private final long address;

  private Operand(MemorySegment segment, long bytes, boolean written) {
    this.segment = segment;
    this.written = written;
    if (segment.isNative() || bytes == 0) {
      arena = null;
      copy = null;
      address = segment.address();
    } else {
      arena = Arena.ofConfined();
      copy = arena.allocate(bytes, 64);
      if (!written) {
        MemorySegment.copy(segment, 0, copy, 0, bytes);
      }
      address = copy.address();
    }
  }

  /// A matrix of `rows x dim` values of `width` bytes that is only read.
  static Operand read(String name, MemorySegment segment, long rows, long dim, int width) {
    return of(name, segment, rows, dim, width, false);
  }

  /// A matrix that is written in full. It may be the same memory as one that is read.
  static Operand write(String name, MemorySegment segment, long rows, long dim, int width) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(
          "operand '" + name + "': found a read-only segment, expected a writable one");
    }
    return of(name, segment, rows, dim, width, true);
  }

  private static Operand of(
      String name, MemorySegment segment, long rows, long dim, int width, boolean written) {
    if (rows < 0 || dim < 0) {
      throw new IllegalArgumentException(
          "operand '" + name + "': found shape " + rows + " x " + dim + ", expected none negative");
    }
    long bytes = Math.multiplyExact(Math.multiplyExact(rows, dim), width);
    if (segment.byteSize() < bytes) {
      throw new IndexOutOfBoundsException(
          "operand '"
              + name
              + "': found "
              + segment.byteSize()
              + " bytes, expected at least "
              + bytes
              + " for "
              + rows
              + " x "
              + dim);
    }
    if (bytes > 0) {
      segment.get(
          ValueLayout.JAVA_BYTE, bytes - 1); // throws if the arena is closed or another thread's
    }
    return new Operand(segment, bytes, written);
  }

  /// `count` values from element `from` on, only read.
  static Operand run(String name, MemorySegment segment, long from, long count, int width) {
    if (from < 0 || count < 0) {
      throw new IndexOutOfBoundsException(
          "operand '" + name + "': found run " + from + " + " + count + ", expected none negative");
    }
    long start = Math.multiplyExact(from, width);
    if (start > segment.byteSize()) {
      throw new IndexOutOfBoundsException(
          "operand '"
              + name
              + "': found "
              + segment.byteSize()
              + " bytes, expected a run from "
              + start);
    }
    return of(name, segment.asSlice(start), 1, count, width, false);
  }

  /// Checks that an array of one number per row is long enough.
  static void checkRows(String name, int length, int rows) {
    if (length < rows) {
      throw new IndexOutOfBoundsException(
          "operand '"
              + name
              + "': found "
              + length
              + " entries, expected at least one for each of "
              + rows
              + " rows");
    }
  }

  /// Where the first value is; valid until [#close()].
  long address() {
    return address;
  }

  @Override
  public void close() {
    try {
      if (arena != null && copy != null) {
        if (written) {
          MemorySegment.copy(copy, 0, segment, 0, copy.byteSize());
        }
        arena.close();
      }
    } finally {
      Reference.reachabilityFence(segment);
    }
  }
}
