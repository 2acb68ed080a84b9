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
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        add32(x.address() + (long) r * dim * Float.BYTES, 0, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      rows(x.address(), 0, rows, dim, out, 0);
    }

    /// Rows `first` to `rows` of the matrix at an address; row r goes to `out[from + r]`.
    static void rows(long x, int first, int rows, int dim, double[] out, int from) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = first; r < rows; r++) {
        Arrays.fill(lanes, 0);
        add64(x + (long) r * dim * Double.BYTES, 0, dim, lanes);
        out[from + r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void addF32(Operand x, long count, double[] lanes) {
      add32(x.address(), 0, count, lanes);
    }

    @Override
    public void addF64(Operand x, long count, double[] lanes) {
      add64(x.address(), 0, count, lanes);
    }

    static void add32(long x, long from, long to, double[] lanes) {
      for (long i = from; i < to; i++) {
        lanes[(int) i & 15] += Operand.f32(x + i * Float.BYTES);
      }
    }

    static void add64(long x, long from, long to, double[] lanes) {
      for (long i = from; i < to; i++) {
        lanes[(int) i & 15] += Operand.f64(x + i * Double.BYTES);
      }
    }
  }

  /// Vector loops.
  final class Simd implements RowSum {
    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows32(x.address(), whole, dim, out);
      double[] lanes = new double[Lanes.COUNT];
      for (int r = whole; r < rows; r++) {
        Arrays.fill(lanes, 0);
        add32(x.address() + (long) r * dim * Float.BYTES, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      rows(x.address(), rows, dim, out, 0);
    }

    /// The matrix at an address; row r goes to `out[from + r]`.
    static void rows(long x, int rows, int dim, double[] out, int from) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows64(x, whole, dim, out, from);
      double[] lanes = new double[Lanes.COUNT];
      for (int r = whole; r < rows; r++) {
        Arrays.fill(lanes, 0);
        add64(x + (long) r * dim * Double.BYTES, dim, lanes);
        out[from + r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void addF32(Operand x, long count, double[] lanes) {
      add32(x.address(), count, lanes);
    }

    @Override
    public void addF64(Operand x, long count, double[] lanes) {
      add64(x.address(), count, lanes);
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
          a0 = a0.add(load32(x + at));
          a1 = a1.add(load32(x + at + Float.BYTES * L));
          if (L <= 4) {
            a2 = a2.add(load32(x + at + 2 * Float.BYTES * L));
            a3 = a3.add(load32(x + at + 3 * Float.BYTES * L));
          }
          if (L == 2) {
            a4 = a4.add(load32(x + at + 4 * Float.BYTES * L));
            a5 = a5.add(load32(x + at + 5 * Float.BYTES * L));
            a6 = a6.add(load32(x + at + 6 * Float.BYTES * L));
            a7 = a7.add(load32(x + at + 7 * Float.BYTES * L));
          }
        }
        long xEnd = x + start + (long) full * Float.BYTES;
        if (tail > 0) {
          a0 = a0.add(keep(load32(xEnd), k0));
        }
        if (tail > L) {
          a1 = a1.add(keep(load32(xEnd + Float.BYTES * L), k1));
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 = a2.add(keep(load32(xEnd + 2 * Float.BYTES * L), k2));
          }
          if (tail > 3 * L) {
            a3 = a3.add(keep(load32(xEnd + 3 * Float.BYTES * L), k3));
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 = a4.add(keep(load32(xEnd + 4 * Float.BYTES * L), k4));
          }
          if (tail > 5 * L) {
            a5 = a5.add(keep(load32(xEnd + 5 * Float.BYTES * L), k5));
          }
          if (tail > 6 * L) {
            a6 = a6.add(keep(load32(xEnd + 6 * Float.BYTES * L), k6));
          }
          if (tail > 7 * L) {
            a7 = a7.add(keep(load32(xEnd + 7 * Float.BYTES * L), k7));
          }
        }
        out[r] = Lanes.Simd.reduce(a0, a1, a2, a3, a4, a5, a6, a7);
      }
    }

    private static void rows64(long x, int rows, int dim, double[] out, int from) {
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
          a0 = a0.add(load64(x + at));
          a1 = a1.add(load64(x + at + Double.BYTES * L));
          if (L <= 4) {
            a2 = a2.add(load64(x + at + 2 * Double.BYTES * L));
            a3 = a3.add(load64(x + at + 3 * Double.BYTES * L));
          }
          if (L == 2) {
            a4 = a4.add(load64(x + at + 4 * Double.BYTES * L));
            a5 = a5.add(load64(x + at + 5 * Double.BYTES * L));
            a6 = a6.add(load64(x + at + 6 * Double.BYTES * L));
            a7 = a7.add(load64(x + at + 7 * Double.BYTES * L));
          }
        }
        long xEnd = x + start + (long) full * Double.BYTES;
        if (tail > 0) {
          a0 = a0.add(keep(load64(xEnd), k0));
        }
        if (tail > L) {
          a1 = a1.add(keep(load64(xEnd + Double.BYTES * L), k1));
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 = a2.add(keep(load64(xEnd + 2 * Double.BYTES * L), k2));
          }
          if (tail > 3 * L) {
            a3 = a3.add(keep(load64(xEnd + 3 * Double.BYTES * L), k3));
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 = a4.add(keep(load64(xEnd + 4 * Double.BYTES * L), k4));
          }
          if (tail > 5 * L) {
            a5 = a5.add(keep(load64(xEnd + 5 * Double.BYTES * L), k5));
          }
          if (tail > 6 * L) {
            a6 = a6.add(keep(load64(xEnd + 6 * Double.BYTES * L), k6));
          }
          if (tail > 7 * L) {
            a7 = a7.add(keep(load64(xEnd + 7 * Double.BYTES * L), k7));
          }
        }
        out[from + r] = Lanes.Simd.reduce(a0, a1, a2, a3, a4, a5, a6, a7);
      }
    }

    static void add32(long x, long count, double[] lanes) {
      long full = count & -Lanes.COUNT;
      DoubleVector a0 = DoubleVector.fromArray(F64, lanes, 0);
      DoubleVector a1 = DoubleVector.fromArray(F64, lanes, L);
      DoubleVector a2 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 2 * L) : a0;
      DoubleVector a3 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 3 * L) : a0;
      DoubleVector a4 = L == 2 ? DoubleVector.fromArray(F64, lanes, 4 * L) : a0;
      DoubleVector a5 = L == 2 ? DoubleVector.fromArray(F64, lanes, 5 * L) : a0;
      DoubleVector a6 = L == 2 ? DoubleVector.fromArray(F64, lanes, 6 * L) : a0;
      DoubleVector a7 = L == 2 ? DoubleVector.fromArray(F64, lanes, 7 * L) : a0;
      for (long i = 0; i < full; i += Lanes.COUNT) {
        long at = i * Float.BYTES;
        a0 = a0.add(load32(x + at));
        a1 = a1.add(load32(x + at + Float.BYTES * L));
        if (L <= 4) {
          a2 = a2.add(load32(x + at + 2 * Float.BYTES * L));
          a3 = a3.add(load32(x + at + 3 * Float.BYTES * L));
        }
        if (L == 2) {
          a4 = a4.add(load32(x + at + 4 * Float.BYTES * L));
          a5 = a5.add(load32(x + at + 5 * Float.BYTES * L));
          a6 = a6.add(load32(x + at + 6 * Float.BYTES * L));
          a7 = a7.add(load32(x + at + 7 * Float.BYTES * L));
        }
      }
      a0.intoArray(lanes, 0);
      a1.intoArray(lanes, L);
      if (L <= 4) {
        a2.intoArray(lanes, 2 * L);
        a3.intoArray(lanes, 3 * L);
      }
      if (L == 2) {
        a4.intoArray(lanes, 4 * L);
        a5.intoArray(lanes, 5 * L);
        a6.intoArray(lanes, 6 * L);
        a7.intoArray(lanes, 7 * L);
      }
      Scalar.add32(x, full, count, lanes);
    }

    static void add64(long x, long count, double[] lanes) {
      long full = count & -Lanes.COUNT;
      DoubleVector a0 = DoubleVector.fromArray(F64, lanes, 0);
      DoubleVector a1 = DoubleVector.fromArray(F64, lanes, L);
      DoubleVector a2 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 2 * L) : a0;
      DoubleVector a3 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 3 * L) : a0;
      DoubleVector a4 = L == 2 ? DoubleVector.fromArray(F64, lanes, 4 * L) : a0;
      DoubleVector a5 = L == 2 ? DoubleVector.fromArray(F64, lanes, 5 * L) : a0;
      DoubleVector a6 = L == 2 ? DoubleVector.fromArray(F64, lanes, 6 * L) : a0;
      DoubleVector a7 = L == 2 ? DoubleVector.fromArray(F64, lanes, 7 * L) : a0;
      for (long i = 0; i < full; i += Lanes.COUNT) {
        long at = i * Double.BYTES;
        a0 = a0.add(load64(x + at));
        a1 = a1.add(load64(x + at + Double.BYTES * L));
        if (L <= 4) {
          a2 = a2.add(load64(x + at + 2 * Double.BYTES * L));
          a3 = a3.add(load64(x + at + 3 * Double.BYTES * L));
        }
        if (L == 2) {
          a4 = a4.add(load64(x + at + 4 * Double.BYTES * L));
          a5 = a5.add(load64(x + at + 5 * Double.BYTES * L));
          a6 = a6.add(load64(x + at + 6 * Double.BYTES * L));
          a7 = a7.add(load64(x + at + 7 * Double.BYTES * L));
        }
      }
      a0.intoArray(lanes, 0);
      a1.intoArray(lanes, L);
      if (L <= 4) {
        a2.intoArray(lanes, 2 * L);
        a3.intoArray(lanes, 3 * L);
      }
      if (L == 2) {
        a4.intoArray(lanes, 4 * L);
        a5.intoArray(lanes, 5 * L);
        a6.intoArray(lanes, 6 * L);
        a7.intoArray(lanes, 7 * L);
      }
      Scalar.add64(x, full, count, lanes);
    }
  }
}
