package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.loops.FiniteScanLoops;
import java.lang.foreign.MemorySegment;

/// Finds the first value that is NaN or infinite, or the first outside of an interval.
public abstract sealed class FiniteScan permits FiniteScan.Scalar, FiniteScan.Simd {
  private FiniteScan() {}

  /// The index of the first NaN or infinity among `n` elements, or -1.
  ///
  /// @throws IndexOutOfBoundsException if the segment is too short
  public final long firstNonFinite(FloatType type, MemorySegment x, long n) {
    try (Operand a = Operand.runWidened("x", type, x, 0, n)) {
      return nonFinite(a, n);
    }
  }

  /// The index of the first of `n` elements that is below or above an interval, or -1. NaN is
  /// neither.
  ///
  /// @param from the first element that is looked at; indices count from it
  /// @param low rounded to the type of the elements, float32 at least
  /// @param high rounded to the type of the elements, float32 at least
  /// @throws IndexOutOfBoundsException if the segment is too short
  public final long firstOutside(
      FloatType type, MemorySegment x, long from, long n, double low, double high) {
    try (Operand a = Operand.runWidened("x", type, x, from, n)) {
      return outside(a, n, low, high);
    }
  }

  /// The loop behind [#firstNonFinite], on a checked operand.
  abstract long nonFinite(Operand x, long n);

  /// The loop behind [#firstOutside], on a checked operand.
  abstract long outside(Operand x, long n, double low, double high);

  /// Plain loops.
  static final class Scalar extends FiniteScan {
    @Override
    long nonFinite(Operand x, long n) {
      return switch (x.type()) {
        case FLOAT64 -> FiniteScanLoops.Scalar.nonFinite64(x.address(), 0, n);
        case FLOAT32 -> FiniteScanLoops.Scalar.nonFinite32(x.address(), 0, n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }

    @Override
    long outside(Operand x, long n, double low, double high) {
      return switch (x.type()) {
        case FLOAT64 -> FiniteScanLoops.Scalar.outside64(x.address(), 0, n, low, high);
        case FLOAT32 ->
            FiniteScanLoops.Scalar.outside32(x.address(), 0, n, (float) low, (float) high);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }
  }

  /// Vector loops.
  static final class Simd extends FiniteScan {
    @Override
    long nonFinite(Operand x, long n) {
      return switch (x.type()) {
        case FLOAT64 -> FiniteScanLoops.Simd.nonFinite64(x.address(), n);
        case FLOAT32 -> FiniteScanLoops.Simd.nonFinite32(x.address(), n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }

    @Override
    long outside(Operand x, long n, double low, double high) {
      return switch (x.type()) {
        case FLOAT64 -> FiniteScanLoops.Simd.outside64(x.address(), n, low, high);
        case FLOAT32 -> FiniteScanLoops.Simd.outside32(x.address(), n, (float) low, (float) high);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      };
    }
  }
}
