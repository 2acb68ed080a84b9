package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.GT;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.RowSumLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
public sealed interface LogSumExp
    permits LogSumExp.Scalar, LogSumExp.Simd, LogSumExp.SingleScalar, LogSumExp.SingleSimd {
  /// Log-sum-exp of rows of float32.
  ///
  /// @param logits `rows x dim` float32, row-major
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(MemorySegment logits, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    double[] sum = new double[rows];
    try (Operand x = Operand.read("logits", logits, rows, dim, Float.BYTES)) {
      rowsF32(x, rows, dim, out, sum);
    }
    for (int r = 0; r < rows; r++) {
      out[r] += sum[r];
    }
  }

  /// Log-softmax at one target per row of float32.
  ///
  /// @param logits `rows x dim` float32, row-major
  /// @param targets one index in `[0, dim)` per row
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short or a target is outside its row
  default void f32(MemorySegment logits, int[] targets, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    Operand.checkRows("targets", targets.length, rows);
    checkTargets(targets, rows, dim);
    double[] sum = new double[rows];
    try (Operand x = Operand.read("logits", logits, rows, dim, Float.BYTES)) {
      rowsF32(x, rows, dim, out, sum);
      for (int r = 0; r < rows; r++) {
        double at = Memory.f32(x.address() + ((long) r * dim + targets[r]) * Float.BYTES);
        out[r] = (at - out[r]) - sum[r];
      }
    }
  }

  /// Log-sum-exp of rows of float64.
  ///
  /// @param logits `rows x dim` float64, row-major
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f64(MemorySegment logits, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    double[] sum = new double[rows];
    try (Operand x = Operand.read("logits", logits, rows, dim, Double.BYTES)) {
      rowsF64(x, rows, dim, out, sum);
    }
    for (int r = 0; r < rows; r++) {
      out[r] += sum[r];
    }
  }

  /// Log-softmax at one target per row of float64.
  ///
  /// @param logits `rows x dim` float64, row-major
  /// @param targets one index in `[0, dim)` per row
  /// @param out nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short or a target is outside its row
  default void f64(MemorySegment logits, int[] targets, int rows, int dim, double[] out) {
    Operand.checkRows("out", out.length, rows);
    Operand.checkRows("targets", targets.length, rows);
    checkTargets(targets, rows, dim);
    double[] sum = new double[rows];
    try (Operand x = Operand.read("logits", logits, rows, dim, Double.BYTES)) {
      rowsF64(x, rows, dim, out, sum);
      for (int r = 0; r < rows; r++) {
        double at = Memory.f64(x.address() + ((long) r * dim + targets[r]) * Double.BYTES);
        out[r] = (at - out[r]) - sum[r];
      }
    }
  }

  /// The loop behind [#f32], on a checked operand: the maximum of each row, and the logarithm of
  /// its sum of `e^(x - max)`.
  void rowsF32(Operand x, int rows, int dim, double[] max, double[] logSum);

  /// The loop behind [#f64], on a checked operand.
  void rowsF64(Operand x, int rows, int dim, double[] max, double[] logSum);

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
  LogSumExp single();

  /// Plain loops.
  final class Scalar implements LogSumExp {
    @Override
    public LogSumExp single() {
      return new SingleScalar();
    }

    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x.address() + (long) r * dim * Float.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max32(row, from, to, m);
          if (top > m) {
            scale(lanes, m, top);
            m = top;
          }
          for (int i = from; i < to; i++) {
            lanes[i & 15] += Exp.of(Memory.f32(row + (long) i * Float.BYTES) - m);
          }
        }
        max[r] = m;
        logSum[r] = Double.isInfinite(m) ? infinite32(row, dim) : Log.of(Lanes.reduce(lanes));
      }
    }

    /// The larger of `floor` and the largest of a run; NaN is passed over.
    static double max32(long row, int from, int to, double floor) {
      double m = floor;
      for (int i = from; i < to; i++) {
        double v = Memory.f32(row + (long) i * Float.BYTES);
        if (v > m) {
          m = v;
        }
      }
      return m;
    }

    /// The logarithm of the sum for a row whose maximum is infinite: 0, or NaN if there is one.
    static double infinite32(long row, int dim) {
      for (int i = 0; i < dim; i++) {
        if (Double.isNaN(Memory.f32(row + (long) i * Float.BYTES))) {
          return Double.NaN;
        }
      }
      return 0;
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] max, double[] logSum) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x.address() + (long) r * dim * Double.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max64(row, from, to, m);
          if (top > m) {
            scale(lanes, m, top);
            m = top;
          }
          for (int i = from; i < to; i++) {
            lanes[i & 15] += Exp.of(Memory.f64(row + (long) i * Double.BYTES) - m);
          }
        }
        max[r] = m;
        logSum[r] = Double.isInfinite(m) ? infinite64(row, dim) : Log.of(Lanes.reduce(lanes));
      }
    }

    /// The larger of `floor` and the largest of a run; NaN is passed over.
    static double max64(long row, int from, int to, double floor) {
      double m = floor;
      for (int i = from; i < to; i++) {
        double v = Memory.f64(row + (long) i * Double.BYTES);
        if (v > m) {
          m = v;
        }
      }
      return m;
    }

    /// The logarithm of the sum for a row whose maximum is infinite: 0, or NaN if there is one.
    static double infinite64(long row, int dim) {
      for (int i = 0; i < dim; i++) {
        if (Double.isNaN(Memory.f64(row + (long) i * Double.BYTES))) {
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
  final class Simd implements LogSumExp {
    @Override
    public LogSumExp single() {
      return new SingleSimd();
    }

    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      try (Arena arena = Arena.ofConfined()) {
        long tile = Tiles.allocate(arena);
        if (dim <= Lanes.TILE) {
          short32(x.address(), rows, dim, max, logSum, tile);
        } else {
          long32(x.address(), rows, dim, max, logSum, tile);
        }
      }
      for (int r = 0; r < rows; r++) {
        logSum[r] =
            Double.isInfinite(max[r])
                ? Scalar.infinite32(x.address() + (long) r * dim * Float.BYTES, dim)
                : Log.of(logSum[r]);
      }
    }

    private static void short32(long x, int rows, int dim, double[] max, double[] sum, long tile) {
      int block = dim == 0 ? rows : Lanes.TILE / dim;
      for (int first = 0; first < rows; first += block) {
        int count = Math.min(block, rows - first);
        for (int r = 0; r < count; r++) {
          long row = x + (long) (first + r) * dim * Float.BYTES;
          double m = max32(row, 0, dim, Double.NEGATIVE_INFINITY);
          max[first + r] = m;
          Tiles.Simd.fill32(row, dim, 1, m, tile + (long) r * dim * Double.BYTES);
        }
        Exp.Simd.map(tile, tile, count * dim);
        RowSumLoops.Simd.rows64(tile, count, dim, sum, first);
      }
    }

    private static void long32(long x, int rows, int dim, double[] max, double[] sum, long tile) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x + (long) r * dim * Float.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max32(row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          Tiles.Simd.fill32(row + (long) from * Float.BYTES, to - from, 1, m, tile);
          Exp.Simd.map(tile, tile, to - from);
          RowSumLoops.Simd.add64(tile, to - from, lanes);
        }
        max[r] = m;
        sum[r] = Lanes.reduce(lanes);
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] max, double[] logSum) {
      try (Arena arena = Arena.ofConfined()) {
        long tile = Tiles.allocate(arena);
        if (dim <= Lanes.TILE) {
          short64(x.address(), rows, dim, max, logSum, tile);
        } else {
          long64(x.address(), rows, dim, max, logSum, tile);
        }
      }
      for (int r = 0; r < rows; r++) {
        logSum[r] =
            Double.isInfinite(max[r])
                ? Scalar.infinite64(x.address() + (long) r * dim * Double.BYTES, dim)
                : Log.of(logSum[r]);
      }
    }

    private static void short64(long x, int rows, int dim, double[] max, double[] sum, long tile) {
      int block = dim == 0 ? rows : Lanes.TILE / dim;
      for (int first = 0; first < rows; first += block) {
        int count = Math.min(block, rows - first);
        for (int r = 0; r < count; r++) {
          long row = x + (long) (first + r) * dim * Double.BYTES;
          double m = max64(row, 0, dim, Double.NEGATIVE_INFINITY);
          max[first + r] = m;
          Tiles.Simd.fill64(row, dim, 1, m, tile + (long) r * dim * Double.BYTES);
        }
        Exp.Simd.map(tile, tile, count * dim);
        RowSumLoops.Simd.rows64(tile, count, dim, sum, first);
      }
    }

    private static void long64(long x, int rows, int dim, double[] max, double[] sum, long tile) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x + (long) r * dim * Double.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = max64(row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          Tiles.Simd.fill64(row + (long) from * Double.BYTES, to - from, 1, m, tile);
          Exp.Simd.map(tile, tile, to - from);
          RowSumLoops.Simd.add64(tile, to - from, lanes);
        }
        max[r] = m;
        sum[r] = Lanes.reduce(lanes);
      }
    }

    static double max32(long row, int from, int to, double floor) {
      FloatVector a = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
      FloatVector b = a;
      int i = from;
      for (; i <= to - 2 * L32; i += 2 * L32) {
        FloatVector v =
            FloatVector.fromMemorySegment(F32, MEMORY, row + (long) i * Float.BYTES, NATIVE);
        FloatVector w =
            FloatVector.fromMemorySegment(
                F32, MEMORY, row + (long) (i + L32) * Float.BYTES, NATIVE);
        a = a.blend(v, v.compare(GT, a));
        b = b.blend(w, w.compare(GT, b));
      }
      double m = i > from ? Math.max(floor, a.max(b).reduceLanes(VectorOperators.MAX)) : floor;
      return Scalar.max32(row, i, to, m);
    }

    private static double max64(long row, int from, int to, double floor) {
      DoubleVector a = DoubleVector.broadcast(F64, Double.NEGATIVE_INFINITY);
      DoubleVector b = a;
      int i = from;
      for (; i <= to - 2 * L; i += 2 * L) {
        DoubleVector v =
            DoubleVector.fromMemorySegment(F64, MEMORY, row + (long) i * Double.BYTES, NATIVE);
        DoubleVector w =
            DoubleVector.fromMemorySegment(
                F64, MEMORY, row + (long) (i + L) * Double.BYTES, NATIVE);
        a = a.blend(v, v.compare(GT, a));
        b = b.blend(w, w.compare(GT, b));
      }
      double m = i > from ? Math.max(floor, a.max(b).reduceLanes(VectorOperators.MAX)) : floor;
      return Scalar.max64(row, i, to, m);
    }
  }

  /// Plain loops with exponentials in float32.
  final class SingleScalar implements LogSumExp {
    private final Scalar plain = new Scalar();

    @Override
    public LogSumExp single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      double[] lanes = new double[Lanes.COUNT];
      for (int r = 0; r < rows; r++) {
        long row = x.address() + (long) r * dim * Float.BYTES;
        Arrays.fill(lanes, 0);
        double m = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < dim; from += Lanes.TILE) {
          int to = Math.min(from + Lanes.TILE, dim);
          double top = Scalar.max32(row, from, to, m);
          if (top > m) {
            Scalar.scale(lanes, m, top);
            m = top;
          }
          for (int i = from; i < to; i++) {
            lanes[i & 15] +=
                Exp32.ofNonPositive(Memory.f32(row + (long) i * Float.BYTES) - (float) m);
          }
        }
        max[r] = m;
        logSum[r] =
            Double.isInfinite(m) ? Scalar.infinite32(row, dim) : Log.of(Lanes.reduce(lanes));
      }
    }

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] max, double[] logSum) {
      plain.rowsF64(x, rows, dim, max, logSum);
    }
  }

  /// Vector loops with exponentials in float32.
  final class SingleSimd implements LogSumExp {
    private final Simd simd = new Simd();

    @Override
    public LogSumExp single() {
      return this;
    }

    @Override
    public void rowsF32(Operand x, int rows, int dim, double[] max, double[] logSum) {
      try (Arena arena = Arena.ofConfined()) {
        long tile = Tiles.allocate(arena);
        if (dim <= Lanes.TILE) {
          shortRows(x.address(), rows, dim, max, logSum, tile);
        } else {
          longRows(x.address(), rows, dim, max, logSum, tile);
        }
      }
      for (int r = 0; r < rows; r++) {
        logSum[r] =
            Double.isInfinite(max[r])
                ? Scalar.infinite32(x.address() + (long) r * dim * Float.BYTES, dim)
                : Log.of(logSum[r]);
      }
    }

    private static void shortRows(
        long x, int rows, int dim, double[] max, double[] sum, long tile) {
      int block = dim == 0 ? rows : Lanes.TILE / dim;
      for (int first = 0; first < rows; first += block) {
        int count = Math.min(block, rows - first);
        for (int r = 0; r < count; r++) {
          long row = x + (long) (first + r) * dim * Float.BYTES;
          double m = Simd.max32(row, 0, dim, Double.NEGATIVE_INFINITY);
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
          double top = Simd.max32(row, from, to, m);
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

    @Override
    public void rowsF64(Operand x, int rows, int dim, double[] max, double[] logSum) {
      simd.rowsF64(x, rows, dim, max, logSum);
    }
  }
}
