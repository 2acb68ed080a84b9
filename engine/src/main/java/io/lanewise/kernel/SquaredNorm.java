package io.lanewise.kernel;

import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.keep;
import static io.lanewise.kernel.Species.load32;
import static io.lanewise.kernel.Species.load64;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;

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
      rows32(x.address(), 0, rows, dim, out);
    }

    static void rows32(long x, int first, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = first; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Float.BYTES;
        add32(x + at, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    private static void add32(long x, int dim, double[] lanes) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Float.BYTES;
        double v = Operand.f32(x + at);
        lanes[i & 15] = Math.fma(v, v, lanes[i & 15]);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      rows64(x.address(), 0, rows, dim, out);
    }

    static void rows64(long x, int first, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = first; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Double.BYTES;
        add64(x + at, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    private static void add64(long x, int dim, double[] lanes) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Double.BYTES;
        double v = Operand.f64(x + at);
        lanes[i & 15] = Math.fma(v, v, lanes[i & 15]);
      }
    }
  }

  /// Vector loops.
  final class Simd implements SquaredNorm {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows32(x.address(), whole, dim, out);
      Scalar.rows32(x.address(), whole, rows, dim, out);
    }

    private static void rows32(long x, int rows, int dim, double[] out) {
      int tail = dim % Lanes.COUNT;
      int full = dim - tail;
      LongVector k0 = Lanes.Simd.keep(tail, 0);
      LongVector k1 = Lanes.Simd.keep(tail, 1);
      LongVector k2 = L <= 4 ? Lanes.Simd.keep(tail, 2) : k0;
      LongVector k3 = L <= 4 ? Lanes.Simd.keep(tail, 3) : k0;
      LongVector k4 = L == 2 ? Lanes.Simd.keep(tail, 4) : k0;
      LongVector k5 = L == 2 ? Lanes.Simd.keep(tail, 5) : k0;
      LongVector k6 = L == 2 ? Lanes.Simd.keep(tail, 6) : k0;
      LongVector k7 = L == 2 ? Lanes.Simd.keep(tail, 7) : k0;
      for (int r = 0; r < rows; r++) {
        long start = (long) r * dim * Float.BYTES;
        DoubleVector a0 = DoubleVector.zero(F64);
        DoubleVector a1 = DoubleVector.zero(F64);
        DoubleVector a2 = DoubleVector.zero(F64);
        DoubleVector a3 = DoubleVector.zero(F64);
        DoubleVector a4 = DoubleVector.zero(F64);
        DoubleVector a5 = DoubleVector.zero(F64);
        DoubleVector a6 = DoubleVector.zero(F64);
        DoubleVector a7 = DoubleVector.zero(F64);
        for (int i = 0; i < full; i += Lanes.COUNT) {
          long at = start + (long) i * Float.BYTES;
          a0 = square(load32(x + at), a0);
          a1 = square(load32(x + at + Float.BYTES * L), a1);
          if (L <= 4) {
            a2 = square(load32(x + at + 2 * Float.BYTES * L), a2);
            a3 = square(load32(x + at + 3 * Float.BYTES * L), a3);
          }
          if (L == 2) {
            a4 = square(load32(x + at + 4 * Float.BYTES * L), a4);
            a5 = square(load32(x + at + 5 * Float.BYTES * L), a5);
            a6 = square(load32(x + at + 6 * Float.BYTES * L), a6);
            a7 = square(load32(x + at + 7 * Float.BYTES * L), a7);
          }
        }
        long xEnd = x + start + (long) full * Float.BYTES;
        if (tail > 0) {
          a0 = square(keep(load32(xEnd), k0), a0);
        }
        if (tail > L) {
          a1 = square(keep(load32(xEnd + Float.BYTES * L), k1), a1);
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 = square(keep(load32(xEnd + 2 * Float.BYTES * L), k2), a2);
          }
          if (tail > 3 * L) {
            a3 = square(keep(load32(xEnd + 3 * Float.BYTES * L), k3), a3);
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 = square(keep(load32(xEnd + 4 * Float.BYTES * L), k4), a4);
          }
          if (tail > 5 * L) {
            a5 = square(keep(load32(xEnd + 5 * Float.BYTES * L), k5), a5);
          }
          if (tail > 6 * L) {
            a6 = square(keep(load32(xEnd + 6 * Float.BYTES * L), k6), a6);
          }
          if (tail > 7 * L) {
            a7 = square(keep(load32(xEnd + 7 * Float.BYTES * L), k7), a7);
          }
        }
        out[r] = Lanes.Simd.reduce(a0, a1, a2, a3, a4, a5, a6, a7);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows64(x.address(), whole, dim, out);
      Scalar.rows64(x.address(), whole, rows, dim, out);
    }

    private static void rows64(long x, int rows, int dim, double[] out) {
      int tail = dim % Lanes.COUNT;
      int full = dim - tail;
      LongVector k0 = Lanes.Simd.keep(tail, 0);
      LongVector k1 = Lanes.Simd.keep(tail, 1);
      LongVector k2 = L <= 4 ? Lanes.Simd.keep(tail, 2) : k0;
      LongVector k3 = L <= 4 ? Lanes.Simd.keep(tail, 3) : k0;
      LongVector k4 = L == 2 ? Lanes.Simd.keep(tail, 4) : k0;
      LongVector k5 = L == 2 ? Lanes.Simd.keep(tail, 5) : k0;
      LongVector k6 = L == 2 ? Lanes.Simd.keep(tail, 6) : k0;
      LongVector k7 = L == 2 ? Lanes.Simd.keep(tail, 7) : k0;
      for (int r = 0; r < rows; r++) {
        long start = (long) r * dim * Double.BYTES;
        DoubleVector a0 = DoubleVector.zero(F64);
        DoubleVector a1 = DoubleVector.zero(F64);
        DoubleVector a2 = DoubleVector.zero(F64);
        DoubleVector a3 = DoubleVector.zero(F64);
        DoubleVector a4 = DoubleVector.zero(F64);
        DoubleVector a5 = DoubleVector.zero(F64);
        DoubleVector a6 = DoubleVector.zero(F64);
        DoubleVector a7 = DoubleVector.zero(F64);
        for (int i = 0; i < full; i += Lanes.COUNT) {
          long at = start + (long) i * Double.BYTES;
          a0 = square(load64(x + at), a0);
          a1 = square(load64(x + at + Double.BYTES * L), a1);
          if (L <= 4) {
            a2 = square(load64(x + at + 2 * Double.BYTES * L), a2);
            a3 = square(load64(x + at + 3 * Double.BYTES * L), a3);
          }
          if (L == 2) {
            a4 = square(load64(x + at + 4 * Double.BYTES * L), a4);
            a5 = square(load64(x + at + 5 * Double.BYTES * L), a5);
            a6 = square(load64(x + at + 6 * Double.BYTES * L), a6);
            a7 = square(load64(x + at + 7 * Double.BYTES * L), a7);
          }
        }
        long xEnd = x + start + (long) full * Double.BYTES;
        if (tail > 0) {
          a0 = square(keep(load64(xEnd), k0), a0);
        }
        if (tail > L) {
          a1 = square(keep(load64(xEnd + Double.BYTES * L), k1), a1);
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 = square(keep(load64(xEnd + 2 * Double.BYTES * L), k2), a2);
          }
          if (tail > 3 * L) {
            a3 = square(keep(load64(xEnd + 3 * Double.BYTES * L), k3), a3);
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 = square(keep(load64(xEnd + 4 * Double.BYTES * L), k4), a4);
          }
          if (tail > 5 * L) {
            a5 = square(keep(load64(xEnd + 5 * Double.BYTES * L), k5), a5);
          }
          if (tail > 6 * L) {
            a6 = square(keep(load64(xEnd + 6 * Double.BYTES * L), k6), a6);
          }
          if (tail > 7 * L) {
            a7 = square(keep(load64(xEnd + 7 * Double.BYTES * L), k7), a7);
          }
        }
        out[r] = Lanes.Simd.reduce(a0, a1, a2, a3, a4, a5, a6, a7);
      }
    }

    private static DoubleVector square(DoubleVector v, DoubleVector sum) {
      return v.fma(v, sum);
    }
  }
}
