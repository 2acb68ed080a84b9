package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.L32;
import static io.lanewise.kernel.Species.NATIVE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// `out = a x + b y` with one pair of coefficients per row: forward noising (a = sqrt(alphaBar), b
/// = sqrt(1 - alphaBar)), velocity targets, and the conversions between x0, noise and velocity.
///
/// Coefficients are rounded once to the element type; then, in the element type, `fma(a, x, b * y)`
/// with `b * y` rounded first. NaN propagates. `out` may be `x` or `y` (and is faster so: nothing
/// is read for ownership).
public sealed interface LinearCombination permits LinearCombination.Scalar, LinearCombination.Simd {
  /// Combines rows of float32.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param y the same shape
  /// @param a one coefficient per row
  /// @param b one coefficient per row
  /// @param out written, the same shape; may be `x` or `y`
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment x,
      MemorySegment y,
      double[] a,
      double[] b,
      int rows,
      int dim,
      MemorySegment out) {
    Operand.checkRows("a", a.length, rows);
    Operand.checkRows("b", b.length, rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Float.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Float.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Float.BYTES)) {
      rowsF32(ox, oy, a, b, rows, dim, oo);
    }
  }

  /// The same on float64.
  default void f64(
      MemorySegment x,
      MemorySegment y,
      double[] a,
      double[] b,
      int rows,
      int dim,
      MemorySegment out) {
    Operand.checkRows("a", a.length, rows);
    Operand.checkRows("b", b.length, rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Double.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Double.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Double.BYTES)) {
      rowsF64(ox, oy, a, b, rows, dim, oo);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void rowsF32(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out);

  /// The loop behind [#f64], on checked operands.
  void rowsF64(Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out);

  /// Plain loops.
  final class Scalar implements LinearCombination {
    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Float.BYTES;
        row32(
            x.address() + at,
            y.address() + at,
            (float) a[r],
            (float) b[r],
            0,
            dim,
            out.address() + at);
      }
    }

    @Override
    public void rowsF64(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Double.BYTES;
        row64(x.address() + at, y.address() + at, a[r], b[r], 0, dim, out.address() + at);
      }
    }

    static void row32(long x, long y, float a, float b, int from, int dim, long out) {
      for (int i = from; i < dim; i++) {
        long at = (long) i * Float.BYTES;
        Operand.f32(out + at, Math.fma(a, Operand.f32(x + at), b * Operand.f32(y + at)));
      }
    }

    static void row64(long x, long y, double a, double b, int from, int dim, long out) {
      for (int i = from; i < dim; i++) {
        long at = (long) i * Double.BYTES;
        Operand.f64(out + at, Math.fma(a, Operand.f64(x + at), b * Operand.f64(y + at)));
      }
    }
  }

  /// Vector loops.
  final class Simd implements LinearCombination {
    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Float.BYTES;
        row32(
            x.address() + at,
            y.address() + at,
            (float) a[r],
            (float) b[r],
            dim,
            out.address() + at);
      }
    }

    @Override
    public void rowsF64(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Double.BYTES;
        row64(x.address() + at, y.address() + at, a[r], b[r], dim, out.address() + at);
      }
    }

    private static void row32(long x, long y, float a, float b, int dim, long out) {
      FloatVector va = FloatVector.broadcast(F32, a);
      FloatVector vb = FloatVector.broadcast(F32, b);
      int i = 0;
      for (; i <= dim - L32; i += L32) {
        long at = (long) i * Float.BYTES;
        FloatVector vx = FloatVector.fromMemorySegment(F32, Operand.MEMORY, x + at, NATIVE);
        FloatVector vy = FloatVector.fromMemorySegment(F32, Operand.MEMORY, y + at, NATIVE);
        va.fma(vx, vb.mul(vy)).intoMemorySegment(Operand.MEMORY, out + at, NATIVE);
      }
      Scalar.row32(x, y, a, b, i, dim, out);
    }

    private static void row64(long x, long y, double a, double b, int dim, long out) {
      DoubleVector va = DoubleVector.broadcast(F64, a);
      DoubleVector vb = DoubleVector.broadcast(F64, b);
      int i = 0;
      for (; i <= dim - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        DoubleVector vy = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
        va.fma(vx, vb.mul(vy)).intoMemorySegment(MEMORY, out + at, NATIVE);
      }
      Scalar.row64(x, y, a, b, i, dim, out);
    }
  }
}
