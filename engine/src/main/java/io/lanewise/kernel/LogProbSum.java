package io.lanewise.kernel;

import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.load32;
import static io.lanewise.kernel.Species.load64;
import static io.lanewise.kernel.Species.store64;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;

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
        lanes[(int) i & 15] += Log.of(Operand.f32(p.address() + i * Float.BYTES));
      }
      return Lanes.reduce(lanes);
    }

    @Override
    public double runF64(Operand p, long count) {
      double[] lanes = new double[Lanes.COUNT];
      for (long i = 0; i < count; i++) {
        lanes[(int) i & 15] += Log.of(Operand.f64(p.address() + i * Double.BYTES));
      }
      return Lanes.reduce(lanes);
    }
  }

  /// Vector loops.
  final class Simd implements LogProbSum {
    @Override
    public double runF32(Operand p, long count) {
      return Tiles.sum(
          count, (from, n, tile) -> terms32(p.address() + from * Float.BYTES, n, tile));
    }

    private static void terms32(long p, int count, long tile) {
      int i = 0;
      while (i < count) {
        i = vectors32(p, i, count, tile);
        for (int end = Math.min(i + L, count); i < end; i++) {
          Operand.f64(
              tile + (long) i * Double.BYTES, Log.of(Operand.f32(p + (long) i * Float.BYTES)));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs [Log#of(double)].
    private static int vectors32(long p, int from, int count, long tile) {
      int i = from;
      for (; i <= count - L; i += L) {
        DoubleVector v = load32(p + (long) i * Float.BYTES);
        if (!Log.Simd.plain(v)) {
          break;
        }
        store64(Log.Simd.of(v), tile + (long) i * Double.BYTES);
      }
      return i;
    }

    @Override
    public double runF64(Operand p, long count) {
      return Tiles.sum(
          count, (from, n, tile) -> terms64(p.address() + from * Double.BYTES, n, tile));
    }

    private static void terms64(long p, int count, long tile) {
      int i = 0;
      while (i < count) {
        i = vectors64(p, i, count, tile);
        for (int end = Math.min(i + L, count); i < end; i++) {
          Operand.f64(
              tile + (long) i * Double.BYTES, Log.of(Operand.f64(p + (long) i * Double.BYTES)));
        }
      }
    }

    /// Returns where it stopped: before a vector that is incomplete or needs [Log#of(double)].
    private static int vectors64(long p, int from, int count, long tile) {
      int i = from;
      for (; i <= count - L; i += L) {
        DoubleVector v = load64(p + (long) i * Double.BYTES);
        if (!Log.Simd.plain(v)) {
          break;
        }
        store64(Log.Simd.of(v), tile + (long) i * Double.BYTES);
      }
      return i;
    }
  }
}
