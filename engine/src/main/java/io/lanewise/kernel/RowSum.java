package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
      rows32(x.address(), whole, dim, out, 0);
      double[] lanes = new double[Lanes.COUNT];
      for (int r = whole; r < rows; r++) {
        Arrays.fill(lanes, 0);
        add32(x.address() + (long) r * dim * Float.BYTES, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows64(x.address(), whole, dim, out, 0);
      Scalar.rows(x.address(), whole, rows, dim, out, 0);
    }

    @Override
    public void addF32(Operand x, long count, double[] lanes) {
      add32(x.address(), count, lanes);
    }

    @Override
    public void addF64(Operand x, long count, double[] lanes) {
      add64(x.address(), count, lanes);
    }

    static void rows32(long x, int rows, int dim, double[] out, int from) {
      DoubleVector zero = DoubleVector.zero(F64);
      int tail = dim % Lanes.COUNT;
      int full = dim - tail;
      VectorMask<Double> k0 = F64.indexInRange(0, tail);
      VectorMask<Double> k1 = F64.indexInRange(L, tail);
      VectorMask<Double> k2 = L <= 4 ? F64.indexInRange(2 * L, tail) : k0;
      VectorMask<Double> k3 = L <= 4 ? F64.indexInRange(3 * L, tail) : k0;
      VectorMask<Double> k4 = L == 2 ? F64.indexInRange(4 * L, tail) : k0;
      VectorMask<Double> k5 = L == 2 ? F64.indexInRange(5 * L, tail) : k0;
      VectorMask<Double> k6 = L == 2 ? F64.indexInRange(6 * L, tail) : k0;
      VectorMask<Double> k7 = L == 2 ? F64.indexInRange(7 * L, tail) : k0;
      double[] last = new double[L];
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
        long end = start + (long) full * Float.BYTES;
        // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
        // unrolled one.
        for (long at = start; at != end; at += Lanes.COUNT * Float.BYTES) {
          a0 =
              a0.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                          .convertShape(F2D, F64, 0)));
          a1 =
              a1.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
          if (L <= 4) {
            a2 =
                a2.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 2 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
            a3 =
                a3.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 3 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
          }
          if (L == 2) {
            a4 =
                a4.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 4 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
            a5 =
                a5.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 5 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
            a6 =
                a6.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 6 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
            a7 =
                a7.add(
                    ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 7 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0)));
          }
        }
        if (tail > 0) {
          a0 =
              a0.add(
                  zero.blend(
                      ((DoubleVector)
                          FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + end, NATIVE)
                              .convertShape(F2D, F64, 0)),
                      k0));
        }
        if (tail > L) {
          a1 =
              a1.add(
                  zero.blend(
                      ((DoubleVector)
                          FloatVector.fromMemorySegment(
                                  F32_HALF, MEMORY, x + end + Float.BYTES * L, NATIVE)
                              .convertShape(F2D, F64, 0)),
                      k1));
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 =
                a2.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 2 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k2));
          }
          if (tail > 3 * L) {
            a3 =
                a3.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 3 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k3));
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 =
                a4.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 4 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k4));
          }
          if (tail > 5 * L) {
            a5 =
                a5.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 5 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k5));
          }
          if (tail > 6 * L) {
            a6 =
                a6.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 6 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k6));
          }
          if (tail > 7 * L) {
            a7 =
                a7.add(
                    zero.blend(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 7 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)),
                        k7));
          }
        }
        if (L == 2) {
          a0 = a0.add(a4).add(a2.add(a6)).add(a1.add(a5).add(a3.add(a7)));
        } else if (L == 4) {
          a0 = a0.add(a2).add(a1.add(a3));
        } else {
          a0 = a0.add(a1);
        }
        a0.intoArray(last, 0);
        if (L == 2) {
          out[from + r] = last[0] + last[1];
        } else if (L == 4) {
          out[from + r] = (last[0] + last[2]) + (last[1] + last[3]);
        } else {
          out[from + r] =
              ((last[0] + last[4]) + (last[2] + last[6]))
                  + ((last[1] + last[5]) + (last[3] + last[7]));
        }
      }
    }

    /// The matrix at an address, behind which whole vectors may be read; row r goes to `out[from +
    /// r]`.

    static void rows64(long x, int rows, int dim, double[] out, int from) {
      DoubleVector zero = DoubleVector.zero(F64);
      int tail = dim % Lanes.COUNT;
      int full = dim - tail;
      VectorMask<Double> k0 = F64.indexInRange(0, tail);
      VectorMask<Double> k1 = F64.indexInRange(L, tail);
      VectorMask<Double> k2 = L <= 4 ? F64.indexInRange(2 * L, tail) : k0;
      VectorMask<Double> k3 = L <= 4 ? F64.indexInRange(3 * L, tail) : k0;
      VectorMask<Double> k4 = L == 2 ? F64.indexInRange(4 * L, tail) : k0;
      VectorMask<Double> k5 = L == 2 ? F64.indexInRange(5 * L, tail) : k0;
      VectorMask<Double> k6 = L == 2 ? F64.indexInRange(6 * L, tail) : k0;
      VectorMask<Double> k7 = L == 2 ? F64.indexInRange(7 * L, tail) : k0;
      double[] last = new double[L];
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
        long end = start + (long) full * Double.BYTES;
        // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
        // unrolled one.
        for (long at = start; at != end; at += Lanes.COUNT * Double.BYTES) {
          a0 = a0.add(DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE));
          a1 =
              a1.add(
                  DoubleVector.fromMemorySegment(F64, MEMORY, x + at + Double.BYTES * L, NATIVE));
          if (L <= 4) {
            a2 =
                a2.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 2 * Double.BYTES * L, NATIVE));
            a3 =
                a3.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 3 * Double.BYTES * L, NATIVE));
          }
          if (L == 2) {
            a4 =
                a4.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 4 * Double.BYTES * L, NATIVE));
            a5 =
                a5.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 5 * Double.BYTES * L, NATIVE));
            a6 =
                a6.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 6 * Double.BYTES * L, NATIVE));
            a7 =
                a7.add(
                    DoubleVector.fromMemorySegment(
                        F64, MEMORY, x + at + 7 * Double.BYTES * L, NATIVE));
          }
        }
        if (tail > 0) {
          a0 = a0.add(zero.blend(DoubleVector.fromMemorySegment(F64, MEMORY, x + end, NATIVE), k0));
        }
        if (tail > L) {
          a1 =
              a1.add(
                  zero.blend(
                      DoubleVector.fromMemorySegment(
                          F64, MEMORY, x + end + Double.BYTES * L, NATIVE),
                      k1));
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            a2 =
                a2.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 2 * Double.BYTES * L, NATIVE),
                        k2));
          }
          if (tail > 3 * L) {
            a3 =
                a3.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 3 * Double.BYTES * L, NATIVE),
                        k3));
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            a4 =
                a4.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 4 * Double.BYTES * L, NATIVE),
                        k4));
          }
          if (tail > 5 * L) {
            a5 =
                a5.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 5 * Double.BYTES * L, NATIVE),
                        k5));
          }
          if (tail > 6 * L) {
            a6 =
                a6.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 6 * Double.BYTES * L, NATIVE),
                        k6));
          }
          if (tail > 7 * L) {
            a7 =
                a7.add(
                    zero.blend(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 7 * Double.BYTES * L, NATIVE),
                        k7));
          }
        }
        if (L == 2) {
          a0 = a0.add(a4).add(a2.add(a6)).add(a1.add(a5).add(a3.add(a7)));
        } else if (L == 4) {
          a0 = a0.add(a2).add(a1.add(a3));
        } else {
          a0 = a0.add(a1);
        }
        a0.intoArray(last, 0);
        if (L == 2) {
          out[from + r] = last[0] + last[1];
        } else if (L == 4) {
          out[from + r] = (last[0] + last[2]) + (last[1] + last[3]);
        } else {
          out[from + r] =
              ((last[0] + last[4]) + (last[2] + last[6]))
                  + ((last[1] + last[5]) + (last[3] + last[7]));
        }
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
        a0 =
            a0.add(
                ((DoubleVector)
                    FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                        .convertShape(F2D, F64, 0)));
        a1 =
            a1.add(
                ((DoubleVector)
                    FloatVector.fromMemorySegment(
                            F32_HALF, MEMORY, x + at + Float.BYTES * L, NATIVE)
                        .convertShape(F2D, F64, 0)));
        if (L <= 4) {
          a2 =
              a2.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 2 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
          a3 =
              a3.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 3 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
        }
        if (L == 2) {
          a4 =
              a4.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 4 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
          a5 =
              a5.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 5 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
          a6 =
              a6.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 6 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
          a7 =
              a7.add(
                  ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + 7 * Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0)));
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
        a0 = a0.add(DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE));
        a1 = a1.add(DoubleVector.fromMemorySegment(F64, MEMORY, x + at + Double.BYTES * L, NATIVE));
        if (L <= 4) {
          a2 =
              a2.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 2 * Double.BYTES * L, NATIVE));
          a3 =
              a3.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 3 * Double.BYTES * L, NATIVE));
        }
        if (L == 2) {
          a4 =
              a4.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 4 * Double.BYTES * L, NATIVE));
          a5 =
              a5.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 5 * Double.BYTES * L, NATIVE));
          a6 =
              a6.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 6 * Double.BYTES * L, NATIVE));
          a7 =
              a7.add(
                  DoubleVector.fromMemorySegment(
                      F64, MEMORY, x + at + 7 * Double.BYTES * L, NATIVE));
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
