package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.TileLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The log-density of rows under an elementwise affine flow with a standard normal base, in nats:
/// `z = (x - shift) / scale`, `log p(x) = -1/2 sum z^2 - dim/2 ln(2 pi) - sum ln|scale|`.
///
/// float64 throughout, the two sums in the order of [Lanes]; float32 inputs are widened first.
/// Parameters are one row for all or a row for each, with the same bits for the same numbers. A
/// zero scale gives a non-finite result; NaN propagates.
public abstract sealed class AffineFlow permits AffineFlow.Scalar, AffineFlow.Simd {
  private AffineFlow() {}

  /// ln(2 pi) / 2.
  public static final double HALF_LN_2PI = 0.9189385332046727;

  /// Log-densities of rows.
  ///
  /// @param shift one row, or as many as x has, of the type and length of its rows
  /// @param scale of the shape of shift; its sign does not matter for the density
  /// @param logDensity nats, one number per row
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void rows(Matrix x, Matrix shift, Matrix scale, double[] logDensity) {
    rows(x, shift, scale, null, logDensity);
  }

  /// Log-densities and z.
  ///
  /// @param z written, rounded once; may be `x`; null to leave it out
  public final void rows(
      Matrix x, Matrix shift, Matrix scale, @Nullable Matrix z, double[] logDensity) {
    if (shift.rows() != 1 && shift.rows() != x.rows()) {
      throw new IllegalArgumentException(
          "rows of shift: found " + shift.rows() + ", expected 1 or " + x.rows());
    }
    Operand.checkAlike(
        "shift", new Matrix(shift.type(), shift.data(), x.rows(), shift.columns()), x);
    Operand.checkAlike("scale", scale, shift);
    Operand.checkRows("logDensity", logDensity.length, x.rows());
    Matrix out = z == null ? new Matrix(x.type().widened(), MemorySegment.NULL, 0, x.columns()) : z;
    if (z != null) {
      Operand.checkTakes("z", z, x);
    }
    try (Operand a = Operand.readWidened("x", x);
        Operand t = Operand.readWidened("shift", shift);
        Operand s = Operand.readWidened("scale", scale);
        Operand o = Operand.write("z", out)) {
      rows(a, t, s, shift.rows(), x.rows(), x.columns(), o, logDensity);
    }
  }

  /// The loop behind [#rows(Matrix, Matrix, Matrix, double[])], on checked operands; a z at address
  /// 0 is left out.
  abstract void rows(
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
  static final class Scalar extends AffineFlow {
    @Override
    void rows(
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
          lanes[i & 15] += Log.of(Math.abs(scale.get((long) r * dim + i)));
        }
        logScale[r] = Lanes.reduce(lanes);
      }
      for (int r = 0; r < rows; r++) {
        Arrays.fill(lanes, 0);
        long row = (long) r * dim;
        long parameter = parameterRows == 1 ? 0 : row;
        for (int i = 0; i < dim; i++) {
          double v = (x.get(row + i) - shift.get(parameter + i)) / scale.get(parameter + i);
          if (z.address() != 0) {
            z.put(row + i, v);
          }
          lanes[i & 15] += v * v;
        }
        logDensity[r] = Lanes.reduce(lanes);
      }
      finish(logDensity, logScale, rows, dim);
    }
  }

  /// Vector loops.
  static final class Simd extends AffineFlow {
    @Override
    void rows(
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
            Tiles.Simd.fill(scale, from, count, 1, 0, tile);
            Tiles.Simd.abs(count, tile);
            Log.Simd.map(tile, tile, count);
          });
      int bytes = x.type().bytes();
      try (Arena arena = Arena.ofConfined()) {
        // Shared parameters are repeated for as many rows as a tile holds, so that rows may be
        // short here, too.
        boolean repeat = parameterRows == 1 && dim <= Lanes.TILE && dim > 0;
        int copies = repeat ? Lanes.TILE / dim : 0;
        long row = (long) dim * bytes;
        long t = repeat ? repeated(arena, shift, row, copies) : shift.address();
        long s = repeat ? repeated(arena, scale, row, copies) : scale.address();
        boolean one = parameterRows == 1;
        Tiles.rowSums(
            rows,
            dim,
            logDensity,
            (from, count, tile) -> {
              long at = (repeat ? 0 : one ? from % dim : from) * bytes;
              long to = z.address() == 0 ? 0 : z.at(from);
              switch (x.type()) {
                case FLOAT64 ->
                    TileLoops.Simd.standardize64(x.at(from), t + at, s + at, to, tile, count);
                case FLOAT32 ->
                    TileLoops.Simd.standardize32(x.at(from), t + at, s + at, to, tile, count);
                case FLOAT16, BFLOAT16 -> throw x.notWidened();
              }
            });
      }
      finish(logDensity, logScale, rows, dim);
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
