package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// The log-density of rows under an elementwise affine flow with a standard normal base, in nats:
/// `z = (x - shift) / scale`, `log p(x) = -1/2 sum z^2 - dim/2 ln(2 pi) - sum ln|scale|`.
///
/// float64 throughout, the two sums in the order of [Lanes]; float32 inputs are widened first.
/// Parameters are one row for all (`parameterRows` 1) or a row for each (`parameterRows == rows`),
/// with the same bits for the same numbers. A zero scale gives a non-finite result; NaN propagates.
public sealed interface AffineFlow permits AffineFlow.Scalar, AffineFlow.Simd {
  /// ln(2 pi) / 2.
  double HALF_LN_2PI = 0.9189385332046727;

  /// Log-densities of rows of float32.
  ///
  /// @param x `rows x dim` float32, row-major
  /// @param shift `parameterRows x dim` float32
  /// @param scale `parameterRows x dim` float32; its sign does not matter for the density
  /// @param parameterRows 1 or `rows`
  /// @param logDensity nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment x,
      MemorySegment shift,
      MemorySegment scale,
      int parameterRows,
      int rows,
      int dim,
      double[] logDensity) {
    f32(x, shift, scale, parameterRows, rows, dim, MemorySegment.NULL, logDensity);
  }

  /// Log-densities and z.
  ///
  /// @param z written, `rows x dim` float32, rounded once; may be `x`; [MemorySegment#NULL] to
  ///   leave it out
  default void f32(
      MemorySegment x,
      MemorySegment shift,
      MemorySegment scale,
      int parameterRows,
      int rows,
      int dim,
      MemorySegment z,
      double[] logDensity) {
    if (parameterRows != 1 && parameterRows != rows) {
      throw new IllegalArgumentException(
          "parameterRows: found " + parameterRows + ", expected 1 or " + rows);
    }
    Operand.checkRows("logDensity", logDensity.length, rows);
    boolean keep = !z.equals(MemorySegment.NULL);
    try (Operand a = Operand.read("x", x, rows, dim, Float.BYTES);
        Operand t = Operand.read("shift", shift, parameterRows, dim, Float.BYTES);
        Operand s = Operand.read("scale", scale, parameterRows, dim, Float.BYTES);
        Operand o = Operand.write("z", z, keep ? rows : 0, dim, Float.BYTES)) {
      rowsF32(a, t, s, parameterRows, rows, dim, o, logDensity);
    }
  }

  /// Log-densities of rows of float64.
  ///
  /// @param x `rows x dim` float64, row-major
  /// @param shift `parameterRows x dim` float64
  /// @param scale `parameterRows x dim` float64; its sign does not matter for the density
  /// @param parameterRows 1 or `rows`
  /// @param logDensity nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f64(
      MemorySegment x,
      MemorySegment shift,
      MemorySegment scale,
      int parameterRows,
      int rows,
      int dim,
      double[] logDensity) {
    f64(x, shift, scale, parameterRows, rows, dim, MemorySegment.NULL, logDensity);
  }

  /// Log-densities and z.
  ///
  /// @param z written, `rows x dim` float64, rounded once; may be `x`; [MemorySegment#NULL] to
  ///   leave it out
  default void f64(
      MemorySegment x,
      MemorySegment shift,
      MemorySegment scale,
      int parameterRows,
      int rows,
      int dim,
      MemorySegment z,
      double[] logDensity) {
    if (parameterRows != 1 && parameterRows != rows) {
      throw new IllegalArgumentException(
          "parameterRows: found " + parameterRows + ", expected 1 or " + rows);
    }
    Operand.checkRows("logDensity", logDensity.length, rows);
    boolean keep = !z.equals(MemorySegment.NULL);
    try (Operand a = Operand.read("x", x, rows, dim, Double.BYTES);
        Operand t = Operand.read("shift", shift, parameterRows, dim, Double.BYTES);
        Operand s = Operand.read("scale", scale, parameterRows, dim, Double.BYTES);
        Operand o = Operand.write("z", z, keep ? rows : 0, dim, Double.BYTES)) {
      rowsF64(a, t, s, parameterRows, rows, dim, o, logDensity);
    }
  }

  /// The loop behind [#f32], on checked operands; a z at address 0 is left out.
  void rowsF32(
      Operand x,
      Operand shift,
      Operand scale,
      int parameterRows,
      int rows,
      int dim,
      Operand z,
      double[] logDensity);

  /// The loop behind [#f64], on checked operands; a z at address 0 is left out.
  void rowsF64(
      Operand x,
      Operand shift,
      Operand scale,
      int parameterRows,
      int rows,
      int dim,
      Operand z,
      double[] logDensity);

  /// From `sum z^2` and `sum ln|scale|` to the log-density, in place.
  private static void finish(double[] squares, double[] logScale, int rows, int dim) {
    for (int r = 0; r < rows; r++) {
      squares[r] = (-0.5 * squares[r] - logScale[logScale.length == 1 ? 0 : r]) - dim * HALF_LN_2PI;
    }
  }

  /// Plain loops.
  final class Scalar implements AffineFlow {
    @Override
    public void rowsF32(
        Operand x,
        Operand shift,
        Operand scale,
        int parameterRows,
        int rows,
        int dim,
        Operand z,
        double[] logDensity) {
      double[] lanes = new double[Lanes.COUNT];
      double[] logScale = new double[parameterRows];
      for (int r = 0; r < parameterRows; r++) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < dim; i++) {
          lanes[i & 15] += logAbs32(scale.address(), (long) r * dim + i);
        }
        logScale[r] = Lanes.reduce(lanes);
      }
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long parameter = parameterRows == 1 ? 0 : (long) r * dim;
        for (int i = 0; i < dim; i++) {
          long at = (long) r * dim + i;
          lanes[i & 15] +=
              square32(
                  x.address(), shift.address(), scale.address(), at, parameter + i, z.address());
        }
        logDensity[r] = Lanes.reduce(lanes);
      }
      finish(logDensity, logScale, rows, dim);
    }

    static double square32(long x, long shift, long scale, long i, long parameter, long z) {
      double v =
          ((double) Memory.f32(x + i * Float.BYTES) - Memory.f32(shift + parameter * Float.BYTES))
              / Memory.f32(scale + parameter * Float.BYTES);
      if (z != 0) {
        Memory.f32(z + i * Float.BYTES, (float) v);
      }
      return v * v;
    }

    static double logAbs32(long scale, long i) {
      return Log.of(Math.abs(Memory.f32(scale + i * Float.BYTES)));
    }

    @Override
    public void rowsF64(
        Operand x,
        Operand shift,
        Operand scale,
        int parameterRows,
        int rows,
        int dim,
        Operand z,
        double[] logDensity) {
      double[] lanes = new double[Lanes.COUNT];
      double[] logScale = new double[parameterRows];
      for (int r = 0; r < parameterRows; r++) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < dim; i++) {
          lanes[i & 15] += logAbs64(scale.address(), (long) r * dim + i);
        }
        logScale[r] = Lanes.reduce(lanes);
      }
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long parameter = parameterRows == 1 ? 0 : (long) r * dim;
        for (int i = 0; i < dim; i++) {
          long at = (long) r * dim + i;
          lanes[i & 15] +=
              square64(
                  x.address(), shift.address(), scale.address(), at, parameter + i, z.address());
        }
        logDensity[r] = Lanes.reduce(lanes);
      }
      finish(logDensity, logScale, rows, dim);
    }

    static double square64(long x, long shift, long scale, long i, long parameter, long z) {
      double v =
          (Memory.f64(x + i * Double.BYTES) - Memory.f64(shift + parameter * Double.BYTES))
              / Memory.f64(scale + parameter * Double.BYTES);
      if (z != 0) {
        Memory.f64(z + i * Double.BYTES, v);
      }
      return v * v;
    }

    static double logAbs64(long scale, long i) {
      return Log.of(Math.abs(Memory.f64(scale + i * Double.BYTES)));
    }
  }

  /// Vector loops.
  final class Simd implements AffineFlow {
    @Override
    public void rowsF32(
        Operand x,
        Operand shift,
        Operand scale,
        int parameterRows,
        int rows,
        int dim,
        Operand z,
        double[] logDensity) {
      double[] logScale = new double[parameterRows];
      Tiles.rowSums(
          parameterRows,
          dim,
          logScale,
          (from, count, tile) -> {
            Tiles.Simd.fill32(scale.address() + from * Float.BYTES, count, 1, 0, tile);
            Tiles.Simd.abs(count, tile);
            Log.Simd.map(tile, tile, count);
          });
      try (Arena arena = Arena.ofConfined()) {
        // Shared parameters are repeated for as many rows as a tile holds, so that rows may be
        // short here, too.
        boolean repeat = parameterRows == 1 && dim <= Lanes.TILE && dim > 0;
        int copies = repeat ? Lanes.TILE / dim : 0;
        long t =
            repeat ? repeated(arena, shift, (long) dim * Float.BYTES, copies) : shift.address();
        long s =
            repeat ? repeated(arena, scale, (long) dim * Float.BYTES, copies) : scale.address();
        boolean one = parameterRows == 1;
        Tiles.rowSums(
            rows,
            dim,
            logDensity,
            (from, count, tile) -> {
              long parameter = (repeat ? 0 : one ? from % dim : from) * Float.BYTES;
              long zAt = z.address() == 0 ? 0 : z.address() + from * Float.BYTES;
              squares32(
                  x.address() + from * Float.BYTES, t + parameter, s + parameter, zAt, count, tile);
            });
      }
      finish(logDensity, logScale, rows, dim);
    }

    private static void squares32(long x, long shift, long scale, long z, int count, long tile) {
      int i = 0;
      for (; i <= count - L; i += L) {
        long at = (long) i * Float.BYTES;
        DoubleVector a =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector b =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, shift + at, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector c =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, scale + at, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector v = a.sub(b).div(c);
        if (z != 0) {
          ((FloatVector) v.convertShape(D2F, F32_HALF, 0))
              .intoMemorySegment(MEMORY, z + at, NATIVE);
        }
        v.mul(v).intoMemorySegment(MEMORY, tile + (long) i * Double.BYTES, NATIVE);
      }
      for (; i < count; i++) {
        Memory.f64(tile + (long) i * Double.BYTES, Scalar.square32(x, shift, scale, i, i, z));
      }
    }

    @Override
    public void rowsF64(
        Operand x,
        Operand shift,
        Operand scale,
        int parameterRows,
        int rows,
        int dim,
        Operand z,
        double[] logDensity) {
      double[] logScale = new double[parameterRows];
      Tiles.rowSums(
          parameterRows,
          dim,
          logScale,
          (from, count, tile) -> {
            Tiles.Simd.fill64(scale.address() + from * Double.BYTES, count, 1, 0, tile);
            Tiles.Simd.abs(count, tile);
            Log.Simd.map(tile, tile, count);
          });
      try (Arena arena = Arena.ofConfined()) {
        // Shared parameters are repeated for as many rows as a tile holds, so that rows may be
        // short here, too.
        boolean repeat = parameterRows == 1 && dim <= Lanes.TILE && dim > 0;
        int copies = repeat ? Lanes.TILE / dim : 0;
        long t =
            repeat ? repeated(arena, shift, (long) dim * Double.BYTES, copies) : shift.address();
        long s =
            repeat ? repeated(arena, scale, (long) dim * Double.BYTES, copies) : scale.address();
        boolean one = parameterRows == 1;
        Tiles.rowSums(
            rows,
            dim,
            logDensity,
            (from, count, tile) -> {
              long parameter = (repeat ? 0 : one ? from % dim : from) * Double.BYTES;
              long zAt = z.address() == 0 ? 0 : z.address() + from * Double.BYTES;
              squares64(
                  x.address() + from * Double.BYTES,
                  t + parameter,
                  s + parameter,
                  zAt,
                  count,
                  tile);
            });
      }
      finish(logDensity, logScale, rows, dim);
    }

    private static void squares64(long x, long shift, long scale, long z, int count, long tile) {
      int i = 0;
      for (; i <= count - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector a = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        DoubleVector b = DoubleVector.fromMemorySegment(F64, MEMORY, shift + at, NATIVE);
        DoubleVector c = DoubleVector.fromMemorySegment(F64, MEMORY, scale + at, NATIVE);
        DoubleVector v = a.sub(b).div(c);
        if (z != 0) {
          v.intoMemorySegment(MEMORY, z + at, NATIVE);
        }
        v.mul(v).intoMemorySegment(MEMORY, tile + (long) i * Double.BYTES, NATIVE);
      }
      for (; i < count; i++) {
        Memory.f64(tile + (long) i * Double.BYTES, Scalar.square64(x, shift, scale, i, i, z));
      }
    }

    private static long repeated(Arena arena, Operand row, long bytes, int copies) {
      MemorySegment all = arena.allocate(bytes * copies, 64);
      for (int k = 0; k < copies; k++) {
        MemorySegment.copy(Memory.MEMORY, row.address(), all, k * bytes, bytes);
      }
      return all.address();
    }
  }
}
