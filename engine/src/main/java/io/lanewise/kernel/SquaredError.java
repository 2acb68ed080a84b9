package io.lanewise.kernel;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Species;
import io.lanewise.kernel.loops.SquaredErrorLoops;
import io.lanewise.kernel.loops.SquaredErrorSingleLoops;
import java.lang.foreign.MemorySegment;

/// The squared Euclidean distance between corresponding rows: `sum (x_i - y_i)^2`, the numerator of
/// every denoising error.
///
/// Values are widened before they are subtracted; difference, then fma, in float64, in the order of
/// [Lanes]. The empty row gives 0; NaN propagates; two equal infinities give NaN, as their
/// difference does.
///
/// In [Precision#SINGLE] differences and squares of float32 are float32, added up in float32 over
/// blocks of 512 columns, whose sums are added in float64: the result is within `(4 + min(dim, 512)
/// / 32) 2^-24` of its size, the quotient rounded up, so never more than 1.2e-6. What float32
/// cannot hold is lost: a difference above 1.8e19 gives infinity, as do squares of a block that add
/// up to more than 3.4e38 if they meet in one accumulator; a square below 1.2e-38 has an error of
/// up to 2^-150.
public sealed interface SquaredError
    permits SquaredError.Scalar,
        SquaredError.Simd,
        SquaredError.SingleScalar,
        SquaredError.SingleSimd {
  /// Squared distances between rows of float32.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param y the same shape
  /// @param out one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment x, MemorySegment y, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand pX = Operand.read("x", x, rows, dim, Float.BYTES);
        Operand pY = Operand.read("y", y, rows, dim, Float.BYTES)) {
      rowsF32(pX, pY, rows, dim, out);
    }
  }

  /// The same on float64.
  default void f64(MemorySegment x, MemorySegment y, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    try (Operand pX = Operand.read("x", x, rows, dim, Double.BYTES);
        Operand pY = Operand.read("y", y, rows, dim, Double.BYTES)) {
      rowsF64(pX, pY, rows, dim, out);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void rowsF32(Operand x, Operand y, int rows, int dim, double[] out);

  /// The loop behind [#f64], on checked operands.
  void rowsF64(Operand x, Operand y, int rows, int dim, double[] out);

  /// The form in which float32 data is computed in float32.
  SquaredError single();

  /// Plain loops.
  final class Scalar implements SquaredError {
    @Override
    public SquaredError single() {
      return new SingleScalar();
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      SquaredErrorLoops.Scalar.rows32(x.address(), y.address(), 0, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      SquaredErrorLoops.Scalar.rows64(x.address(), y.address(), 0, rows, dim, out, 0);
    }
  }

  /// Vector loops.
  final class Simd implements SquaredError {
    @Override
    public SquaredError single() {
      return new SingleSimd();
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      SquaredErrorLoops.Simd.rows32(x.address(), y.address(), whole, dim, out, 0);
      SquaredErrorLoops.Simd.rest32(x.address(), y.address(), whole, rows, dim, out, 0);
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      SquaredErrorLoops.Simd.rows64(x.address(), y.address(), whole, dim, out, 0);
      SquaredErrorLoops.Simd.rest64(x.address(), y.address(), whole, rows, dim, out, 0);
    }
  }

  /// Plain loops in float32.
  final class SingleScalar implements SquaredError {
    private final Scalar plain = new Scalar();

    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      SquaredErrorSingleLoops.Scalar.rows32(x.address(), y.address(), 0, rows, dim, out);
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      plain.rowsF64(x, y, rows, dim, out);
    }
  }

  /// Vector loops in float32.
  final class SingleSimd implements SquaredError {
    private final Simd simd = new Simd();

    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim, Species.L32);
      SquaredErrorSingleLoops.Simd.rows32(x.address(), y.address(), whole, dim, out);
      SquaredErrorSingleLoops.Scalar.rows32(x.address(), y.address(), whole, rows, dim, out);
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      simd.rowsF64(x, y, rows, dim, out);
    }
  }
}
