package io.lanewise.kernel;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.RowSumLoops;
import java.lang.foreign.MemorySegment;

/// The sum of every row of a matrix, or of one run of values.
///
/// Values are widened to float64 and added in the order of [Lanes]: element i of a row (or run) to
/// accumulator i mod 16, then a fixed tree. The sum of nothing is 0. NaN and infinities propagate
/// as in scalar addition. Off-heap and heap segments of any alignment.
public sealed interface RowSum permits RowSum.Scalar, RowSum.Simd {
  /// Sums rows of float32.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param out one sum per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment x, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand a = Operand.read("x", x, rows, dim, Float.BYTES)) {
      rowsF32(a, rows, dim, out);
    }
  }

  /// Sums rows of float64, see [#f32(MemorySegment, int, int, double[])].
  default void f64(MemorySegment x, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand a = Operand.read("x", x, rows, dim, Double.BYTES)) {
      rowsF64(a, rows, dim, out);
    }
  }

  /// The sum of `count` float32 from element `from` on: one row of a sequence column.
  default double runF32(MemorySegment x, long from, long count) {
    try (Operand a = Operand.run("x", x, from, count, Float.BYTES)) {
      double[] lanes = new double[Lanes.COUNT];
      addF32(a, count, lanes);
      return Lanes.reduce(lanes);
    }
  }

  /// The sum of `count` float64 from element `from` on.
  default double runF64(MemorySegment x, long from, long count) {
    try (Operand a = Operand.run("x", x, from, count, Double.BYTES)) {
      double[] lanes = new double[Lanes.COUNT];
      addF64(a, count, lanes);
      return Lanes.reduce(lanes);
    }
  }

  /// The loop behind [#f32(MemorySegment, int, int, double[])], on checked operands.
  void rowsF32(Operand x, int rows, int dim, double[] out);

  /// The loop behind [#f64(MemorySegment, int, int, double[])], on checked operands.
  void rowsF64(Operand x, int rows, int dim, double[] out);

  /// Adds a run to the sixteen accumulators.
  void addF32(Operand x, long count, double[] lanes);

  /// Adds a run to the sixteen accumulators.
  void addF64(Operand x, long count, double[] lanes);

  /// Plain loops.
  final class Scalar implements RowSum {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      RowSumLoops.Scalar.rows32(x.address(), 0, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      RowSumLoops.Scalar.rows64(x.address(), 0, rows, dim, out, 0);
    }

    @Override
    public void addF32(Operand x, long count, double[] lanes) {
      RowSumLoops.Scalar.add32(x.address(), 0, count, lanes);
    }

    @Override
    public void addF64(Operand x, long count, double[] lanes) {
      RowSumLoops.Scalar.add64(x.address(), 0, count, lanes);
    }
  }

  /// Vector loops.
  final class Simd implements RowSum {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      RowSumLoops.Simd.rows32(x.address(), whole, dim, out, 0);
      RowSumLoops.Simd.rest32(x.address(), whole, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      RowSumLoops.Simd.rows64(x.address(), whole, dim, out, 0);
      RowSumLoops.Simd.rest64(x.address(), whole, rows, dim, out, 0);
    }

    @Override
    public void addF32(Operand x, long count, double[] lanes) {
      RowSumLoops.Simd.add32(x.address(), count, lanes);
    }

    @Override
    public void addF64(Operand x, long count, double[] lanes) {
      RowSumLoops.Simd.add64(x.address(), count, lanes);
    }
  }
}
