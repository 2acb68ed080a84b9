package io.lanewise.kernel;

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
    double[] values) {
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
      Arena arena, int width, int rows, int dim, Data data, int offset, long seed) {
    return of(bytes -> arena.allocate(bytes, 64), width, rows, dim, data, offset, seed);
  }

  /// Where inputs live.
  interface Memory {
    MemorySegment allocate(long bytes);
  }

  static KernelInputs of(
      Memory memory, int width, int rows, int dim, Data data, int offset, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int n = rows * dim;
    MemorySegment[] s = new MemorySegment[5];
    for (int k = 0; k < 5; k++) {
      s[k] = memory.allocate((long) n * width + offset).asSlice(offset);
      for (int i = 0; i < n && k < 4; i++) {
        double v = value(random, data, k == 3);
        if (width == 4) {
          s[k].set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, (float) v);
        } else {
          s[k].set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i, v);
        }
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
        s[0], s[1], s[2], s[3], rows, dim, s[4], a, b, targets, new double[values]);
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
