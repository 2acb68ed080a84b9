package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.SquaredErrorLoops;
import io.lanewise.kernel.loops.SquaredErrorSingleLoops;

/// The squared Euclidean distance between corresponding rows: `sum (x_i - y_i)^2`, the numerator of
/// every denoising error.
///
/// Values are widened before they are subtracted; difference, then fma, in float64, in the order of
/// [io.lanewise.kernel.loops.Lanes]. The empty row gives 0; NaN propagates; two equal infinities
/// give NaN, as their difference does.
///
/// In [Precision#SINGLE] differences and squares of float32 and smaller types are float32, added up
/// in float32 over blocks of 512 columns, whose sums are added in float64: the result is within `(4
/// + min(dim, 512) / 32) 2^-24` of its size, the quotient rounded up, so never more than 1.2e-6.
///   What float32 cannot hold is lost: a difference above 1.8e19 gives infinity, as do squares of a
///   block that add up to more than 3.4e38 if they meet in one accumulator; a square below 1.2e-38
///   has an error of up to 2^-150.
public abstract sealed class SquaredError
    permits SquaredError.Scalar,
        SquaredError.Simd,
        SquaredError.SingleScalar,
        SquaredError.SingleSimd {
  private SquaredError() {}

  /// Squared distances between rows.
  ///
  /// @param y of the type and shape of x
  /// @param out one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, Matrix y, double[] out) {
    Operand.checkAlike("y", y, x);
    Operand.checkRows("out", out.length, x.rows());
    try (Operand a = Operand.read("x", x);
        Operand b = Operand.read("y", y)) {
      rows(a, b, x.rows(), x.columns(), out);
    }
  }

  /// The loop behind [#rows(Matrix, Matrix, double[])], on checked operands.
  abstract void rows(Operand x, Operand y, int rows, int dim, double[] out);

  /// The form in which data of up to 32 bits is computed in float32.
  public abstract SquaredError single();

  /// Plain loops.
  static final class Scalar extends SquaredError {
    @Override
    public SquaredError single() {
      return new SingleScalar();
    }

    @Override
    void rows(Operand x, Operand y, int rows, int dim, double[] out) {
      long a = x.address();
      long b = y.address();
      switch (x.type()) {
        case FLOAT64 -> SquaredErrorLoops.Scalar.rows64(a, b, 0, rows, dim, out, 0);
        case FLOAT32 -> SquaredErrorLoops.Scalar.rows32(a, b, 0, rows, dim, out, 0);
        case FLOAT16 -> SquaredErrorLoops.Scalar.rows16(a, b, 0, rows, dim, out, 0);
        case BFLOAT16 -> SquaredErrorLoops.Scalar.rowsB16(a, b, 0, rows, dim, out, 0);
      }
    }
  }

  /// Vector loops.
  static final class Simd extends SquaredError {
    @Override
    public SquaredError single() {
      return new SingleSimd();
    }

    @Override
    void rows(Operand x, Operand y, int rows, int dim, double[] out) {
      long a = x.address();
      long b = y.address();
      switch (x.type()) {
        case FLOAT64 -> SquaredErrorLoops.Simd.all64(a, b, rows, dim, out);
        case FLOAT32 -> SquaredErrorLoops.Simd.all32(a, b, rows, dim, out);
        case FLOAT16 -> SquaredErrorLoops.Simd.all16(a, b, rows, dim, out);
        case BFLOAT16 -> SquaredErrorLoops.Simd.allB16(a, b, rows, dim, out);
      }
    }
  }

  /// Plain loops in float32.
  static final class SingleScalar extends SquaredError {
    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    void rows(Operand x, Operand y, int rows, int dim, double[] out) {
      long a = x.address();
      long b = y.address();
      switch (x.type()) {
        case FLOAT64 -> SquaredErrorLoops.Scalar.rows64(a, b, 0, rows, dim, out, 0);
        case FLOAT32 -> SquaredErrorSingleLoops.Scalar.rows32(a, b, 0, rows, dim, out);
        case FLOAT16, BFLOAT16 -> {
          long n = (long) rows * dim;
          try (Operand u = x.widened(n);
              Operand v = y.widened(n)) {
            rows(u, v, rows, dim, out);
          }
        }
      }
    }
  }

  /// Vector loops in float32.
  static final class SingleSimd extends SquaredError {
    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    void rows(Operand x, Operand y, int rows, int dim, double[] out) {
      long a = x.address();
      long b = y.address();
      switch (x.type()) {
        case FLOAT64 -> SquaredErrorLoops.Simd.all64(a, b, rows, dim, out);
        case FLOAT32 -> SquaredErrorSingleLoops.Simd.all32(a, b, rows, dim, out);
        case FLOAT16, BFLOAT16 -> {
          long n = (long) rows * dim;
          try (Operand u = x.widened(n);
              Operand v = y.widened(n)) {
            rows(u, v, rows, dim, out);
          }
        }
      }
    }
  }
}
