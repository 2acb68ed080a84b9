package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
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
  private final FloatType type;
  private final MemorySegment segment;
  private final long address;

  /// Off-heap memory that stands in for the segment, or null.
  private final @Nullable Arena arena;

  /// What is copied back at the end, or null.
  private final @Nullable MemorySegment back;

  private Operand(
      FloatType type,
      MemorySegment segment,
      long address,
      @Nullable Arena arena,
      @Nullable MemorySegment back) {
    this.type = type;
    this.segment = segment;
    this.address = address;
    this.arena = arena;
    this.back = back;
  }

  /// A matrix that is only read, in its own type.
  static Operand read(String name, Matrix m) {
    return of(name, m.data(), m.rows(), m.columns(), m.type(), false);
  }

  /// A matrix that is only read, in float32 or float64: for kernels without loops of their own for
  /// smaller types. Each value stays what it is.
  static Operand readWidened(String name, Matrix m) {
    return widenedOnly(read(name, m), m.elements());
  }

  /// A matrix that is written in full, in float32 or float64. It may be the same memory as one that
  /// is read.
  static Operand write(String name, Matrix m) {
    return write(name, m.data(), m.rows(), m.columns(), m.type());
  }

  /// A matrix of `rows x dim` values of `width` bytes that is only read.
  static Operand read(String name, MemorySegment segment, long rows, long dim, int width) {
    return of(name, segment, rows, dim, ofWidth(width), false);
  }

  /// A matrix that is written in full. It may be the same memory as one that is read.
  static Operand write(String name, MemorySegment segment, long rows, long dim, int width) {
    return write(name, segment, rows, dim, ofWidth(width));
  }

  private static Operand write(
      String name, MemorySegment segment, long rows, long dim, FloatType type) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(
          "operand '" + name + "': found a read-only segment, expected a writable one");
    }
    if (type != type.widened()) {
      throw new IllegalArgumentException(
          "operand '" + name + "': found " + type + ", expected float32 or float64 to write to");
    }
    return of(name, segment, rows, dim, type, true);
  }

  private static FloatType ofWidth(int width) {
    return width == Float.BYTES ? FloatType.FLOAT32 : FloatType.FLOAT64;
  }

  private static Operand of(
      String name, MemorySegment segment, long rows, long dim, FloatType type, boolean written) {
    if (rows < 0 || dim < 0) {
      throw new IllegalArgumentException(
          "operand '" + name + "': found shape " + rows + " x " + dim + ", expected none negative");
    }
    long bytes = Math.multiplyExact(Math.multiplyExact(rows, dim), type.bytes());
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
    if (segment.isNative() || bytes == 0) {
      return new Operand(type, segment, segment.address(), null, null);
    }
    Arena arena = Arena.ofConfined();
    MemorySegment copy = arena.allocate(bytes, 64);
    if (!written) {
      MemorySegment.copy(segment, 0, copy, 0, bytes);
    }
    return new Operand(type, segment, copy.address(), arena, written ? copy : null);
  }

  /// `count` values from element `from` on, only read.
  static Operand run(String name, FloatType type, MemorySegment segment, long from, long count) {
    if (from < 0 || count < 0) {
      throw new IndexOutOfBoundsException(
          "operand '" + name + "': found run " + from + " + " + count + ", expected none negative");
    }
    long start = Math.multiplyExact(from, type.bytes());
    if (start > segment.byteSize()) {
      throw new IndexOutOfBoundsException(
          "operand '"
              + name
              + "': found "
              + segment.byteSize()
              + " bytes, expected a run from "
              + start);
    }
    return of(name, segment.asSlice(start), 1, count, type, false);
  }

  /// The same in float32 or float64.
  static Operand runWidened(
      String name, FloatType type, MemorySegment segment, long from, long count) {
    return widenedOnly(run(name, type, segment, from, count), count);
  }

  private static Operand widenedOnly(Operand own, long n) {
    Operand wide = own.widened(n);
    if (wide != own) {
      own.close();
    }
    return wide;
  }

  /// The first n values in float32 or float64: this, or a copy. Close both.
  Operand widened(long n) {
    return switch (type) {
      case FLOAT32, FLOAT64 -> this;
      case FLOAT16 -> {
        Operand wide = inFloat32(n);
        for (long i = 0; i < n; i++) {
          Memory.f32(wide.at(i), Memory.f16(at(i)));
        }
        yield wide;
      }
      case BFLOAT16 -> {
        Operand wide = inFloat32(n);
        for (long i = 0; i < n; i++) {
          Memory.f32(wide.at(i), Memory.b16(at(i)));
        }
        yield wide;
      }
    };
  }

  private Operand inFloat32(long n) {
    Arena scratch = Arena.ofConfined();
    long to = scratch.allocate(Math.max(1, n * Float.BYTES), 64).address();
    return new Operand(FloatType.FLOAT32, segment, to, scratch, null);
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

  /// Checks that a matrix has the type and the shape of another.
  static void checkAlike(String name, Matrix m, Matrix like) {
    checkShape(name, m, like.type(), like.rows(), like.columns());
  }

  /// Checks that a matrix can take what is computed from another: its shape, in the type that
  /// results have.
  static void checkTakes(String name, Matrix m, Matrix from) {
    checkShape(name, m, from.type().widened(), from.rows(), from.columns());
  }

  private static void checkShape(String name, Matrix m, FloatType type, int rows, int columns) {
    if (m.type() != type || m.rows() != rows || m.columns() != columns) {
      throw new IllegalArgumentException(
          "operand '%s': found %s %d x %d, expected %s %d x %d"
              .formatted(name, m.type(), m.rows(), m.columns(), type, rows, columns));
    }
  }

  /// The element type of what is at the address.
  FloatType type() {
    return type;
  }

  /// Where the first value is; valid until [#close()].
  long address() {
    return address;
  }

  /// Where value i is.
  long at(long i) {
    return address + i * type.bytes();
  }

  /// Value i as float64: for plain loops with a function that costs more than finding out the type.
  double get(long i) {
    return switch (type) {
      case FLOAT64 -> Memory.f64(address + i * Double.BYTES);
      case FLOAT32 -> Memory.f32(address + i * Float.BYTES);
      case FLOAT16, BFLOAT16 -> throw notWidened();
    };
  }

  /// Stores value i, rounded to the type.
  void put(long i, double value) {
    switch (type) {
      case FLOAT64 -> Memory.f64(address + i * Double.BYTES, value);
      case FLOAT32 -> Memory.f32(address + i * Float.BYTES, (float) value);
      case FLOAT16, BFLOAT16 -> throw notWidened();
    }
  }

  /// For kernels whose loops know float32 and float64 only, and whose operands are widened.
  IllegalStateException notWidened() {
    return new IllegalStateException("found " + type + ", expected a widened operand");
  }

  @Override
  public void close() {
    try {
      if (back != null) {
        MemorySegment.copy(back, 0, segment, 0, back.byteSize());
      }
      if (arena != null) {
        arena.close();
      }
    } finally {
      Reference.reachabilityFence(segment);
    }
  }
}
