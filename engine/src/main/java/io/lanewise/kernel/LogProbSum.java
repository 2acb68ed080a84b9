package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.loops.Lanes;
import java.lang.foreign.MemorySegment;

/// The log-likelihood of a sequence from the probabilities of its tokens, in nats: `sum ln p_i`
/// over one run of values.
///
/// Each logarithm and the sum are float64 ([Log], [Lanes]). The empty run gives 0; a zero gives
/// -infinity; NaN or a value below zero gives NaN, whatever else the run holds. Values above 1
/// (densities) are legal.
public abstract sealed class LogProbSum permits LogProbSum.Scalar, LogProbSum.Simd {
  private LogProbSum() {}

  /// The sum over `count` values from element `from` on.
  ///
  /// @param p probabilities
  /// @return nats
  /// @throws IndexOutOfBoundsException if the run is not inside the segment
  public final double run(FloatType type, MemorySegment p, long from, long count) {
    try (Operand a = Operand.runWidened("p", type, p, from, count)) {
      return run(a, count);
    }
  }

  /// The loop behind [#run(FloatType, MemorySegment, long, long)], on a checked operand.
  abstract double run(Operand p, long count);

  /// Plain loops.
  static final class Scalar extends LogProbSum {
    @Override
    double run(Operand p, long count) {
      double[] lanes = new double[Lanes.COUNT];
      for (long i = 0; i < count; i++) {
        lanes[(int) i & 15] += Log.of(p.get(i));
      }
      return Lanes.reduce(lanes);
    }
  }

  /// Tile by tile: [Log], then the sum.
  static final class Simd extends LogProbSum {
    @Override
    double run(Operand p, long count) {
      return Tiles.sum(
          count,
          (from, n, tile) -> {
            Tiles.Simd.fill(p, from, n, 1, 0, tile);
            Log.Simd.map(tile, tile, n);
          });
    }
  }
}
