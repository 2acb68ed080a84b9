package io.lanewise.kernel;

import static io.lanewise.kernel.RegisterBlock.HEIGHT;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// Rows and columns of matrices, packed as float64 for [RegisterBlock], and their products.
///
/// A panel holds a few lanes side by side, depth after depth: [#WIDTH] lanes of the right operand,
/// or [RegisterBlock#HEIGHT] of the left one. A lane is a column of a matrix whose rows are
/// multiplied with each other, or a row of one whose columns are.
final class Panels64 {
  /// Lanes of a panel of the right operand.
  static final int WIDTH = RegisterBlock.WIDTH64;

  /// Where the first panel begins: large arrays begin 16 bytes after a cache line.
  static final int START = 6;

  private Panels64() {}

  /// The length of an array with panels of all columns of a matrix.
  static int length(int dim, int depth) {
    return Math.addExact(START, Math.multiplyExact(depth, up(dim, WIDTH)));
  }

  /// The next multiple.
  static int up(int lanes, int width) {
    return (lanes + width - 1) / width * width;
  }

  /// Packs rows of float32, less a shift: a lane for each column. Columns up to a whole panel are
  /// 0.
  ///
  /// @param depth of a panel
  /// @param at the depth that the first row becomes
  static void columns32(
      long x, int rows, int dim, double[] shift, double[] panels, int depth, int at) {
    int whole = dim / WIDTH * WIDTH;
    for (int k = 0; k < rows; k += 8) {
      int end = Math.min(k + 8, rows);
      for (int j = 0; j < whole; j += WIDTH) {
        panel32(x, k, end, j, dim, shift, panels, START + j * depth + at * WIDTH);
      }
      for (int r = k; r < end && whole < dim; r++) {
        int to = START + whole * depth + (at + r) * WIDTH - whole;
        for (int j = whole; j < dim; j++) {
          panels[to + j] = Memory.f32(x + ((long) r * dim + j) * Float.BYTES) - shift[j];
        }
        Arrays.fill(panels, to + dim, to + whole + WIDTH, 0);
      }
    }
  }

  private static void panel32(
      long x, int from, int to, int column, int dim, double[] shift, double[] panels, int panel) {
    DoubleVector s0 = DoubleVector.fromArray(F64, shift, column);
    DoubleVector s1 = DoubleVector.fromArray(F64, shift, column + L);
    DoubleVector s2 = DoubleVector.fromArray(F64, shift, column + 2 * L);
    for (int r = from; r < to; r++) {
      long at = x + ((long) r * dim + column) * Float.BYTES;
      int to0 = panel + r * WIDTH;
      ((DoubleVector)
              FloatVector.fromMemorySegment(F32_HALF, MEMORY, at, NATIVE).convertShape(F2D, F64, 0))
          .sub(s0)
          .intoArray(panels, to0);
      ((DoubleVector)
              FloatVector.fromMemorySegment(F32_HALF, MEMORY, at + (long) L * Float.BYTES, NATIVE)
                  .convertShape(F2D, F64, 0))
          .sub(s1)
          .intoArray(panels, to0 + L);
      ((DoubleVector)
              FloatVector.fromMemorySegment(F32_HALF, MEMORY, at + 2L * L * Float.BYTES, NATIVE)
                  .convertShape(F2D, F64, 0))
          .sub(s2)
          .intoArray(panels, to0 + 2 * L);
    }
  }

  /// The same of rows of float64.
  static void columns64(
      long x, int rows, int dim, double[] shift, double[] panels, int depth, int at) {
    int whole = dim / WIDTH * WIDTH;
    for (int k = 0; k < rows; k += 8) {
      int end = Math.min(k + 8, rows);
      for (int j = 0; j < whole; j += WIDTH) {
        panel64(x, k, end, j, dim, shift, panels, START + j * depth + at * WIDTH);
      }
      for (int r = k; r < end && whole < dim; r++) {
        int to = START + whole * depth + (at + r) * WIDTH - whole;
        for (int j = whole; j < dim; j++) {
          panels[to + j] = Memory.f64(x + ((long) r * dim + j) * Double.BYTES) - shift[j];
        }
        Arrays.fill(panels, to + dim, to + whole + WIDTH, 0);
      }
    }
  }

  private static void panel64(
      long x, int from, int to, int column, int dim, double[] shift, double[] panels, int panel) {
    DoubleVector s0 = DoubleVector.fromArray(F64, shift, column);
    DoubleVector s1 = DoubleVector.fromArray(F64, shift, column + L);
    DoubleVector s2 = DoubleVector.fromArray(F64, shift, column + 2 * L);
    for (int r = from; r < to; r++) {
      long at = x + ((long) r * dim + column) * Double.BYTES;
      int to0 = panel + r * WIDTH;
      DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE).sub(s0).intoArray(panels, to0);
      DoubleVector.fromMemorySegment(F64, MEMORY, at + (long) L * Double.BYTES, NATIVE)
          .sub(s1)
          .intoArray(panels, to0 + L);
      DoubleVector.fromMemorySegment(F64, MEMORY, at + 2L * L * Double.BYTES, NATIVE)
          .sub(s2)
          .intoArray(panels, to0 + 2 * L);
    }
  }

  /// Lanes of a panel as a panel of their own, of [RegisterBlock#HEIGHT] lanes.
  ///
  /// @param from the first lane's first value
  static void narrow(double[] panels, int from, int depth, double[] strips, int to) {
    for (int k = 0; k < depth; k++) {
      for (int h = 0; h < HEIGHT; h++) {
        strips[to + k * HEIGHT + h] = panels[from + k * WIDTH + h];
      }
    }
  }

  /// Packs three rows of float32 as three lanes of a panel.
  static void rows32(
      long row0, long row1, long row2, int depth, double[] panels, int to, int width) {
    for (int k = 0; k < depth; k++) {
      long at = (long) k * Float.BYTES;
      panels[to + k * width] = Memory.f32(row0 + at);
      panels[to + k * width + 1] = Memory.f32(row1 + at);
      panels[to + k * width + 2] = Memory.f32(row2 + at);
    }
  }

  /// Packs three rows of float64 as three lanes of a panel.
  static void rows64(
      long row0, long row1, long row2, int depth, double[] panels, int to, int width) {
    for (int k = 0; k < depth; k++) {
      long at = (long) k * Double.BYTES;
      panels[to + k * width] = Memory.f64(row0 + at);
      panels[to + k * width + 1] = Memory.f64(row1 + at);
      panels[to + k * width + 2] = Memory.f64(row2 + at);
    }
  }

  /// Lets the chains of products go on: of `lanes` lanes of the left operand, in panels one after
  /// another, with a panel of the right one.
  ///
  /// @param apart how far the left panels are apart
  /// @param c `lanes x WIDTH` products, row-major, from `ct` on
  static void sweep(
      double[] a, int at, int apart, int lanes, double[] b, int bt, int depth, double[] c, int ct) {
    for (int i = 0; i < lanes; i += HEIGHT) {
      RegisterBlock.f64(a, at, b, bt, depth, c, ct + i * WIDTH);
      at += apart;
    }
  }

  /// Adds products that are chains from 0.
  ///
  /// @param block room for the products of a register block
  static void add(
      double[] a,
      int at,
      int lanes,
      double[] b,
      int bt,
      int depth,
      double[] block,
      double[] sums,
      int to) {
    for (int i = 0; i < lanes; i += HEIGHT) {
      Arrays.fill(block, 0);
      RegisterBlock.f64(a, at + i * depth, b, bt, depth, block, 0);
      add(block, sums, to + i * WIDTH);
    }
  }

  private static void add(double[] block, double[] sums, int to) {
    for (int i = 0; i < HEIGHT * WIDTH; i += L) {
      DoubleVector.fromArray(F64, block, i)
          .add(DoubleVector.fromArray(F64, sums, to + i))
          .intoArray(sums, to + i);
    }
  }
}
