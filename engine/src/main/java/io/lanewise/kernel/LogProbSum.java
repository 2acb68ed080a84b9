package io.lanewise.kernel;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;

/// The log-likelihood of a sequence from the probabilities of its tokens, in nats: `sum ln p_i`
/// over one run of values.
///
/// Each logarithm and the sum are float64 ([Log], [Lanes]). The empty run gives 0; a zero gives
/// -infinity; NaN or a value below zero gives NaN, whatever else the run holds. Values above 1
/// (densities) are legal.
public sealed interface LogProbSum permits LogProbSum.Scalar, LogProbSum.Simd {
  /// The sum over `count` float32 from element `from` on.
  ///
  /// @param p probabilities, float32
  /// @return nats
  /// @throws IndexOutOfBoundsException if the run is not inside the segment
  default double f32(MemorySegment p, long from, long count) {
    try (Operand a = Operand.run("p", p, from, count, Float.BYTES)) {
      return runF32(a, count);
    }
  }

  /// The same on float64.
  default double f64(MemorySegment p, long from, long count) {
    try (Operand a = Operand.run("p", p, from, count, Double.BYTES)) {
      return runF64(a, count);
    }
  }

  /// The loop behind [#f32], on a checked operand.
  double runF32(Operand p, long count);

  /// The loop behind [#f64], on a checked operand.
  double runF64(Operand p, long count);

  /// Plain loops.
  final class Scalar implements LogProbSum {
    @Override
    public double runF32(Operand p, long count) {
      double[] lanes = new double[Lanes.COUNT];
      for (long i = 0; i < count; i++) {
        lanes[(int) i & 15] += Log.of(Memory.f32(p.address() + i * Float.BYTES));
      }
      return Lanes.reduce(lanes);
    }

    @Override
    public double runF64(Operand p, long count) {
      double[] lanes = new double[Lanes.COUNT];
      for (long i = 0; i < count; i++) {
        lanes[(int) i & 15] += Log.of(Memory.f64(p.address() + i * Double.BYTES));
      }
      return Lanes.reduce(lanes);
    }
  }

  /// Tile by tile: [Log], then the sum.
  final class Simd implements LogProbSum {
    @Override
    public double runF32(Operand p, long count) {
      return Tiles.sum(
          count,
          (from, n, tile) -> {
            Tiles.Simd.fill32(p.address() + from * Float.BYTES, n, 1, 0, tile);
            Log.Simd.map(tile, tile, n);
          });
    }

    @Override
    public double runF64(Operand p, long count) {
      return Tiles.sum(
          count, (from, n, tile) -> Log.Simd.map(p.address() + from * Double.BYTES, tile, n));
    }
  }
}
