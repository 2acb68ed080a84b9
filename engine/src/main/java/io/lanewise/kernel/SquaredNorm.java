package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.SquaredNormLoops;

/// The squared Euclidean norm of every row: `sum x_i^2`, in float64, each square and addition
/// rounded once (fma), in the order of [io.lanewise.kernel.loops.Lanes].
///
/// The empty row gives 0. NaN propagates; an infinity gives infinity.
public abstract sealed class SquaredNorm permits SquaredNorm.Scalar, SquaredNorm.Simd {
  private SquaredNorm() {}

  /// Squared norms of rows.
  ///
  /// @param out one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, double[] out) {
    Operand.checkRows("out", out.length, x.rows());
    try (Operand a = Operand.read("x", x)) {
      rows(a, x.rows(), x.columns(), out);
    }
  }

  /// The loop behind [#rows(Matrix, double[])], on a checked operand.
  abstract void rows(Operand x, int rows, int dim, double[] out);

  /// Plain loops.
  static final class Scalar extends SquaredNorm {
    @Override
    void rows(Operand x, int rows, int dim, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> SquaredNormLoops.Scalar.rows64(x.address(), 0, rows, dim, out, 0);
        case FLOAT32 -> SquaredNormLoops.Scalar.rows32(x.address(), 0, rows, dim, out, 0);
        case FLOAT16 -> SquaredNormLoops.Scalar.rows16(x.address(), 0, rows, dim, out, 0);
        case BFLOAT16 -> SquaredNormLoops.Scalar.rowsB16(x.address(), 0, rows, dim, out, 0);
      }
    }
  }

  /// Vector loops.
  static final class Simd extends SquaredNorm {
    @Override
    void rows(Operand x, int rows, int dim, double[] out) {
      switch (x.type()) {
        case FLOAT64 -> SquaredNormLoops.Simd.all64(x.address(), rows, dim, out);
        case FLOAT32 -> SquaredNormLoops.Simd.all32(x.address(), rows, dim, out);
        case FLOAT16 -> SquaredNormLoops.Simd.all16(x.address(), rows, dim, out);
        case BFLOAT16 -> SquaredNormLoops.Simd.allB16(x.address(), rows, dim, out);
      }
    }
  }
}
