package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// What a call may use. `x`, `y`, `w` are `rows x dim`; `p` has the same shape and, in ordinary
/// data, probabilities; `out` has room for `rows x dim` values; `values` for anything that is a
/// double.
record KernelInputs(
    MemorySegment x,
    MemorySegment y,
    MemorySegment w,
    MemorySegment p,
    int rows,
    int dim,
    MemorySegment out,
    double[] a,
    double[] b,
    int[] targets,
    double[] values,
    FloatType type) {
  /// Memory of these inputs as a kernel takes it.
  Matrix matrix(MemorySegment data) {
    return new Matrix(type, data, rows, dim);
  }

  /// Where results go.
  Matrix result() {
    return new Matrix(type.widened(), out, rows, dim);
  }

  /// The same values as float32, widened by the JDK.
  KernelInputs widened(Arena arena) {
    MemorySegment[] wide = new MemorySegment[4];
    MemorySegment[] own = {x, y, w, p};
    for (int k = 0; k < 4; k++) {
      wide[k] = arena.allocate(4L * n(), 64);
      for (int i = 0; i < n(); i++) {
        short bits = own[k].get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i);
        wide[k].setAtIndex(
            ValueLayout.JAVA_FLOAT,
            i,
            type == FloatType.FLOAT16
                ? Float.float16ToFloat(bits)
                : Float.intBitsToFloat(bits << 16));
      }
    }
    return new KernelInputs(
        wide[0],
        wide[1],
        wide[2],
        wide[3],
        rows,
        dim,
        out,
        a,
        b,
        targets,
        values,
        FloatType.FLOAT32);
  }

  int n() {
    return rows * dim;
  }

  /// Bits of everything written; every NaN is the same NaN.
  long[] bits(int width) {
    long[] bits = new long[values.length + n()];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Double.doubleToLongBits(values[i]);
    }
    for (int i = 0; i < n(); i++) {
      bits[values.length + i] =
          width == 4
              ? Float.floatToIntBits(out.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i))
              : Double.doubleToLongBits(out.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i));
    }
    return bits;
  }

  /// Kinds of data.
  enum Data {
    /// Standard normal, and probabilities uniform in (0, 1].
    ORDINARY,
    /// Signed numbers of very different size, without special values.
    WIDE,
    /// Mostly special values and numbers at the edges of ranges.
    SPECIAL
  }

  /// Makes inputs whose segments start `offset` bytes into their memory.
  static KernelInputs of(
      Arena arena, FloatType type, int rows, int dim, Data data, int offset, long seed) {
    return of(bytes -> arena.allocate(bytes, 64), type, rows, dim, data, offset, seed);
  }

  /// Where inputs live.
  interface Memory {
    MemorySegment allocate(long bytes);
  }

  static KernelInputs of(
      Memory memory, FloatType type, int rows, int dim, Data data, int offset, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int n = rows * dim;
    MemorySegment[] s = new MemorySegment[5];
    for (int k = 0; k < 5; k++) {
      int width = k < 4 ? type.bytes() : type.widened().bytes();
      s[k] = memory.allocate((long) n * width + offset).asSlice(offset);
      for (int i = 0; i < n && k < 4; i++) {
        double v = value(random, data, k == 3);
        set(type, s[k], i, v);
      }
    }
    double[] a = new double[rows];
    double[] b = new double[rows];
    int[] targets = new int[rows];
    for (int r = 0; r < rows; r++) {
      a[r] = random.nextDouble();
      b[r] = Math.sqrt(1 - a[r] * a[r]);
      targets[r] = dim == 0 ? 0 : random.nextInt(dim);
    }
    int matrix = dim <= KernelCase.LARGEST_MATRIX ? dim * dim : 0;
    int pairs = Math.min(rows, 64);
    int values =
        Math.max(Math.max(Math.max(n, rows), pairs * pairs), Math.max(matrix, 4 * dim)) + 1;
    return new KernelInputs(
        s[0], s[1], s[2], s[3], rows, dim, s[4], a, b, targets, new double[values], type);
  }

  /// Stores a value rounded to the type; to bfloat16 towards zero.
  static void set(FloatType type, MemorySegment s, long i, double v) {
    switch (type) {
      case FLOAT16 ->
          s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i, Float.floatToFloat16((float) v));
      case BFLOAT16 ->
          s.set(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              2 * i,
              (short) (Float.floatToIntBits((float) v) >>> 16));
      case FLOAT32 -> s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, (float) v);
      case FLOAT64 -> s.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i, v);
    }
  }

  private static final double[] EDGES = {
    0.0,
    -0.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    1,
    -1,
    1 - 0x1p-24,
    1 - 0x1p-53,
    708,
    -708,
    708.5,
    -708.5,
    745,
    -746,
    1416,
    -1416,
    1417,
    -1417,
    88,
    -104,
    1e-40,
    1e38,
    -1e38,
    0.34657,
    -0.34658
  };

  private static double value(SplittableRandom random, Data data, boolean probability) {
    return switch (data) {
      case ORDINARY -> probability ? 1 - random.nextDouble() : random.nextGaussian();
      case WIDE -> {
        double v = Math.scalb(random.nextGaussian(), random.nextInt(-30, 9));
        yield probability ? Math.abs(v) : v;
      }
      case SPECIAL ->
          random.nextInt(4) == 0 ? random.nextGaussian() : EDGES[random.nextInt(EDGES.length)];
    };
  }
}
