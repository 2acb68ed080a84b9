package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// `out = a x + b y` with one pair of coefficients per row: forward noising (a = sqrt(alphaBar), b
/// = sqrt(1 - alphaBar)), velocity targets, and the conversions between x0, noise and velocity.
///
/// `fma(a, x, b * y)` in float64, with `b * y` rounded first; float32 inputs are widened and the
/// result is rounded once. In [#single] that is float32 for float32 data, coefficients rounded to
/// it: where the two terms nearly cancel, few digits are left. NaN propagates. `out` may be `x` or
/// `y` (and is faster so: nothing is read for ownership).
public sealed interface LinearCombination
    permits LinearCombination.Scalar,
        LinearCombination.Simd,
        LinearCombination.SingleScalar,
        LinearCombination.SingleSimd {
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

  /// The form in which float32 data is computed in float32.
  LinearCombination single();

  /// Plain loops.
  final class Scalar implements LinearCombination {
    @Override
    public LinearCombination single() {
      return new SingleScalar();
    }

    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Float.BYTES;
        row32(x.address() + at, y.address() + at, a[r], b[r], dim, out.address() + at);
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

    static void row32(long x, long y, double a, double b, int dim, long out) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Float.BYTES;
        double vx = Memory.f32(x + at);
        double vy = Memory.f32(y + at);
        Memory.f32(out + at, (float) Math.fma(a, vx, b * vy));
      }
    }

    static void row64(long x, long y, double a, double b, int dim, long out) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Double.BYTES;
        Memory.f64(out + at, Math.fma(a, Memory.f64(x + at), b * Memory.f64(y + at)));
      }
    }
  }

  /// Vector loops. The last vector of a row overlaps the one before it; it is computed first, while
  /// its inputs are intact.
  final class Simd implements LinearCombination {
    @Override
    public LinearCombination single() {
      return new SingleSimd();
    }

    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      if (dim >= L) {
        rows32(x.address(), y.address(), a, b, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          long at = (long) r * dim * Float.BYTES;
          Scalar.row32(x.address() + at, y.address() + at, a[r], b[r], dim, out.address() + at);
        }
      }
    }

    private static void rows32(
        long x, long y, double[] a, double[] b, int rows, int dim, long out) {
      long vectors = (long) (dim - 1) / L * L * Float.BYTES;
      for (int r = 0; r < rows; r++) {
        DoubleVector va = DoubleVector.broadcast(F64, a[r]);
        DoubleVector vb = DoubleVector.broadcast(F64, b[r]);
        long start = (long) r * dim * Float.BYTES;
        long last = start + (long) (dim - L) * Float.BYTES;
        DoubleVector lx =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector ly =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        long end = start + vectors;
        // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
        // unrolled one.
        for (long at = start; at != end; at += L * Float.BYTES) {
          DoubleVector vx =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          DoubleVector vy =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          ((FloatVector) va.fma(vx, vb.mul(vy)).convertShape(D2F, F32_HALF, 0))
              .intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        ((FloatVector) va.fma(lx, vb.mul(ly)).convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void rowsF64(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      if (dim >= L) {
        rows64(x.address(), y.address(), a, b, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          long at = (long) r * dim * Double.BYTES;
          Scalar.row64(x.address() + at, y.address() + at, a[r], b[r], dim, out.address() + at);
        }
      }
    }

    private static void rows64(
        long x, long y, double[] a, double[] b, int rows, int dim, long out) {
      long vectors = (long) (dim - 1) / L * L * Double.BYTES;
      for (int r = 0; r < rows; r++) {
        DoubleVector va = DoubleVector.broadcast(F64, a[r]);
        DoubleVector vb = DoubleVector.broadcast(F64, b[r]);
        long start = (long) r * dim * Double.BYTES;
        long last = start + (long) (dim - L) * Double.BYTES;
        DoubleVector lx = DoubleVector.fromMemorySegment(F64, MEMORY, x + last, NATIVE);
        DoubleVector ly = DoubleVector.fromMemorySegment(F64, MEMORY, y + last, NATIVE);
        long end = start + vectors;
        // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
        // unrolled one.
        for (long at = start; at != end; at += L * Double.BYTES) {
          DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
          DoubleVector vy = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
          va.fma(vx, vb.mul(vy)).intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        va.fma(lx, vb.mul(ly)).intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }
  }

  /// Plain loops, float32 data in float32.
  final class SingleScalar implements LinearCombination {
    private final Scalar wide = new Scalar();

    @Override
    public LinearCombination single() {
      return this;
    }

    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        row(x.address(), y.address(), a, b, r, dim, out.address());
      }
    }

    static void row(long x, long y, double[] a, double[] b, int r, int dim, long out) {
      float va = (float) a[r];
      float vb = (float) b[r];
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Float.BYTES;
        Memory.f32(out + at, Math.fma(va, Memory.f32(x + at), vb * Memory.f32(y + at)));
      }
    }

    @Override
    public void rowsF64(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      wide.rowsF64(x, y, a, b, rows, dim, out);
    }
  }

  /// Vector loops, float32 data in float32.
  final class SingleSimd implements LinearCombination {
    private final Simd wide = new Simd();

    @Override
    public LinearCombination single() {
      return this;
    }

    @Override
    public void rowsF32(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      if (dim >= L32) {
        rows(x.address(), y.address(), a, b, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          SingleScalar.row(x.address(), y.address(), a, b, r, dim, out.address());
        }
      }
    }

    private static void rows(long x, long y, double[] a, double[] b, int rows, int dim, long out) {
      long vectors = (long) (dim - 1) / L32 * L32 * Float.BYTES;
      for (int r = 0; r < rows; r++) {
        FloatVector va = FloatVector.broadcast(F32, (float) a[r]);
        FloatVector vb = FloatVector.broadcast(F32, (float) b[r]);
        long start = (long) r * dim * Float.BYTES;
        long last = start + (long) (dim - L32) * Float.BYTES;
        FloatVector lx = FloatVector.fromMemorySegment(F32, MEMORY, x + last, NATIVE);
        FloatVector ly = FloatVector.fromMemorySegment(F32, MEMORY, y + last, NATIVE);
        long end = start + vectors;
        // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
        // unrolled one.
        for (long at = start; at != end; at += L32 * Float.BYTES) {
          FloatVector vx = FloatVector.fromMemorySegment(F32, MEMORY, x + at, NATIVE);
          FloatVector vy = FloatVector.fromMemorySegment(F32, MEMORY, y + at, NATIVE);
          va.fma(vx, vb.mul(vy)).intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        va.fma(lx, vb.mul(ly)).intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void rowsF64(
        Operand x, Operand y, double[] a, double[] b, int rows, int dim, Operand out) {
      wide.rowsF64(x, y, a, b, rows, dim, out);
    }
  }
}
