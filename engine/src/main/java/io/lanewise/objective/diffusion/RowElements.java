package io.lanewise.objective.diffusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;

/// Rows of vectors as float64 arrays, and back: widened exactly, rounded once.
final class RowElements {
  private RowElements() {}

  // One loop a type: with the question inside, C2 makes vectors of neither.

  static void read(MemorySegment from, DType type, int row, double[] into) {
    int n = into.length;
    if (type == DType.FLOAT32) {
      long first = (long) row * n * Float.BYTES;
      for (int j = 0; j < n; j++) {
        into[j] = from.get(JAVA_FLOAT_UNALIGNED, first + (long) j * Float.BYTES);
      }
    } else {
      MemorySegment.copy(from, JAVA_DOUBLE_UNALIGNED, (long) row * n * Double.BYTES, into, 0, n);
    }
  }

  static void write(double[] values, DType type, int row, MemorySegment into) {
    int n = values.length;
    if (type == DType.FLOAT32) {
      long first = (long) row * n * Float.BYTES;
      for (int j = 0; j < n; j++) {
        into.set(JAVA_FLOAT_UNALIGNED, first + (long) j * Float.BYTES, (float) values[j]);
      }
    } else {
      MemorySegment.copy(values, 0, into, JAVA_DOUBLE_UNALIGNED, (long) row * n * Double.BYTES, n);
    }
  }
}
