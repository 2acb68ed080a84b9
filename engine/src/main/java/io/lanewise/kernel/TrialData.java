package io.lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Made-up operands, `rows x dim`, to warm kernels with: ordinary numbers, so that loops take the
/// paths that data takes. The last vector of a row is not full, and rows begin anywhere, as rows of
/// data do. For one thread.
final class TrialData {
  /// The two values of an option.
  static final boolean[] BOTH = {false, true};

  private static final TrialData SMALL_32 = new TrialData(Float.BYTES, 1, 35);
  private static final TrialData SMALL_64 = new TrialData(Double.BYTES, 1, 35);
  private static final TrialData USUAL_32 = new TrialData(Float.BYTES, 5, 131);
  private static final TrialData USUAL_64 = new TrialData(Double.BYTES, 5, 131);

  private final int width;
  private final int rows;
  private final int dim;
  private final MemorySegment[] operands = new MemorySegment[5];
  private final double[][] arrays;
  private final int[] targets;
  private final DiffusionStep.Coefficients steps;
  private final PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();

  private TrialData(int width, int rows, int dim) {
    this.width = width;
    this.rows = rows;
    this.dim = dim;
    int n = rows * dim;
    for (int k = 0; k < operands.length; k++) {
      operands[k] = Arena.ofAuto().allocate((long) n * width, 64);
      for (int i = 0; i < n; i++) {
        put(operands[k], i, k == 3 ? (i % 98 + 1) / 99.0 : ((37 * i + 11 * k) % 101 - 50) / 40.0);
      }
    }
    arrays = new double[7][n];
    for (int i = 0; i < n; i++) {
      arrays[0][i] = (i % 7 - 3) / 4.0;
      arrays[1][i] = (i % 5 + 1) / 4.0;
    }
    targets = new int[rows];
    steps = new DiffusionStep.Coefficients(rows);
    for (int r = 0; r < rows; r++) {
      targets[r] = 7 * r % dim;
      steps.state()[r] = 0.5;
      steps.output()[r] = 0.25;
      steps.noise()[r] = 0.125;
      steps.clean()[r] = 0.5;
      steps.cleanState()[r] = 1;
      steps.cleanOutput()[r] = 0.5;
      steps.range()[r] = 1;
    }
  }

  private void put(MemorySegment operand, int i, double value) {
    if (width == Float.BYTES) {
      operand.set(ValueLayout.JAVA_FLOAT, (long) i * Float.BYTES, (float) value);
    } else {
      operand.set(ValueLayout.JAVA_DOUBLE, (long) i * Double.BYTES, value);
    }
  }

  /// Few values: for loops that are not compiled.
  static TrialData small(int width) {
    return width == Float.BYTES ? SMALL_32 : SMALL_64;
  }

  /// As many as it takes to tell which form is faster.
  static TrialData usual(int width) {
    return width == Float.BYTES ? USUAL_32 : USUAL_64;
  }

  /// Bytes of an element.
  int width() {
    return width;
  }

  int rows() {
    return rows;
  }

  int dim() {
    return dim;
  }

  int n() {
    return rows * dim;
  }

  /// Numbers of both signs.
  MemorySegment x() {
    return operands[0];
  }

  MemorySegment y() {
    return operands[1];
  }

  MemorySegment w() {
    return operands[2];
  }

  /// Numbers between 0 and 1.
  MemorySegment p() {
    return operands[3];
  }

  /// Room for as many elements.
  MemorySegment out() {
    return operands[4];
  }

  /// Numbers for coefficients and shifts.
  double[] a() {
    return arrays[0];
  }

  /// The same, all above 0.
  double[] b() {
    return arrays[1];
  }

  /// Room for results.
  double[] values() {
    return arrays[2];
  }

  /// Room for sums by column.
  double[] s() {
    return arrays[3];
  }

  double[] t() {
    return arrays[4];
  }

  double[] u() {
    return arrays[5];
  }

  double[] v() {
    return arrays[6];
  }

  int[] targets() {
    return targets;
  }

  DiffusionStep.Coefficients steps() {
    return steps;
  }

  PairwiseProducts.Scratch scratch() {
    return scratch;
  }

  /// Packs rows and adds their cross-products.
  void cross(CrossProducts kernel) {
    double[] c = new double[kernel.length(dim)];
    CrossProducts.Block block = width == Float.BYTES ? kernel.block32(dim) : kernel.block64(dim);
    if (width == Float.BYTES) {
      kernel.pack32(x(), rows, dim, a(), block, 0);
    } else {
      kernel.pack64(x(), rows, dim, a(), block, 0);
    }
    kernel.add(block, rows, dim, c, 0, CrossProducts.tiles(dim));
  }
}
