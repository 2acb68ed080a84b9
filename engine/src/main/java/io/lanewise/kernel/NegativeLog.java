package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;

/// -ln p or -ln(1 - p), per value, in nats: surprisal, and the two terms of binary cross-entropy
/// from probabilities.
///
/// float64, below 1 ulp ([Log], [Log1p]: 1 - p is never formed). p = 0 (or 1, for the complement)
/// gives +infinity; a logarithm of a number below zero gives NaN, as does NaN. A result of zero is
/// +0.
public abstract sealed class NegativeLog permits NegativeLog.Scalar, NegativeLog.Simd {
  private NegativeLog() {}

  /// Negative logarithms.
  ///
  /// @param p probabilities
  /// @param complement whether to take -ln(1 - p)
  /// @param out one number per value
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void each(Matrix p, boolean complement, double[] out) {
    int n = Math.toIntExact(p.elements());
    Operand.checkRows("out", out.length, n);
    try (Operand a = Operand.readWidened("p", p)) {
      each(a, n, complement, out);
    }
  }

  /// The loop behind [#each(Matrix, boolean, double[])], on a checked operand.
  abstract void each(Operand p, int n, boolean complement, double[] out);

  /// Plain loops.
  static final class Scalar extends NegativeLog {
    @Override
    void each(Operand p, int n, boolean complement, double[] out) {
      for (int i = 0; i < n; i++) {
        out[i] = of(p.get(i), complement);
      }
    }

    static double of(double p, boolean complement) {
      // 0 - y, not -y: ln 1 gives +0.
      return 0 - (complement ? Log1p.of(-p) : Log.of(p));
    }
  }

  /// Tile by tile: [Log] or [Log1p], then the sign.
  static final class Simd extends NegativeLog {
    @Override
    void each(Operand p, int n, boolean complement, double[] out) {
      double sign = complement ? -1 : 1;
      Tiles.each(
          n,
          (from, count, tile) -> {
            Tiles.Simd.fill(p, from, count, sign, 0, tile);
            finish(tile, count, complement, out, (int) from);
          });
    }

    private static void finish(long tile, int n, boolean complement, double[] out, int from) {
      if (complement) {
        Log1p.Simd.map(tile, tile, n);
      } else {
        Log.Simd.map(tile, tile, n);
      }
      negate(tile, n, out, from);
    }

    private static void negate(long tile, int n, double[] out, int from) {
      DoubleVector zero = DoubleVector.zero(F64);
      int i = 0;
      for (; i <= n - L; i += L) {
        zero.sub(
                DoubleVector.fromMemorySegment(F64, MEMORY, tile + (long) i * Double.BYTES, NATIVE))
            .intoArray(out, from + i);
      }
      for (; i < n; i++) {
        out[from + i] = 0 - Memory.f64(tile + (long) i * Double.BYTES);
      }
    }
  }
}
