package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Made-up operands, `rows x dim`, to warm kernels with: ordinary numbers, so that loops take the
/// paths that data takes. The last vector of a row is not full, and rows begin anywhere, as rows of
/// data do. For one thread.
final class TrialData {
  private static final int[][] SMALL = {{1, 35}, {3, 16}};

  /// Rows with and without a rest, many to a tile and longer than one.
  private static final int[][] USUAL = {{5, 131}, {4, 64}, {2, 1100}};

  /// The same for products, whose vector forms pack rows first: that pays for many rows only.
  private static final int[][] PRODUCTS = {{64, 131}, {48, 64}, {24, 1100}};

  private final FloatType type;
  private final int rows;
  private final int dim;
  private final MemorySegment[] operands = new MemorySegment[5];
  private final double[][] arrays;
  private final int[] targets;
  private final DiffusionStep.Coefficients steps;
  private final PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();

  private TrialData(FloatType type, int rows, int dim) {
    this.type = type;
    this.rows = rows;
    this.dim = dim;
    int n = rows * dim;
    for (int k = 0; k < operands.length; k++) {
      operands[k] = Arena.ofAuto().allocate((long) n * Double.BYTES, 64);
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
    switch (type) {
      case FLOAT16 ->
          operand.set(ValueLayout.JAVA_SHORT, 2L * i, Float.floatToFloat16((float) value));
      case BFLOAT16 ->
          operand.set(
              ValueLayout.JAVA_SHORT, 2L * i, (short) (Float.floatToIntBits((float) value) >>> 16));
      case FLOAT32 -> operand.set(ValueLayout.JAVA_FLOAT, 4L * i, (float) value);
      case FLOAT64 -> operand.set(ValueLayout.JAVA_DOUBLE, 8L * i, value);
    }
  }

  /// Few values: for loops that are not compiled.
  static List<TrialData> small(FloatType type) {
    return of(type, SMALL);
  }

  /// As many as it takes to tell which form is faster.
  static List<TrialData> usual(Kernel kernel, FloatType type) {
    boolean products = kernel == Kernel.PAIRWISE_PRODUCTS || kernel == Kernel.CROSS_PRODUCTS;
    return of(type, products ? PRODUCTS : USUAL);
  }

  private static List<TrialData> of(FloatType type, int[][] shapes) {
    List<TrialData> data = new ArrayList<>();
    for (int[] shape : shapes) {
      data.add(new TrialData(type, shape[0], shape[1]));
    }
    return data;
  }

  FloatType type() {
    return type;
  }

  int n() {
    return rows * dim;
  }

  /// Numbers of both signs.
  Matrix x() {
    return new Matrix(type, operands[0], rows, dim);
  }

  Matrix y() {
    return new Matrix(type, operands[1], rows, dim);
  }

  Matrix w() {
    return new Matrix(type, operands[2], rows, dim);
  }

  /// Numbers between 0 and 1.
  Matrix p() {
    return new Matrix(type, operands[3], rows, dim);
  }

  /// Room for as many elements.
  Matrix out() {
    return new Matrix(type.widened(), operands[4], rows, dim);
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
}
