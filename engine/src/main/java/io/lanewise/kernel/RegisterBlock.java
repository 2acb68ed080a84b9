package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// The micro-kernel of all products of matrices: a few rows by three vectors of products, kept in
/// registers while it passes over packed columns (Goto and van de Geijn, *Anatomy of
/// High-Performance Matrix Multiplication*, 2008).
///
/// How many rows depends on the registers. C2 loads all that a step of the loop needs before it
/// uses it. With 16 registers there are 3 rows: 9 accumulators, 3 vectors and 3 values. (6 rows by
/// 2 vectors do not fit and have half the speed. Fewer than 8 accumulators do not hide the latency
/// of fma.) With the 32 registers of 512 bits there are 6 rows: 18 accumulators, 3 vectors and 6
/// values. 8 rows by 3 vectors would need 35 registers, and are slower. The number of rows does not
/// change a bit: each product is its own chain.
///
/// The variable of a loop is the place in the packed rows, and the place in the packed vectors is a
/// power of two times it. C2 checks the bounds of such an index once, before the loop.
final class RegisterBlock {
  /// Rows.
  static final int HEIGHT = L == 8 ? 6 : 3;

  /// Columns of float32, and of float64. Both are multiples of [#HEIGHT].
  static final int WIDTH32 = 3 * L32;

  static final int WIDTH64 = 3 * L;

  private RegisterBlock() {}

  /// Products of float32, each one chain of fma from 0. NaN and infinities propagate into the
  /// products of their row or their lane.
  ///
  /// @param a rows, column by column: [#HEIGHT] values each, from `at` on
  /// @param b vectors, column by column: [#WIDTH32] values each, from `bt` on
  /// @param depth how many columns
  /// @param out where `HEIGHT x WIDTH32` products are put, row-major
  /// @throws IndexOutOfBoundsException if an array is too short
  static void f32(float[] a, int at, float[] b, int bt, int depth, float[] out) {
    if (HEIGHT == 6) {
      sixRows32(a, at, b, bt, depth, out);
    } else {
      threeRows32(a, at, b, bt, depth, out);
    }
  }

  /// Products of float64, each added to what is there by the chain of fma that it is. NaN and
  /// infinities propagate as in [#f32].
  ///
  /// @param a rows, column by column: [#HEIGHT] values each, from `at` on
  /// @param b vectors, column by column: [#WIDTH64] values each, from `bt` on
  /// @param depth how many columns
  /// @param c `HEIGHT x WIDTH64` products, row-major, from `ct` on: updated
  /// @throws IndexOutOfBoundsException if an array is too short
  static void f64(double[] a, int at, double[] b, int bt, int depth, double[] c, int ct) {
    if (HEIGHT == 6) {
      sixRows64(a, at, b, bt, depth, c, ct);
    } else {
      threeRows64(a, at, b, bt, depth, c, ct);
    }
  }

  private static void threeRows32(float[] a, int at, float[] b, int bt, int depth, float[] out) {
    FloatVector c00 = FloatVector.zero(F32);
    FloatVector c01 = FloatVector.zero(F32);
    FloatVector c02 = FloatVector.zero(F32);
    FloatVector c10 = FloatVector.zero(F32);
    FloatVector c11 = FloatVector.zero(F32);
    FloatVector c12 = FloatVector.zero(F32);
    FloatVector c20 = FloatVector.zero(F32);
    FloatVector c21 = FloatVector.zero(F32);
    FloatVector c22 = FloatVector.zero(F32);
    for (int k = 0; k < 3 * depth; k += 3) {
      FloatVector b0 = FloatVector.fromArray(F32, b, bt + k * L32);
      FloatVector b1 = FloatVector.fromArray(F32, b, bt + k * L32 + L32);
      FloatVector b2 = FloatVector.fromArray(F32, b, bt + k * L32 + 2 * L32);
      FloatVector a0 = FloatVector.broadcast(F32, a[at + k]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(F32, a[at + k + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(F32, a[at + k + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
    }
    c00.intoArray(out, 0);
    c01.intoArray(out, L32);
    c02.intoArray(out, 2 * L32);
    c10.intoArray(out, 3 * L32);
    c11.intoArray(out, 4 * L32);
    c12.intoArray(out, 5 * L32);
    c20.intoArray(out, 6 * L32);
    c21.intoArray(out, 7 * L32);
    c22.intoArray(out, 8 * L32);
  }

  private static void threeRows64(
      double[] a, int at, double[] b, int bt, int depth, double[] c, int ct) {
    DoubleVector c00 = DoubleVector.fromArray(F64, c, ct);
    DoubleVector c01 = DoubleVector.fromArray(F64, c, ct + L);
    DoubleVector c02 = DoubleVector.fromArray(F64, c, ct + 2 * L);
    DoubleVector c10 = DoubleVector.fromArray(F64, c, ct + 3 * L);
    DoubleVector c11 = DoubleVector.fromArray(F64, c, ct + 4 * L);
    DoubleVector c12 = DoubleVector.fromArray(F64, c, ct + 5 * L);
    DoubleVector c20 = DoubleVector.fromArray(F64, c, ct + 6 * L);
    DoubleVector c21 = DoubleVector.fromArray(F64, c, ct + 7 * L);
    DoubleVector c22 = DoubleVector.fromArray(F64, c, ct + 8 * L);
    for (int k = 0; k < 3 * depth; k += 3) {
      DoubleVector b0 = DoubleVector.fromArray(F64, b, bt + k * L);
      DoubleVector b1 = DoubleVector.fromArray(F64, b, bt + k * L + L);
      DoubleVector b2 = DoubleVector.fromArray(F64, b, bt + k * L + 2 * L);
      DoubleVector a0 = DoubleVector.broadcast(F64, a[at + k]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      DoubleVector a1 = DoubleVector.broadcast(F64, a[at + k + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      DoubleVector a2 = DoubleVector.broadcast(F64, a[at + k + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
    }
    c00.intoArray(c, ct);
    c01.intoArray(c, ct + L);
    c02.intoArray(c, ct + 2 * L);
    c10.intoArray(c, ct + 3 * L);
    c11.intoArray(c, ct + 4 * L);
    c12.intoArray(c, ct + 5 * L);
    c20.intoArray(c, ct + 6 * L);
    c21.intoArray(c, ct + 7 * L);
    c22.intoArray(c, ct + 8 * L);
  }

  private static void sixRows32(float[] a, int at, float[] b, int bt, int depth, float[] out) {
    FloatVector c00 = FloatVector.zero(F32);
    FloatVector c01 = FloatVector.zero(F32);
    FloatVector c02 = FloatVector.zero(F32);
    FloatVector c10 = FloatVector.zero(F32);
    FloatVector c11 = FloatVector.zero(F32);
    FloatVector c12 = FloatVector.zero(F32);
    FloatVector c20 = FloatVector.zero(F32);
    FloatVector c21 = FloatVector.zero(F32);
    FloatVector c22 = FloatVector.zero(F32);
    FloatVector c30 = FloatVector.zero(F32);
    FloatVector c31 = FloatVector.zero(F32);
    FloatVector c32 = FloatVector.zero(F32);
    FloatVector c40 = FloatVector.zero(F32);
    FloatVector c41 = FloatVector.zero(F32);
    FloatVector c42 = FloatVector.zero(F32);
    FloatVector c50 = FloatVector.zero(F32);
    FloatVector c51 = FloatVector.zero(F32);
    FloatVector c52 = FloatVector.zero(F32);
    for (int k = 0; k < 6 * depth; k += 6) {
      FloatVector b0 = FloatVector.fromArray(F32, b, bt + k * (L32 / 2));
      FloatVector b1 = FloatVector.fromArray(F32, b, bt + k * (L32 / 2) + L32);
      FloatVector b2 = FloatVector.fromArray(F32, b, bt + k * (L32 / 2) + 2 * L32);
      FloatVector a0 = FloatVector.broadcast(F32, a[at + k]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(F32, a[at + k + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(F32, a[at + k + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      FloatVector a3 = FloatVector.broadcast(F32, a[at + k + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      FloatVector a4 = FloatVector.broadcast(F32, a[at + k + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      FloatVector a5 = FloatVector.broadcast(F32, a[at + k + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
    }
    c00.intoArray(out, 0);
    c01.intoArray(out, L32);
    c02.intoArray(out, 2 * L32);
    c10.intoArray(out, 3 * L32);
    c11.intoArray(out, 4 * L32);
    c12.intoArray(out, 5 * L32);
    c20.intoArray(out, 6 * L32);
    c21.intoArray(out, 7 * L32);
    c22.intoArray(out, 8 * L32);
    c30.intoArray(out, 9 * L32);
    c31.intoArray(out, 10 * L32);
    c32.intoArray(out, 11 * L32);
    c40.intoArray(out, 12 * L32);
    c41.intoArray(out, 13 * L32);
    c42.intoArray(out, 14 * L32);
    c50.intoArray(out, 15 * L32);
    c51.intoArray(out, 16 * L32);
    c52.intoArray(out, 17 * L32);
  }

  private static void sixRows64(
      double[] a, int at, double[] b, int bt, int depth, double[] c, int ct) {
    DoubleVector c00 = DoubleVector.fromArray(F64, c, ct);
    DoubleVector c01 = DoubleVector.fromArray(F64, c, ct + L);
    DoubleVector c02 = DoubleVector.fromArray(F64, c, ct + 2 * L);
    DoubleVector c10 = DoubleVector.fromArray(F64, c, ct + 3 * L);
    DoubleVector c11 = DoubleVector.fromArray(F64, c, ct + 4 * L);
    DoubleVector c12 = DoubleVector.fromArray(F64, c, ct + 5 * L);
    DoubleVector c20 = DoubleVector.fromArray(F64, c, ct + 6 * L);
    DoubleVector c21 = DoubleVector.fromArray(F64, c, ct + 7 * L);
    DoubleVector c22 = DoubleVector.fromArray(F64, c, ct + 8 * L);
    DoubleVector c30 = DoubleVector.fromArray(F64, c, ct + 9 * L);
    DoubleVector c31 = DoubleVector.fromArray(F64, c, ct + 10 * L);
    DoubleVector c32 = DoubleVector.fromArray(F64, c, ct + 11 * L);
    DoubleVector c40 = DoubleVector.fromArray(F64, c, ct + 12 * L);
    DoubleVector c41 = DoubleVector.fromArray(F64, c, ct + 13 * L);
    DoubleVector c42 = DoubleVector.fromArray(F64, c, ct + 14 * L);
    DoubleVector c50 = DoubleVector.fromArray(F64, c, ct + 15 * L);
    DoubleVector c51 = DoubleVector.fromArray(F64, c, ct + 16 * L);
    DoubleVector c52 = DoubleVector.fromArray(F64, c, ct + 17 * L);
    for (int k = 0; k < 6 * depth; k += 6) {
      DoubleVector b0 = DoubleVector.fromArray(F64, b, bt + k * (L / 2));
      DoubleVector b1 = DoubleVector.fromArray(F64, b, bt + k * (L / 2) + L);
      DoubleVector b2 = DoubleVector.fromArray(F64, b, bt + k * (L / 2) + 2 * L);
      DoubleVector a0 = DoubleVector.broadcast(F64, a[at + k]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      DoubleVector a1 = DoubleVector.broadcast(F64, a[at + k + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      DoubleVector a2 = DoubleVector.broadcast(F64, a[at + k + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      DoubleVector a3 = DoubleVector.broadcast(F64, a[at + k + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      DoubleVector a4 = DoubleVector.broadcast(F64, a[at + k + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      DoubleVector a5 = DoubleVector.broadcast(F64, a[at + k + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
    }
    c00.intoArray(c, ct);
    c01.intoArray(c, ct + L);
    c02.intoArray(c, ct + 2 * L);
    c10.intoArray(c, ct + 3 * L);
    c11.intoArray(c, ct + 4 * L);
    c12.intoArray(c, ct + 5 * L);
    c20.intoArray(c, ct + 6 * L);
    c21.intoArray(c, ct + 7 * L);
    c22.intoArray(c, ct + 8 * L);
    c30.intoArray(c, ct + 9 * L);
    c31.intoArray(c, ct + 10 * L);
    c32.intoArray(c, ct + 11 * L);
    c40.intoArray(c, ct + 12 * L);
    c41.intoArray(c, ct + 13 * L);
    c42.intoArray(c, ct + 14 * L);
    c50.intoArray(c, ct + 15 * L);
    c51.intoArray(c, ct + 16 * L);
    c52.intoArray(c, ct + 17 * L);
  }
}
