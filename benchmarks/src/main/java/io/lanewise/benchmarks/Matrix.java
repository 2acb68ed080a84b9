package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One operand: float32 or float64 values, off-heap for kernels, an array for plain Java loops.
///
/// @param data the values, wherever they are
/// @param f32 the array behind them; empty if they are off-heap or float64
/// @param f64 the array behind them; empty if they are off-heap or float32
@SuppressWarnings("ArrayRecordComponent") // never compared
record Matrix(DType type, MemorySegment data, float[] f32, double[] f64) {
  /// The first rows as a kernel takes them.
  io.lanewise.batch.Matrix rows(int rows, int columns) {
    return io.lanewise.batch.Matrix.of(type, data, rows, columns);
  }

  double get(long i) {
    return type == DType.FLOAT32
        ? data.getAtIndex(ValueLayout.JAVA_FLOAT, i)
        : data.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
  }
}
