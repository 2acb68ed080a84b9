package io.lanewise.objective.diffusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Rows of vectors as float64, and back: widened exactly, rounded once.
final class RowElements {
  private RowElements() {}

  /// Room for a row of float64 outside the heap, where kernels need no copy of it.
  static MemorySegment wide(int dim) {
    return Arena.ofAuto().allocate((long) dim * Double.BYTES, 64);
  }

  // One loop a type: with the question inside, C2 makes vectors of neither.

  static void read(MemorySegment from, DType type, int row, double[] into) {
    int n = into.length;
    switch (type) {
      case FLOAT32 -> {
        long first = (long) row * n * Float.BYTES;
        for (int j = 0; j < n; j++) {
          into[j] = from.get(JAVA_FLOAT_UNALIGNED, first + (long) j * Float.BYTES);
        }
      }
      case FLOAT64 -> {
        MemorySegment.copy(from, JAVA_DOUBLE_UNALIGNED, (long) row * n * Double.BYTES, into, 0, n);
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }

  /// Row `row` as float64, into a segment that is as long.
  static void widen(MemorySegment from, DType type, int row, MemorySegment into) {
    long n = into.byteSize() / Double.BYTES;
    switch (type) {
      case FLOAT32 -> {
        long first = row * n * Float.BYTES;
        for (long j = 0; j < n; j++) {
          into.set(
              JAVA_DOUBLE_UNALIGNED,
              j * Double.BYTES,
              from.get(JAVA_FLOAT_UNALIGNED, first + j * Float.BYTES));
        }
      }
      case FLOAT64 -> {
        MemorySegment.copy(from, row * n * Double.BYTES, into, 0, n * Double.BYTES);
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }

  /// A segment of float64 as row `row`.
  static void narrow(MemorySegment values, DType type, int row, MemorySegment into) {
    long n = values.byteSize() / Double.BYTES;
    switch (type) {
      case FLOAT32 -> {
        long first = row * n * Float.BYTES;
        for (long j = 0; j < n; j++) {
          into.set(
              JAVA_FLOAT_UNALIGNED,
              first + j * Float.BYTES,
              (float) values.get(JAVA_DOUBLE_UNALIGNED, j * Double.BYTES));
        }
      }
      case FLOAT64 -> {
        MemorySegment.copy(values, 0, into, row * n * Double.BYTES, n * Double.BYTES);
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }

  static void write(double[] values, DType type, int row, MemorySegment into) {
    int n = values.length;
    switch (type) {
      case FLOAT32 -> {
        long first = (long) row * n * Float.BYTES;
        for (int j = 0; j < n; j++) {
          into.set(JAVA_FLOAT_UNALIGNED, first + (long) j * Float.BYTES, (float) values[j]);
        }
      }
      case FLOAT64 -> {
        MemorySegment.copy(
            values, 0, into, JAVA_DOUBLE_UNALIGNED, (long) row * n * Double.BYTES, n);
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }
}
