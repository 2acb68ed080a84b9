package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F32;
import static io.lanewise.kernel.Species.F32_HALF;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.L32;
import static io.lanewise.kernel.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
      rows32(x.address(), y.address(), 0, rows, dim, out);
    }

    static void rows32(long x, long y, int first, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = first; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Float.BYTES;
        add32(x + at, y + at, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    private static void add32(long x, long y, int dim, double[] lanes) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Float.BYTES;
        double v = (double) Operand.f32(x + at) - Operand.f32(y + at);
        lanes[i & 15] = Math.fma(v, v, lanes[i & 15]);
      }
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      rows64(x.address(), y.address(), 0, rows, dim, out);
    }

    static void rows64(long x, long y, int first, int rows, int dim, double[] out) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = first; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long at = (long) r * dim * Double.BYTES;
        add64(x + at, y + at, dim, lanes);
        out[r] = Lanes.reduce(lanes);
      }
    }

    private static void add64(long x, long y, int dim, double[] lanes) {
      for (int i = 0; i < dim; i++) {
        long at = (long) i * Double.BYTES;
        double v = Operand.f64(x + at) - Operand.f64(y + at);
        lanes[i & 15] = Math.fma(v, v, lanes[i & 15]);
      }
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
      rows32(x.address(), y.address(), whole, dim, out);
      Scalar.rows32(x.address(), y.address(), whole, rows, dim, out);
    }

    private static void rows32(long x, long y, int rows, int dim, double[] out) {
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
          DoubleVector v0 =
              ((DoubleVector)
                      FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                          .convertShape(F2D, F64, 0))
                  .sub(
                      ((DoubleVector)
                          FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + at, NATIVE)
                              .convertShape(F2D, F64, 0)));
          a0 = v0.fma(v0, a0);
          DoubleVector v1 =
              ((DoubleVector)
                      FloatVector.fromMemorySegment(
                              F32_HALF, MEMORY, x + at + Float.BYTES * L, NATIVE)
                          .convertShape(F2D, F64, 0))
                  .sub(
                      ((DoubleVector)
                          FloatVector.fromMemorySegment(
                                  F32_HALF, MEMORY, y + at + Float.BYTES * L, NATIVE)
                              .convertShape(F2D, F64, 0)));
          a1 = v1.fma(v1, a1);
          if (L <= 4) {
            DoubleVector v2 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 2 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 2 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a2 = v2.fma(v2, a2);
            DoubleVector v3 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 3 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 3 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a3 = v3.fma(v3, a3);
          }
          if (L == 2) {
            DoubleVector v4 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 4 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 4 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a4 = v4.fma(v4, a4);
            DoubleVector v5 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 5 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 5 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a5 = v5.fma(v5, a5);
            DoubleVector v6 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 6 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 6 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a6 = v6.fma(v6, a6);
            DoubleVector v7 =
                ((DoubleVector)
                        FloatVector.fromMemorySegment(
                                F32_HALF, MEMORY, x + at + 7 * Float.BYTES * L, NATIVE)
                            .convertShape(F2D, F64, 0))
                    .sub(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, y + at + 7 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0)));
            a7 = v7.fma(v7, a7);
          }
        }
        if (tail > 0) {
          DoubleVector v0 =
              zero.blend(
                  ((DoubleVector)
                          FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + end, NATIVE)
                              .convertShape(F2D, F64, 0))
                      .sub(
                          ((DoubleVector)
                              FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + end, NATIVE)
                                  .convertShape(F2D, F64, 0))),
                  k0);
          a0 = v0.fma(v0, a0);
        }
        if (tail > L) {
          DoubleVector v1 =
              zero.blend(
                  ((DoubleVector)
                          FloatVector.fromMemorySegment(
                                  F32_HALF, MEMORY, x + end + Float.BYTES * L, NATIVE)
                              .convertShape(F2D, F64, 0))
                      .sub(
                          ((DoubleVector)
                              FloatVector.fromMemorySegment(
                                      F32_HALF, MEMORY, y + end + Float.BYTES * L, NATIVE)
                                  .convertShape(F2D, F64, 0))),
                  k1);
          a1 = v1.fma(v1, a1);
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            DoubleVector v2 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 2 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 2 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k2);
            a2 = v2.fma(v2, a2);
          }
          if (tail > 3 * L) {
            DoubleVector v3 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 3 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 3 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k3);
            a3 = v3.fma(v3, a3);
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            DoubleVector v4 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 4 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 4 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k4);
            a4 = v4.fma(v4, a4);
          }
          if (tail > 5 * L) {
            DoubleVector v5 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 5 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 5 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k5);
            a5 = v5.fma(v5, a5);
          }
          if (tail > 6 * L) {
            DoubleVector v6 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 6 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 6 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k6);
            a6 = v6.fma(v6, a6);
          }
          if (tail > 7 * L) {
            DoubleVector v7 =
                zero.blend(
                    ((DoubleVector)
                            FloatVector.fromMemorySegment(
                                    F32_HALF, MEMORY, x + end + 7 * Float.BYTES * L, NATIVE)
                                .convertShape(F2D, F64, 0))
                        .sub(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(
                                        F32_HALF, MEMORY, y + end + 7 * Float.BYTES * L, NATIVE)
                                    .convertShape(F2D, F64, 0))),
                    k7);
            a7 = v7.fma(v7, a7);
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
          out[r] = last[0] + last[1];
        } else if (L == 4) {
          out[r] = (last[0] + last[2]) + (last[1] + last[3]);
        } else {
          out[r] =
              ((last[0] + last[4]) + (last[2] + last[6]))
                  + ((last[1] + last[5]) + (last[3] + last[7]));
        }
      }
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim);
      rows64(x.address(), y.address(), whole, dim, out);
      Scalar.rows64(x.address(), y.address(), whole, rows, dim, out);
    }

    private static void rows64(long x, long y, int rows, int dim, double[] out) {
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
          DoubleVector v0 =
              DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE)
                  .sub(DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE));
          a0 = v0.fma(v0, a0);
          DoubleVector v1 =
              DoubleVector.fromMemorySegment(F64, MEMORY, x + at + Double.BYTES * L, NATIVE)
                  .sub(
                      DoubleVector.fromMemorySegment(
                          F64, MEMORY, y + at + Double.BYTES * L, NATIVE));
          a1 = v1.fma(v1, a1);
          if (L <= 4) {
            DoubleVector v2 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 2 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 2 * Double.BYTES * L, NATIVE));
            a2 = v2.fma(v2, a2);
            DoubleVector v3 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 3 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 3 * Double.BYTES * L, NATIVE));
            a3 = v3.fma(v3, a3);
          }
          if (L == 2) {
            DoubleVector v4 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 4 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 4 * Double.BYTES * L, NATIVE));
            a4 = v4.fma(v4, a4);
            DoubleVector v5 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 5 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 5 * Double.BYTES * L, NATIVE));
            a5 = v5.fma(v5, a5);
            DoubleVector v6 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 6 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 6 * Double.BYTES * L, NATIVE));
            a6 = v6.fma(v6, a6);
            DoubleVector v7 =
                DoubleVector.fromMemorySegment(F64, MEMORY, x + at + 7 * Double.BYTES * L, NATIVE)
                    .sub(
                        DoubleVector.fromMemorySegment(
                            F64, MEMORY, y + at + 7 * Double.BYTES * L, NATIVE));
            a7 = v7.fma(v7, a7);
          }
        }
        if (tail > 0) {
          DoubleVector v0 =
              zero.blend(
                  DoubleVector.fromMemorySegment(F64, MEMORY, x + end, NATIVE)
                      .sub(DoubleVector.fromMemorySegment(F64, MEMORY, y + end, NATIVE)),
                  k0);
          a0 = v0.fma(v0, a0);
        }
        if (tail > L) {
          DoubleVector v1 =
              zero.blend(
                  DoubleVector.fromMemorySegment(F64, MEMORY, x + end + Double.BYTES * L, NATIVE)
                      .sub(
                          DoubleVector.fromMemorySegment(
                              F64, MEMORY, y + end + Double.BYTES * L, NATIVE)),
                  k1);
          a1 = v1.fma(v1, a1);
        }
        if (L <= 4) {
          if (tail > 2 * L) {
            DoubleVector v2 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 2 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 2 * Double.BYTES * L, NATIVE)),
                    k2);
            a2 = v2.fma(v2, a2);
          }
          if (tail > 3 * L) {
            DoubleVector v3 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 3 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 3 * Double.BYTES * L, NATIVE)),
                    k3);
            a3 = v3.fma(v3, a3);
          }
        }
        if (L == 2) {
          if (tail > 4 * L) {
            DoubleVector v4 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 4 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 4 * Double.BYTES * L, NATIVE)),
                    k4);
            a4 = v4.fma(v4, a4);
          }
          if (tail > 5 * L) {
            DoubleVector v5 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 5 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 5 * Double.BYTES * L, NATIVE)),
                    k5);
            a5 = v5.fma(v5, a5);
          }
          if (tail > 6 * L) {
            DoubleVector v6 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 6 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 6 * Double.BYTES * L, NATIVE)),
                    k6);
            a6 = v6.fma(v6, a6);
          }
          if (tail > 7 * L) {
            DoubleVector v7 =
                zero.blend(
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, x + end + 7 * Double.BYTES * L, NATIVE)
                        .sub(
                            DoubleVector.fromMemorySegment(
                                F64, MEMORY, y + end + 7 * Double.BYTES * L, NATIVE)),
                    k7);
            a7 = v7.fma(v7, a7);
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
          out[r] = last[0] + last[1];
        } else if (L == 4) {
          out[r] = (last[0] + last[2]) + (last[1] + last[3]);
        } else {
          out[r] =
              ((last[0] + last[4]) + (last[2] + last[6]))
                  + ((last[1] + last[5]) + (last[3] + last[7]));
        }
      }
    }
  }

  /// Plain loops in float32.
  ///
  /// In a block element `i` is added to float32 accumulator `i mod 32`; the first two levels of the
  /// tree of [Lanes], over 32 and 16 accumulators, are float32 and the others float64. Blocks are
  /// added in float64, one after the other.
  final class SingleScalar implements SquaredError {
    /// Columns whose squares are added up in float32.
    static final int BLOCK = 512;

    /// float32 accumulators.
    static final int LANES = 32;

    private final Scalar plain = new Scalar();

    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      rows32(x.address(), y.address(), 0, rows, dim, out);
    }

    static void rows32(long x, long y, int first, int rows, int dim, double[] out) {
      float[] lanes = new float[LANES];
      for (int r = first; r < rows; r++) {
        long at = (long) r * dim * Float.BYTES;
        double sum = 0;
        for (int i = 0; i < dim; i += BLOCK, at += BLOCK * Float.BYTES) {
          sum += block(x + at, y + at, Math.min(BLOCK, dim - i), lanes);
        }
        out[r] = sum;
      }
    }

    /// @param lanes scratch
    static double block(long x, long y, int n, float[] lanes) {
      Arrays.fill(lanes, 0);
      for (int i = 0; i < n; i++) {
        long at = (long) i * Float.BYTES;
        float v = Operand.f32(x + at) - Operand.f32(y + at);
        lanes[i & 31] = Math.fma(v, v, lanes[i & 31]);
      }
      for (int half = LANES / 2; half >= 8; half /= 2) {
        for (int i = 0; i < half; i++) {
          lanes[i] += lanes[i + half];
        }
      }
      return (((double) lanes[0] + lanes[4]) + ((double) lanes[2] + lanes[6]))
          + (((double) lanes[1] + lanes[5]) + ((double) lanes[3] + lanes[7]));
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      plain.rowsF64(x, y, rows, dim, out);
    }
  }

  /// Vector loops in float32.
  final class SingleSimd implements SquaredError {
    /// Blocks whose last vectors are kept before the lanes of each are added up, in a loop of its
    /// own: a fifth of the time of rows of 16 less than doing so block by block.
    private static final int GROUP = 64;

    private final Simd simd = new Simd();

    @Override
    public SquaredError single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, Operand y, int rows, int dim, double[] out) {
      int whole = Lanes.Simd.wholeRows(rows, dim, L32);
      if (dim <= SingleScalar.BLOCK) {
        blocks(x.address(), y.address(), whole, dim, new double[Math.min(GROUP, whole) * L], out);
      } else {
        longRows(x.address(), y.address(), whole, dim, out);
      }
      SingleScalar.rows32(x.address(), y.address(), whole, rows, dim, out);
    }

    private static void longRows(long x, long y, int rows, int dim, double[] out) {
      int blocks = dim / SingleScalar.BLOCK;
      int rest = dim % SingleScalar.BLOCK;
      double[] parts = new double[GROUP * L];
      double[] sums = new double[blocks + 1];
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim * Float.BYTES;
        blocks(x + at, y + at, blocks, SingleScalar.BLOCK, parts, sums);
        double sum = 0;
        for (int b = 0; b < blocks; b++) {
          sum += sums[b];
        }
        if (rest > 0) {
          at += (long) blocks * SingleScalar.BLOCK * Float.BYTES;
          blocks(x + at, y + at, 1, rest, parts, sums);
          sum += sums[0];
        }
        out[r] = sum;
      }
    }

    /// Sums of rows no longer than a block.
    ///
    /// @param parts scratch
    private static void blocks(long x, long y, int rows, int dim, double[] parts, double[] out) {
      for (int r = 0; r < rows; r += GROUP) {
        int count = Math.min(GROUP, rows - r);
        long at = (long) r * dim * Float.BYTES;
        partialSums(x + at, y + at, count, dim, parts);
        reduce(parts, count, out, r);
      }
    }

    /// The tree over the accumulators of each row, as far as it can be taken without mixing the
    /// lanes of a vector of [Species#F64]: one such vector per row.
    private static void partialSums(long x, long y, int rows, int dim, double[] parts) {
      FloatVector zero = FloatVector.zero(F32);
      int tail = dim % SingleScalar.LANES;
      int full = dim - tail;
      VectorMask<Float> k0 = F32.indexInRange(0, tail);
      VectorMask<Float> k1 = F32.indexInRange(L32, tail);
      VectorMask<Float> k2 = L <= 4 ? F32.indexInRange(2 * L32, tail) : k0;
      VectorMask<Float> k3 = L <= 4 ? F32.indexInRange(3 * L32, tail) : k0;
      VectorMask<Float> k4 = L == 2 ? F32.indexInRange(4 * L32, tail) : k0;
      VectorMask<Float> k5 = L == 2 ? F32.indexInRange(5 * L32, tail) : k0;
      VectorMask<Float> k6 = L == 2 ? F32.indexInRange(6 * L32, tail) : k0;
      VectorMask<Float> k7 = L == 2 ? F32.indexInRange(7 * L32, tail) : k0;
      for (int r = 0; r < rows; r++) {
        long start = (long) r * dim * Float.BYTES;
        FloatVector a0 = FloatVector.zero(F32);
        FloatVector a1 = FloatVector.zero(F32);
        FloatVector a2 = FloatVector.zero(F32);
        FloatVector a3 = FloatVector.zero(F32);
        FloatVector a4 = FloatVector.zero(F32);
        FloatVector a5 = FloatVector.zero(F32);
        FloatVector a6 = FloatVector.zero(F32);
        FloatVector a7 = FloatVector.zero(F32);
        long end = start + (long) full * Float.BYTES;
        // Not a counted loop, as above.
        for (long at = start; at != end; at += SingleScalar.LANES * Float.BYTES) {
          FloatVector v0 =
              FloatVector.fromMemorySegment(F32, MEMORY, x + at, NATIVE)
                  .sub(FloatVector.fromMemorySegment(F32, MEMORY, y + at, NATIVE));
          a0 = v0.fma(v0, a0);
          FloatVector v1 =
              FloatVector.fromMemorySegment(F32, MEMORY, x + at + Float.BYTES * L32, NATIVE)
                  .sub(
                      FloatVector.fromMemorySegment(
                          F32, MEMORY, y + at + Float.BYTES * L32, NATIVE));
          a1 = v1.fma(v1, a1);
          if (L <= 4) {
            FloatVector v2 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 2 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 2 * Float.BYTES * L32, NATIVE));
            a2 = v2.fma(v2, a2);
            FloatVector v3 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 3 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 3 * Float.BYTES * L32, NATIVE));
            a3 = v3.fma(v3, a3);
          }
          if (L == 2) {
            FloatVector v4 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 4 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 4 * Float.BYTES * L32, NATIVE));
            a4 = v4.fma(v4, a4);
            FloatVector v5 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 5 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 5 * Float.BYTES * L32, NATIVE));
            a5 = v5.fma(v5, a5);
            FloatVector v6 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 6 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 6 * Float.BYTES * L32, NATIVE));
            a6 = v6.fma(v6, a6);
            FloatVector v7 =
                FloatVector.fromMemorySegment(F32, MEMORY, x + at + 7 * Float.BYTES * L32, NATIVE)
                    .sub(
                        FloatVector.fromMemorySegment(
                            F32, MEMORY, y + at + 7 * Float.BYTES * L32, NATIVE));
            a7 = v7.fma(v7, a7);
          }
        }
        if (tail > 0) {
          FloatVector v0 =
              zero.blend(
                  FloatVector.fromMemorySegment(F32, MEMORY, x + end, NATIVE)
                      .sub(FloatVector.fromMemorySegment(F32, MEMORY, y + end, NATIVE)),
                  k0);
          a0 = v0.fma(v0, a0);
        }
        if (tail > L32) {
          FloatVector v1 =
              zero.blend(
                  FloatVector.fromMemorySegment(F32, MEMORY, x + end + Float.BYTES * L32, NATIVE)
                      .sub(
                          FloatVector.fromMemorySegment(
                              F32, MEMORY, y + end + Float.BYTES * L32, NATIVE)),
                  k1);
          a1 = v1.fma(v1, a1);
        }
        if (L <= 4) {
          if (tail > 2 * L32) {
            FloatVector v2 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 2 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 2 * Float.BYTES * L32, NATIVE)),
                    k2);
            a2 = v2.fma(v2, a2);
          }
          if (tail > 3 * L32) {
            FloatVector v3 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 3 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 3 * Float.BYTES * L32, NATIVE)),
                    k3);
            a3 = v3.fma(v3, a3);
          }
        }
        if (L == 2) {
          if (tail > 4 * L32) {
            FloatVector v4 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 4 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 4 * Float.BYTES * L32, NATIVE)),
                    k4);
            a4 = v4.fma(v4, a4);
          }
          if (tail > 5 * L32) {
            FloatVector v5 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 5 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 5 * Float.BYTES * L32, NATIVE)),
                    k5);
            a5 = v5.fma(v5, a5);
          }
          if (tail > 6 * L32) {
            FloatVector v6 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 6 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 6 * Float.BYTES * L32, NATIVE)),
                    k6);
            a6 = v6.fma(v6, a6);
          }
          if (tail > 7 * L32) {
            FloatVector v7 =
                zero.blend(
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, x + end + 7 * Float.BYTES * L32, NATIVE)
                        .sub(
                            FloatVector.fromMemorySegment(
                                F32, MEMORY, y + end + 7 * Float.BYTES * L32, NATIVE)),
                    k7);
            a7 = v7.fma(v7, a7);
          }
        }
        DoubleVector d;
        if (L == 2) {
          a0 = a0.add(a4).add(a2.add(a6));
          a1 = a1.add(a5).add(a3.add(a7));
          d =
              ((DoubleVector) a0.convertShape(F2D, F64, 0))
                  .add((DoubleVector) a1.convertShape(F2D, F64, 0))
                  .add(
                      ((DoubleVector) a0.convertShape(F2D, F64, 1))
                          .add((DoubleVector) a1.convertShape(F2D, F64, 1)));
        } else if (L == 4) {
          a0 = a0.add(a2).add(a1.add(a3));
          d =
              ((DoubleVector) a0.convertShape(F2D, F64, 0))
                  .add((DoubleVector) a0.convertShape(F2D, F64, 1));
        } else {
          a0 = a0.add(a1);
          d =
              (DoubleVector)
                  ((FloatVector) a0.reinterpretShape(F32_HALF, 0))
                      .add((FloatVector) a0.reinterpretShape(F32_HALF, 1))
                      .convertShape(F2D, F64, 0);
        }
        d.intoArray(parts, r * L);
      }
    }

    /// The last levels of the tree.
    private static void reduce(double[] parts, int rows, double[] out, int first) {
      for (int r = 0; r < rows; r++) {
        int p = r * L;
        if (L == 2) {
          out[first + r] = parts[p] + parts[p + 1];
        } else if (L == 4) {
          out[first + r] = (parts[p] + parts[p + 2]) + (parts[p + 1] + parts[p + 3]);
        } else {
          out[first + r] =
              ((parts[p] + parts[p + 4]) + (parts[p + 2] + parts[p + 6]))
                  + ((parts[p + 1] + parts[p + 5]) + (parts[p + 3] + parts[p + 7]));
        }
      }
    }

    @Override
    public void rowsF64(Operand x, Operand y, int rows, int dim, double[] out) {
      simd.rowsF64(x, y, rows, dim, out);
    }
  }
}
