package io.lanewise.kernel;

import static io.lanewise.kernel.Panels64.up;
import static io.lanewise.kernel.RegisterBlock.HEIGHT;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// What [Panels64] does, in float32. Products are chains of float32 from 0, added in float64.
final class Panels32 {
  /// Lanes of a panel of the right operand: twice those of [Panels64].
  static final int WIDTH = RegisterBlock.WIDTH32;

  /// Where the first panel begins, as in [Panels64].
  static final int START = 12;

  private Panels32() {}

  /// The length of an array with panels of all columns of a matrix.
  static int length(int dim, int depth) {
    return Math.addExact(START, Math.multiplyExact(depth, up(dim, WIDTH)));
  }

  /// Packs rows of float32, less a shift and rounded again: a lane for each column. Columns up to a
  /// whole panel are 0.
  ///
  /// @param depth of a panel
  /// @param at the depth that the first row becomes
  static void columns32(
      long x, int rows, int dim, double[] shift, float[] panels, int depth, int at) {
    int whole = dim / L * L;
    for (int r = 0; r < rows; r++) {
      long row = x + (long) r * dim * Float.BYTES;
      int to = START + (at + r) * WIDTH;
      for (int j = 0; j < whole; j += L) {
        ((DoubleVector)
                FloatVector.fromMemorySegment(
                        F32_HALF, MEMORY, row + (long) j * Float.BYTES, NATIVE)
                    .convertShape(F2D, F64, 0))
            .sub(DoubleVector.fromArray(F64, shift, j))
            .convertShape(D2F, F32_HALF, 0)
            .reinterpretAsFloats()
            .intoArray(panels, to + j / WIDTH * WIDTH * depth + j % WIDTH);
      }
      for (int j = whole; j < up(dim, WIDTH); j++) {
        panels[to + j / WIDTH * WIDTH * depth + j % WIDTH] =
            j < dim ? (float) (Memory.f32(row + (long) j * Float.BYTES) - shift[j]) : 0;
      }
    }
  }

  /// Lanes of a panel as a panel of their own, of [RegisterBlock#HEIGHT] lanes.
  ///
  /// @param from the first lane's first value
  static void narrow(float[] panels, int from, int depth, float[] strips, int to) {
    for (int k = 0; k < depth; k++) {
      for (int h = 0; h < HEIGHT; h++) {
        strips[to + k * HEIGHT + h] = panels[from + k * WIDTH + h];
      }
    }
  }

  /// Packs three rows of float32 as three lanes of a panel.
  static void rows32(
      long row0, long row1, long row2, int depth, float[] panels, int to, int width) {
    for (int k = 0; k < depth; k++) {
      long at = (long) k * Float.BYTES;
      panels[to + k * width] = Memory.f32(row0 + at);
      panels[to + k * width + 1] = Memory.f32(row1 + at);
      panels[to + k * width + 2] = Memory.f32(row2 + at);
    }
  }

  /// Adds products of `lanes` lanes of the left operand, in panels one after another, with a panel
  /// of the right one.
  ///
  /// @param apart how far the left panels are apart
  /// @param block room for the products of a register block
  /// @param sums `lanes x WIDTH` products, row-major, from `to` on
  static void add(
      float[] a,
      int at,
      int apart,
      int lanes,
      float[] b,
      int bt,
      int depth,
      float[] block,
      double[] sums,
      int to) {
    for (int i = 0; i < lanes; i += HEIGHT) {
      RegisterBlock.f32(a, at, b, bt, depth, block);
      add(block, sums, to + i * WIDTH);
      at += apart;
    }
  }

  private static void add(float[] block, double[] sums, int to) {
    for (int i = 0; i < HEIGHT * WIDTH; i += L) {
      ((DoubleVector) FloatVector.fromArray(F32_HALF, block, i).convertShape(F2D, F64, 0))
          .add(DoubleVector.fromArray(F64, sums, to + i))
          .intoArray(sums, to + i);
    }
  }

  /// Adds products as [#add], to two panels of sums of float64's width.
  ///
  /// @param second how far after the first panel of sums the second is; 0 if there is none
  static void addHalves(
      float[] a,
      int at,
      int apart,
      int lanes,
      float[] b,
      int bt,
      int depth,
      float[] block,
      double[] sums,
      int to,
      int second) {
    for (int i = 0; i < lanes; i += HEIGHT) {
      RegisterBlock.f32(a, at, b, bt, depth, block);
      addHalf(block, 0, sums, to);
      if (second > 0) {
        addHalf(block, Panels64.WIDTH, sums, to + second);
      }
      at += apart;
      to += HEIGHT * Panels64.WIDTH;
    }
  }

  private static void addHalf(float[] block, int from, double[] sums, int to) {
    for (int h = 0; h < HEIGHT; h++) {
      int of = from + h * WIDTH;
      int at = to + h * Panels64.WIDTH;
      ((DoubleVector) FloatVector.fromArray(F32_HALF, block, of).convertShape(F2D, F64, 0))
          .add(DoubleVector.fromArray(F64, sums, at))
          .intoArray(sums, at);
      ((DoubleVector) FloatVector.fromArray(F32_HALF, block, of + L).convertShape(F2D, F64, 0))
          .add(DoubleVector.fromArray(F64, sums, at + L))
          .intoArray(sums, at + L);
      ((DoubleVector) FloatVector.fromArray(F32_HALF, block, of + 2 * L).convertShape(F2D, F64, 0))
          .add(DoubleVector.fromArray(F64, sums, at + 2 * L))
          .intoArray(sums, at + 2 * L);
    }
  }
}
