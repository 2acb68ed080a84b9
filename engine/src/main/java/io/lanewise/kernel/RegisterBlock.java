package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// The micro-kernel of all products of matrices: three rows by three vectors of products, kept in
/// registers while it passes over packed columns (Goto and van de Geijn, *Anatomy of
/// High-Performance Matrix Multiplication*, 2008).
///
/// C2 loads all that a step of the loop needs before it uses it: 3 x 3 accumulators, 3 vectors and
/// 3 values fit into 16 registers (6 x 2 do not: half the speed), and fewer than 8 accumulators
/// would not hide the latency of fma (4 x 2 just do, at 0.85 of the speed). Loops run over the
/// place in a panel, not over columns: an index that is the variable of a loop, or a power of two
/// times it, has its bounds checked once, before the loop, and without checks in it the loop is as
/// fast as the units for fma, where another process shares the core too.
final class RegisterBlock {
  /// Rows.
  static final int HEIGHT = 3;

  private RegisterBlock() {}

  /// Products of float32, each one chain of fma from 0. NaN and infinities propagate into the
  /// products of their row or their lane.
  ///
  /// @param a rows, column by column: [#HEIGHT] values each, from `at` on
  /// @param b vectors, column by column: `3 L32` values each, from `bt` on
  /// @param depth how many columns
  /// @param out where `3 x 3 L32` products are put, row-major
  /// @throws IndexOutOfBoundsException if an array is too short
  static void f32(float[] a, int at, float[] b, int bt, int depth, float[] out) {
    FloatVector c00 = FloatVector.zero(F32);
    FloatVector c01 = FloatVector.zero(F32);
    FloatVector c02 = FloatVector.zero(F32);
    FloatVector c10 = FloatVector.zero(F32);
    FloatVector c11 = FloatVector.zero(F32);
    FloatVector c12 = FloatVector.zero(F32);
    FloatVector c20 = FloatVector.zero(F32);
    FloatVector c21 = FloatVector.zero(F32);
    FloatVector c22 = FloatVector.zero(F32);
    for (int k = 0; k < HEIGHT * depth; k += HEIGHT) {
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

  /// Products of float64, each added to what is there by the chain of fma that it is. NaN and
  /// infinities propagate as in [#f32].
  ///
  /// @param a rows, column by column: [#HEIGHT] values each, from `at` on
  /// @param b vectors, column by column: `3 L` values each, from `bt` on
  /// @param depth how many columns
  /// @param c `3 x 3 L` products, row-major, from `ct` on: updated
  /// @throws IndexOutOfBoundsException if an array is too short
  static void f64(double[] a, int at, double[] b, int bt, int depth, double[] c, int ct) {
    DoubleVector c00 = DoubleVector.fromArray(F64, c, ct);
    DoubleVector c01 = DoubleVector.fromArray(F64, c, ct + L);
    DoubleVector c02 = DoubleVector.fromArray(F64, c, ct + 2 * L);
    DoubleVector c10 = DoubleVector.fromArray(F64, c, ct + 3 * L);
    DoubleVector c11 = DoubleVector.fromArray(F64, c, ct + 4 * L);
    DoubleVector c12 = DoubleVector.fromArray(F64, c, ct + 5 * L);
    DoubleVector c20 = DoubleVector.fromArray(F64, c, ct + 6 * L);
    DoubleVector c21 = DoubleVector.fromArray(F64, c, ct + 7 * L);
    DoubleVector c22 = DoubleVector.fromArray(F64, c, ct + 8 * L);
    for (int k = 0; k < HEIGHT * depth; k += HEIGHT) {
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
}
