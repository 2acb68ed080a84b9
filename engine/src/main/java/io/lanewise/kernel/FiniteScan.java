package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.L32;
import static io.lanewise.kernel.loops.Species.NATIVE;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Finds the first value that is NaN or infinite, or the first outside of an interval.
public sealed interface FiniteScan permits FiniteScan.Scalar, FiniteScan.Simd {
  /// The index of the first NaN or infinity among `n` float32, or -1.
  ///
  /// @throws IndexOutOfBoundsException if the segment is too short
  default long firstNonFiniteF32(MemorySegment x, long n) {
    try (Operand a = Operand.read("x", x, n, 1, Float.BYTES)) {
      return scanF32(a, n);
    }
  }

  /// The same on float64.
  default long firstNonFiniteF64(MemorySegment x, long n) {
    try (Operand a = Operand.read("x", x, n, 1, Double.BYTES)) {
      return scanF64(a, n);
    }
  }

  /// The index of the first of `n` float32 that is below or above an interval, or -1. NaN is
  /// neither.
  ///
  /// @param from the first element that is looked at; indices count from it
  /// @param low, rounded to float32
  /// @param high, rounded to float32
  /// @throws IndexOutOfBoundsException if the segment is too short
  default long firstOutsideF32(MemorySegment x, long from, long n, double low, double high) {
    try (Operand a = Operand.run("x", x, from, n, Float.BYTES)) {
      return outsideF32(a, n, (float) low, (float) high);
    }
  }

  /// The same on float64.
  default long firstOutsideF64(MemorySegment x, long from, long n, double low, double high) {
    try (Operand a = Operand.run("x", x, from, n, Double.BYTES)) {
      return outsideF64(a, n, low, high);
    }
  }

  /// The loop behind [#firstOutsideF32], on a checked operand.
  long outsideF32(Operand x, long n, float low, float high);

  /// The loop behind [#firstOutsideF64], on a checked operand.
  long outsideF64(Operand x, long n, double low, double high);

  /// The loop behind [#firstNonFiniteF32], on a checked operand.
  long scanF32(Operand x, long n);

  /// The loop behind [#firstNonFiniteF64], on a checked operand.
  long scanF64(Operand x, long n);

  /// Plain loops.
  final class Scalar implements FiniteScan {
    @Override
    public long scanF32(Operand x, long n) {
      return from32(x.address(), 0, n);
    }

    @Override
    public long scanF64(Operand x, long n) {
      return from64(x.address(), 0, n);
    }

    @Override
    public long outsideF32(Operand x, long n, float low, float high) {
      return outside32(x.address(), 0, n, low, high);
    }

    @Override
    public long outsideF64(Operand x, long n, double low, double high) {
      return outside64(x.address(), 0, n, low, high);
    }

    static long outside32(long x, long from, long n, float low, float high) {
      for (long i = from; i < n; i++) {
        float v = Memory.f32(x + i * Float.BYTES);
        if (v < low || v > high) {
          return i;
        }
      }
      return -1;
    }

    static long outside64(long x, long from, long n, double low, double high) {
      for (long i = from; i < n; i++) {
        double v = Memory.f64(x + i * Double.BYTES);
        if (v < low || v > high) {
          return i;
        }
      }
      return -1;
    }

    static long from32(long x, long from, long n) {
      for (long i = from; i < n; i++) {
        if (!Float.isFinite(Memory.f32(x + i * Float.BYTES))) {
          return i;
        }
      }
      return -1;
    }

    static long from64(long x, long from, long n) {
      for (long i = from; i < n; i++) {
        if (!Double.isFinite(Memory.f64(x + i * Double.BYTES))) {
          return i;
        }
      }
      return -1;
    }
  }

  /// Vector loops: `x * 0` is a zero exactly where x is finite, and a sum of zeros is a zero.
  final class Simd implements FiniteScan {
    @Override
    public long scanF32(Operand x, long n) {
      return Scalar.from32(x.address(), finite32(x.address(), n), n);
    }

    @Override
    public long scanF64(Operand x, long n) {
      return Scalar.from64(x.address(), finite64(x.address(), n), n);
    }

    /// Up to here all values are finite: the start of the first group that has one which is not, or
    /// of the rest.
    private static long finite32(long x, long n) {
      FloatVector zero = FloatVector.zero(F32);
      long i = 0;
      for (; i <= n - 4 * L32; i += 4 * L32) {
        long at = x + i * Float.BYTES;
        FloatVector s =
            FloatVector.fromMemorySegment(F32, MEMORY, at, NATIVE)
                .fma(
                    zero,
                    FloatVector.fromMemorySegment(
                            F32, MEMORY, at + (long) L32 * Float.BYTES, NATIVE)
                        .mul(zero));
        FloatVector t =
            FloatVector.fromMemorySegment(F32, MEMORY, at + 2L * L32 * Float.BYTES, NATIVE)
                .fma(
                    zero,
                    FloatVector.fromMemorySegment(F32, MEMORY, at + 3L * L32 * Float.BYTES, NATIVE)
                        .mul(zero));
        if (s.add(t).compare(VectorOperators.NE, 0.0f).anyTrue()) {
          break;
        }
      }
      return i;
    }

    private static long finite64(long x, long n) {
      DoubleVector zero = DoubleVector.zero(F64);
      long i = 0;
      for (; i <= n - 4 * L; i += 4 * L) {
        long at = x + i * Double.BYTES;
        DoubleVector s =
            DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE)
                .fma(
                    zero,
                    DoubleVector.fromMemorySegment(
                            F64, MEMORY, at + (long) L * Double.BYTES, NATIVE)
                        .mul(zero));
        DoubleVector t =
            DoubleVector.fromMemorySegment(F64, MEMORY, at + 2L * L * Double.BYTES, NATIVE)
                .fma(
                    zero,
                    DoubleVector.fromMemorySegment(F64, MEMORY, at + 3L * L * Double.BYTES, NATIVE)
                        .mul(zero));
        if (s.add(t).compare(VectorOperators.NE, 0.0).anyTrue()) {
          break;
        }
      }
      return i;
    }

    @Override
    public long outsideF32(Operand x, long n, float low, float high) {
      return Scalar.outside32(x.address(), inside32(x.address(), n, low, high), n, low, high);
    }

    @Override
    public long outsideF64(Operand x, long n, double low, double high) {
      return Scalar.outside64(x.address(), inside64(x.address(), n, low, high), n, low, high);
    }

    /// Up to here all values are inside, in steps of two vectors.
    private static long inside32(long x, long n, float low, float high) {
      FloatVector least = FloatVector.broadcast(F32, low);
      FloatVector most = FloatVector.broadcast(F32, high);
      long i = 0;
      for (; i <= n - 2 * L32; i += 2 * L32) {
        long at = x + i * Float.BYTES;
        FloatVector v = FloatVector.fromMemorySegment(F32, MEMORY, at, NATIVE);
        FloatVector w =
            FloatVector.fromMemorySegment(F32, MEMORY, at + (long) L32 * Float.BYTES, NATIVE);
        if (v.compare(VectorOperators.LT, least)
            .or(v.compare(VectorOperators.GT, most))
            .or(w.compare(VectorOperators.LT, least))
            .or(w.compare(VectorOperators.GT, most))
            .anyTrue()) {
          break;
        }
      }
      return i;
    }

    private static long inside64(long x, long n, double low, double high) {
      DoubleVector least = DoubleVector.broadcast(F64, low);
      DoubleVector most = DoubleVector.broadcast(F64, high);
      long i = 0;
      for (; i <= n - 2 * L; i += 2 * L) {
        long at = x + i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE);
        DoubleVector w =
            DoubleVector.fromMemorySegment(F64, MEMORY, at + (long) L * Double.BYTES, NATIVE);
        if (v.compare(VectorOperators.LT, least)
            .or(v.compare(VectorOperators.GT, most))
            .or(w.compare(VectorOperators.LT, least))
            .or(w.compare(VectorOperators.GT, most))
            .anyTrue()) {
          break;
        }
      }
      return i;
    }
  }
}
