package io.lanewise.objective.diffusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;

/// Rows of vectors as float64 arrays, and back: widened exactly, rounded once.
final class RowElements {
  private RowElements() {}

  static void read(MemorySegment from, DType type, int row, double[] into) {
    long first = (long) row * into.length;
    for (int j = 0; j < into.length; j++) {
      into[j] =
          type == DType.FLOAT32
              ? from.getAtIndex(JAVA_FLOAT_UNALIGNED, first + j)
              : from.getAtIndex(JAVA_DOUBLE_UNALIGNED, first + j);
    }
  }

  static void write(double[] values, DType type, int row, MemorySegment into) {
    long first = (long) row * values.length;
    for (int j = 0; j < values.length; j++) {
      if (type == DType.FLOAT32) {
        into.setAtIndex(JAVA_FLOAT_UNALIGNED, first + j, (float) values[j]);
      } else {
        into.setAtIndex(JAVA_DOUBLE_UNALIGNED, first + j, values[j]);
      }
    }
  }
}
