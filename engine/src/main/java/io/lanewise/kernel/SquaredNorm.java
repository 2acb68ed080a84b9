package io.lanewise.kernel;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.SquaredNormLoops;
import java.lang.foreign.MemorySegment;

/// The squared Euclidean norm of every row: `sum x_i^2`, in float64, each square and addition
/// rounded once (fma), in the order of [Lanes].
///
/// The empty row gives 0. NaN propagates; an infinity gives infinity.
public sealed interface SquaredNorm permits SquaredNorm.Scalar, SquaredNorm.Simd {
  /// Squared norms of rows of float32.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param out one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment x, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand pX = Operand.read("x", x, rows, dim, Float.BYTES)) {
      rowsF32(pX, rows, dim, out);
    }
  }

  /// The same on float64.
  default void f64(MemorySegment x, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand pX = Operand.read("x", x, rows, dim, Double.BYTES)) {
      rowsF64(pX, rows, dim, out);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void rowsF32(Operand x, int rows, int dim, double[] out);

  /// The loop behind [#f64], on checked operands.
  void rowsF64(Operand x, int rows, int dim, double[] out);

  /// Plain loops.
  final class Scalar implements SquaredNorm {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      SquaredNormLoops.Scalar.rows32(x.address(), 0, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      SquaredNormLoops.Scalar.rows64(x.address(), 0, rows, dim, out, 0);
    }
  }

  /// Vector loops.
  final class Simd implements SquaredNorm {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      SquaredNormLoops.Simd.rows32(x.address(), whole, dim, out, 0);
      SquaredNormLoops.Simd.rest32(x.address(), whole, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      SquaredNormLoops.Simd.rows64(x.address(), whole, dim, out, 0);
      SquaredNormLoops.Simd.rest64(x.address(), whole, rows, dim, out, 0);
    }
  }
}
