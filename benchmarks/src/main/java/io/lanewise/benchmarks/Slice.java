package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.openjdk.jmh.infra.ThreadParams;

/// What one thread of one benchmark works on: the shape of its operands, and where they are.
record Slice(Implementation implementation, DType type, Size size, int threads, int rows, int dim) {
  /// Values before they repeat: coprime to every row length used here.
  private static final int BLOCK = 65_537;

  /// As many rows of `dim` values as make `matrices` matrices fill the size.
  static Slice of(
      Implementation implementation,
      DType type,
      Size size,
      ThreadParams threads,
      int matrices,
      int dim) {
    int count = threads.getThreadCount();
    long rows = size.bytes(count) / ((long) matrices * type.bytes() * dim);
    return new Slice(
        implementation, type, size, count, Math.clamp(rows, 1, Integer.MAX_VALUE), dim);
  }

  long count() {
    return (long) rows * dim;
  }

  /// Standard normal values.
  Matrix normal(long seed) {
    return filled(seed, g -> g);
  }

  /// A function of standard normal values.
  Matrix filled(long seed, DoubleUnaryOperator ofNormal) {
    return filled(count(), seed, ofNormal);
  }

  /// `count` values; a block of them, repeated, since drawing half a gigabyte takes seconds.
  Matrix filled(long count, long seed, DoubleUnaryOperator ofNormal) {
    Matrix matrix = blank(count);
    SplittableRandom random = new SplittableRandom(seed);
    int block = (int) Math.min(BLOCK, count);
    Matrix some = heap(block);
    for (int i = 0; i < block; i++) {
      double value = ofNormal.applyAsDouble(random.nextGaussian());
      if (type == DType.FLOAT32) {
        some.f32()[i] = (float) value;
      } else {
        some.f64()[i] = value;
      }
    }
    long bytes = count * type.bytes();
    long step = (long) block * type.bytes();
    for (long at = 0; at < bytes; at += step) {
      MemorySegment.copy(some.data(), 0, matrix.data(), at, Math.min(step, bytes - at));
    }
    return matrix;
  }

  /// A matrix of zeros, to be written.
  Matrix blank() {
    return blank(count());
  }

  /// `count` zeros.
  Matrix blank(long count) {
    if (implementation.onHeap()) {
      return heap(Math.toIntExact(count));
    }
    // 64: a cache line, and the widest vector.
    MemorySegment data = Arena.ofAuto().allocate(count * type.bytes(), 64);
    return new Matrix(type, data, new float[0], new double[0]);
  }

  private Matrix heap(int count) {
    if (type == DType.FLOAT32) {
      float[] values = new float[count];
      return new Matrix(type, MemorySegment.ofArray(values), values, new double[0]);
    }
    double[] values = new double[count];
    return new Matrix(type, MemorySegment.ofArray(values), new float[0], values);
  }
}
