package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.RowSumLoops;
import java.lang.foreign.MemorySegment;

/// The sum of every row of a matrix, or of one run of values.
///
/// Values are widened to float64 and added in the order of [Lanes]: element i of a row (or run) to
/// accumulator i mod 16, then a fixed tree. The sum of nothing is 0. NaN and infinities propagate
/// as in scalar addition. Off-heap and heap segments of any alignment.
public abstract sealed class RowSum permits RowSum.Scalar, RowSum.Simd {
  private RowSum() {}

  /// Sums rows.
  ///
  /// @param out one sum per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, double[] out) {
    Operand.checkRows("out", out.length, x.rows());
    try (Operand a = Operand.read("x", x)) {
      rows(a, x.rows(), x.columns(), out);
    }
  }

  /// The sum of `count` values from element `from` on: one row of a sequence column.
  public final double run(FloatType type, MemorySegment x, long from, long count) {
    try (Operand a = Operand.run("x", type, x, from, count)) {
      double[] lanes = new double[Lanes.COUNT];
      add(a, count, lanes);
      return Lanes.reduce(lanes);
    }
  }

  /// The loop behind [#rows(Matrix, double[])], on a checked operand.
  abstract void rows(Operand x, int rows, int dim, double[] out);

  /// Adds a run to the sixteen accumulators.
  abstract void add(Operand x, long count, double[] lanes);

  /// Plain loops.
  static final class Scalar extends RowSum {
    @Override
    void rows(Operand x, int rows, int dim, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> RowSumLoops.Scalar.rows64(x.address(), 0, rows, dim, out, 0);
        case FLOAT32 -> RowSumLoops.Scalar.rows32(x.address(), 0, rows, dim, out, 0);
        case FLOAT16 -> RowSumLoops.Scalar.rows16(x.address(), 0, rows, dim, out, 0);
        case BFLOAT16 -> RowSumLoops.Scalar.rowsB16(x.address(), 0, rows, dim, out, 0);
      }
    }

    @Override
    void add(Operand x, long count, double[] lanes) {
      switch (x.type()) {
        case FLOAT64 -> RowSumLoops.Scalar.add64(x.address(), 0, count, lanes);
        case FLOAT32 -> RowSumLoops.Scalar.add32(x.address(), 0, count, lanes);
        case FLOAT16 -> RowSumLoops.Scalar.add16(x.address(), 0, count, lanes);
        case BFLOAT16 -> RowSumLoops.Scalar.addB16(x.address(), 0, count, lanes);
      }
    }
  }

  /// Vector loops.
  static final class Simd extends RowSum {
    @Override
    void rows(Operand x, int rows, int dim, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> RowSumLoops.Simd.all64(x.address(), rows, dim, out);
        case FLOAT32 -> RowSumLoops.Simd.all32(x.address(), rows, dim, out);
        case FLOAT16 -> RowSumLoops.Simd.all16(x.address(), rows, dim, out);
        case BFLOAT16 -> RowSumLoops.Simd.allB16(x.address(), rows, dim, out);
      }
    }

    @Override
    void add(Operand x, long count, double[] lanes) {
      switch (x.type()) {
        case FLOAT64 -> RowSumLoops.Simd.add64(x.address(), count, lanes);
        case FLOAT32 -> RowSumLoops.Simd.add32(x.address(), count, lanes);
        case FLOAT16 -> RowSumLoops.Simd.add16(x.address(), count, lanes);
        case BFLOAT16 -> RowSumLoops.Simd.addB16(x.address(), count, lanes);
      }
    }
  }
}
