package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.MaximumLoops;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.RowSumLoops;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// `ln sum_j e^x_j` of every row, and the log-softmax at one target per row: `x_target - ln sum_j
/// e^x_j`, in nats. No softmax is formed.
///
/// A row is read once, in blocks of 1024 values: the block's maximum, then the sum of `e^(x - max)`
/// in float64 in the order of [Lanes]; when a later block has a larger maximum, what is summed so
/// far is scaled. NaN in a row gives NaN; a row of -infinity gives -infinity; +infinity without NaN
/// gives +infinity; the empty row gives -infinity. The target's value is `(x_target - max) - ln
/// sum`, which keeps the digits of large logits; where that is undefined (+infinity at the target,
/// or no finite logit) it is NaN.
///
/// In [Precision#SINGLE] the exponentials of float32 logits are float32 ([Exp32]): the logarithm of
/// the sum is within 1.1e-7 of the exact one, and what is below e^-87 of the maximum counts as 0.
public abstract sealed class LogSumExp
    permits LogSumExp.Scalar, LogSumExp.Simd, LogSumExp.SingleScalar, LogSumExp.SingleSimd {
  private LogSumExp() {}

  /// Log-sum-exp of rows.
  ///
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix logits, double[] out) {
    Operand.checkRows("out", out.length, logits.rows());
    double[] sum = new double[logits.rows()];
    try (Operand x = Operand.readWidened("logits", logits)) {
      rows(x, logits.rows(), logits.columns(), out, sum);
    }
    for (int r = 0; r < logits.rows(); r++) {
      out[r] += sum[r];
    }
  }

  /// Log-softmax at one target per row.
  ///
  /// @param targets one index of a column per row
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short or a target is outside its row
  public final void rows(Matrix logits, int[] targets, double[] out) {
    int rows = logits.rows();
    int dim = logits.columns();
    Operand.checkRows("out", out.length, rows);
    Operand.checkRows("targets", targets.length, rows);
    checkTargets(targets, rows, dim);
    double[] sum = new double[rows];
    try (Operand x = Operand.readWidened("logits", logits)) {
      rows(x, rows, dim, out, sum);
      for (int r = 0; r < rows; r++) {
        out[r] = (x.get((long) r * dim + targets[r]) - out[r]) - sum[r];
      }
    }
  }

  /// The loop behind both, on a checked operand: the maximum of each row, and the logarithm of its
  /// sum of `e^(x - max)`.
  abstract void rows(Operand x, int rows, int dim, double[] max, double[] logSum);

  private static void checkTargets(int[] targets, int rows, int dim) {
    for (int r = 0; r < rows; r++) {
      if (targets[r] < 0 || targets[r] >= dim) {
        throw new IndexOutOfBoundsException(
            "operand 'targets' row "
                + r
                + ": found "
                + targets[r]
                + ", expected 0 to "
                + (dim - 1));
      }
    }
  }

  /// The form in which the exponentials of float32 data are float32.
  public abstract LogSumExp single();

  /// Plain loops.
  static final class Scalar extends LogSumExp {
    @Override
    public LogSumExp single() {
      return new SingleScalar();
    }

    @Override
    void rows(Operand x, int rows, int dim, double[] max, double[] logSum) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = (long) r * dim;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max(x, row, from, to, m);
          if (top > m) {
            scale(lanes, m, top);
            m = top;
          }
          for (int i = from; i < to; i++) {
            lanes[i & 15] += Exp.of(x.get(row + i) - m);
          }
        }
        max[r] = m;
        logSum[r] = logarithm(x, row, dim, m, Lanes.reduce(lanes));
      }
    }

    /// The larger of `floor` and the largest of elements `from` to `to` of the row that starts at
    /// element `row`.
    static double max(Operand x, long row, int from, int to, double floor) {
      return switch (x.type()) {
        case FLOAT64 -> MaximumLoops.Scalar.max64(x.at(row), from, to, floor);
        case FLOAT32 -> MaximumLoops.Scalar.max32(x.at(row), from, to, floor);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }

    /// The logarithm of the sum; for a row whose maximum is infinite 0, or NaN if there is one.
    static double logarithm(Operand x, long row, int dim, double max, double sum) {
      if (!Double.isInfinite(max)) {
        return Log.of(sum);
      }
      for (int i = 0; i < dim; i++) {
        if (Double.isNaN(x.get(row + i))) {
          return Double.NaN;
        }
      }
      return 0;
    }

    /// Sums relative to `max` become sums relative to `top`.
    static void scale(double[] lanes, double max, double top) {
      double factor = Exp.of(max - top);
      for (int j = 0; j < Lanes.COUNT; j++) {
        lanes[j] *= factor;
      }
    }
  }

  /// Vector loops.
  static final class Simd extends LogSumExp {
    @Override
    public LogSumExp single() {
      return new SingleSimd();
    }

    @Override
    void rows(Operand x, int rows, int dim, double[] max, double[] logSum) {
      try (Arena arena = Arena.ofConfined()) {
        long tile = Tiles.allocate(arena);
        if (dim <= Lanes.TILE) {
          shortRows(x, rows, dim, max, logSum, tile);
        } else {
          longRows(x, rows, dim, max, logSum, tile);
        }
      }
      for (int r = 0; r < rows; r++) {
        logSum[r] = Scalar.logarithm(x, (long) r * dim, dim, max[r], logSum[r]);
      }
    }

    private static void shortRows(
        Operand x, int rows, int dim, double[] max, double[] sum, long tile) {
      int block = dim == 0 ? rows : Lanes.TILE / dim;
      for (int first = 0; first < rows; first += block) {
        int count = Math.min(block, rows - first);
        for (int r = 0; r < count; r++) {
          long row = (long) (first + r) * dim;
          double m = max(x, row, 0, dim, Double.NEGATIVE_INFINITY);
          max[first + r] = m;
          Tiles.Simd.fill(x, row, dim, 1, m, tile + (long) r * dim * Double.BYTES);
        }
        Exp.Simd.map(tile, tile, count * dim);
        RowSumLoops.Simd.rows64(tile, count, dim, sum, first);
      }
    }

    private static void longRows(
        Operand x, int rows, int dim, double[] max, double[] sum, long tile) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = (long) r * dim;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max(x, row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          Tiles.Simd.fill(x, row + from, to - from, 1, m, tile);
          Exp.Simd.map(tile, tile, to - from);
          RowSumLoops.Simd.add64(tile, to - from, lanes);
        }
        max[r] = m;
        sum[r] = Lanes.reduce(lanes);
      }
    }

    static double max(Operand x, long row, int from, int to, double floor) {
      return switch (x.type()) {
        case FLOAT64 -> MaximumLoops.Simd.max64(x.at(row), from, to, floor);
        case FLOAT32 -> MaximumLoops.Simd.max32(x.at(row), from, to, floor);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }
  }

  /// Plain loops with exponentials in float32.
  static final class SingleScalar extends LogSumExp {
    private final Scalar plain = new Scalar();

    @Override
    public LogSumExp single() {
      return this;
    }

    @Override
    void rows(Operand x, int rows, int dim, double[] max, double[] logSum) {
      switch (x.type()) {
        case FLOAT64 -> plain.rows(x, rows, dim, max, logSum);
        case FLOAT32 -> rows32(x, rows, dim, max, logSum);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    private static void rows32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = (long) r * dim;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = Scalar.max(x, row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          for (int i = from; i < to; i++) {
            lanes[i & 15] += Exp32.ofNonPositive(Memory.f32(x.at(row + i)) - (float) m);
          }
        }
        max[r] = m;
        logSum[r] = Scalar.logarithm(x, row, dim, m, Lanes.reduce(lanes));
      }
    }
  }

  /// Vector loops with exponentials in float32.
  static final class SingleSimd extends LogSumExp {
    private final Simd simd = new Simd();

    @Override
    public LogSumExp single() {
      return this;
    }

    @Override
    void rows(Operand x, int rows, int dim, double[] max, double[] logSum) {
      switch (x.type()) {
        case FLOAT64 -> simd.rows(x, rows, dim, max, logSum);
        case FLOAT32 -> rows32(x, rows, dim, max, logSum);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    private static void rows32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      try (Arena arena = Arena.ofConfined()) {
        long tile = Tiles.allocate(arena);
        if (dim <= Lanes.TILE) {
          shortRows(x.address(), rows, dim, max, logSum, tile);
        } else {
          longRows(x.address(), rows, dim, max, logSum, tile);
        }
      }
      for (int r = 0; r < rows; r++) {
        logSum[r] = Scalar.logarithm(x, (long) r * dim, dim, max[r], logSum[r]);
      }
    }

    private static void shortRows(
        long x, int rows, int dim, double[] max, double[] sum, long tile) {
      int block = dim == 0 ? rows : Lanes.TILE / dim;
      for (int first = 0; first < rows; first += block) {
        int count = Math.min(block, rows - first);
        for (int r = 0; r < count; r++) {
          long row = x + (long) (first + r) * dim * Float.BYTES;
          double m = MaximumLoops.Simd.max32(row, 0, dim, Double.NEGATIVE_INFINITY);
          max[first + r] = m;
          Exp32.Simd.map(row, tile + (long) r * dim * Float.BYTES, dim, (float) m);
        }
        RowSumLoops.Simd.rows32(tile, count, dim, sum, first);
      }
    }

    private static void longRows(long x, int rows, int dim, double[] max, double[] sum, long tile) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x + (long) r * dim * Float.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = MaximumLoops.Simd.max32(row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          Exp32.Simd.map(row + (long) from * Float.BYTES, tile, to - from, (float) m);
          RowSumLoops.Simd.add32(tile, to - from, lanes);
        }
        max[r] = m;
        sum[r] = Lanes.reduce(lanes);
      }
    }
  }
}
