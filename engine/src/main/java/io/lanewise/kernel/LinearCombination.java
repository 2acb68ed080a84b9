package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.LinearCombinationLoops;
import io.lanewise.kernel.loops.LinearCombinationSingleLoops;

/// `out = a x + b y` with one pair of coefficients per row: forward noising (a = sqrt(alphaBar), b
/// = sqrt(1 - alphaBar)), velocity targets, and the conversions between x0, noise and velocity.
///
/// `fma(a, x, b * y)` in float64, with `b * y` rounded first; float32 inputs are widened and the
/// result is rounded once. In [#single] that is float32 for float32 data, coefficients rounded to
/// it: where the two terms nearly cancel, few digits are left. NaN propagates. `out` may be `x` or
/// `y` (and is faster so: nothing is read for ownership).
public abstract sealed class LinearCombination
    permits LinearCombination.Scalar,
        LinearCombination.Simd,
        LinearCombination.SingleScalar,
        LinearCombination.SingleSimd {
  private LinearCombination() {}

  /// Combines rows.
  ///
  /// @param y of the type and shape of x
  /// @param a one coefficient per row
  /// @param b one coefficient per row
  /// @param out written; may be `x` or `y`
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, Matrix y, double[] a, double[] b, Matrix out) {
    Operand.checkRows("a", a.length, x.rows());
    Operand.checkRows("b", b.length, x.rows());
    Operand.checkAlike("y", y, x);
    Operand.checkTakes("out", out, x);
    try (Operand ox = Operand.readWidened("x", x);
        Operand oy = Operand.readWidened("y", y);
        Operand oo = Operand.write("out", out)) {
      rows(ox, oy, a, b, x.rows(), x.columns(), oo);
    }
  }

  /// The loop behind [#rows(Matrix, Matrix, double[], double[], Matrix)], on checked operands.
  abstract void rows(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out);

  /// The form in which float32 data is computed in float32.
  public abstract LinearCombination single();

  /// Plain loops.
  static final class Scalar extends LinearCombination {
    @Override
    public LinearCombination single() {
      return new SingleScalar();
    }

    @Override
    void rows(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      long vx = x.address();
      long vy = y.address();
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 -> LinearCombinationLoops.Scalar.rows64(vx, vy, a, b, 0, rows, dim, to);
        case FLOAT32 -> LinearCombinationLoops.Scalar.rows32(vx, vy, a, b, 0, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Vector loops.
  static final class Simd extends LinearCombination {
    @Override
    public LinearCombination single() {
      return new SingleSimd();
    }

    @Override
    void rows(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      long vx = x.address();
      long vy = y.address();
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 -> LinearCombinationLoops.Simd.rows64(vx, vy, a, b, rows, dim, to);
        case FLOAT32 -> LinearCombinationLoops.Simd.rows32(vx, vy, a, b, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Plain loops, float32 data in float32.
  static final class SingleScalar extends LinearCombination {
    @Override
    public LinearCombination single() {
      return this;
    }

    @Override
    void rows(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      long vx = x.address();
      long vy = y.address();
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 -> LinearCombinationLoops.Scalar.rows64(vx, vy, a, b, 0, rows, dim, to);
        case FLOAT32 -> LinearCombinationSingleLoops.Scalar.rows32(vx, vy, a, b, 0, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Vector loops, float32 data in float32.
  static final class SingleSimd extends LinearCombination {
    @Override
    public LinearCombination single() {
      return this;
    }

    @Override
    void rows(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      long vx = x.address();
      long vy = y.address();
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 -> LinearCombinationLoops.Simd.rows64(vx, vy, a, b, rows, dim, to);
        case FLOAT32 -> LinearCombinationSingleLoops.Simd.rows32(vx, vy, a, b, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }
}
