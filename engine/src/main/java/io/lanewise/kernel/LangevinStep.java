package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// One step of unadjusted Langevin dynamics, per value: `(x + step * score) + sqrt(2 * step) *
/// noise`.
///
/// float64 throughout, each operation rounded (no fma), so that a NumPy expression of the same form
/// gives the same bits; float32 inputs are widened first and the result is rounded once. `step` is
/// the eps of conventions.md 1.9; a negative one gives NaN. NaN propagates. `out` may be an input.
public sealed interface LangevinStep permits LangevinStep.Scalar, LangevinStep.Simd {
  /// A step with a given score.
  ///
  /// @param x positions, `n` float32
  /// @param score gradients of the log-density at x, `n` float32
  /// @param noise standard normal noise, `n` float32
  /// @param step the step size
  /// @param out written, `n` float32; may be an input
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void f32(
      MemorySegment x,
      MemorySegment score,
      MemorySegment noise,
      double step,
      MemorySegment out,
      long n) {
    try (Operand a = Operand.read("x", x, n, 1, Float.BYTES);
        Operand s = Operand.read("score", score, n, 1, Float.BYTES);
        Operand z = Operand.read("noise", noise, n, 1, Float.BYTES);
        Operand o = Operand.write("out", out, n, 1, Float.BYTES)) {
      eachF32(a, s, z, step, o, n);
    }
  }

  /// The same on float64.
  default void f64(
      MemorySegment x,
      MemorySegment score,
      MemorySegment noise,
      double step,
      MemorySegment out,
      long n) {
    try (Operand a = Operand.read("x", x, n, 1, Double.BYTES);
        Operand s = Operand.read("score", score, n, 1, Double.BYTES);
        Operand z = Operand.read("noise", noise, n, 1, Double.BYTES);
        Operand o = Operand.write("out", out, n, 1, Double.BYTES)) {
      eachF64(a, s, z, step, o, n);
    }
  }

  /// A step towards the standard normal distribution, whose score is -x.
  ///
  /// @param x positions, `n` float32
  /// @param noise standard normal noise, `n` float32
  /// @param step the step size
  /// @param out written, `n` float32; may be an input
  /// @throws IndexOutOfBoundsException if an operand is too short
  default void standardNormalF32(
      MemorySegment x, MemorySegment noise, double step, MemorySegment out, long n) {
    try (Operand a = Operand.read("x", x, n, 1, Float.BYTES);
        Operand z = Operand.read("noise", noise, n, 1, Float.BYTES);
        Operand o = Operand.write("out", out, n, 1, Float.BYTES)) {
      normalF32(a, z, step, o, n);
    }
  }

  /// The same on float64.
  default void standardNormalF64(
      MemorySegment x, MemorySegment noise, double step, MemorySegment out, long n) {
    try (Operand a = Operand.read("x", x, n, 1, Double.BYTES);
        Operand z = Operand.read("noise", noise, n, 1, Double.BYTES);
        Operand o = Operand.write("out", out, n, 1, Double.BYTES)) {
      normalF64(a, z, step, o, n);
    }
  }

  /// The loop behind [#f32], on checked operands.
  void eachF32(Operand x, Operand score, Operand noise, double step, Operand out, long n);

  /// The loop behind [#f64], on checked operands.
  void eachF64(Operand x, Operand score, Operand noise, double step, Operand out, long n);

  /// The loop behind [#standardNormalF32], on checked operands.
  void normalF32(Operand x, Operand noise, double step, Operand out, long n);

  /// The loop behind [#standardNormalF64], on checked operands.
  void normalF64(Operand x, Operand noise, double step, Operand out, long n);

  /// Plain loops.
  final class Scalar implements LangevinStep {
    @Override
    public void eachF32(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      each32(x.address(), score.address(), noise.address(), step, out.address(), 0, n);
    }

    @Override
    public void normalF32(Operand x, Operand noise, double step, Operand out, long n) {
      normal32(x.address(), noise.address(), step, out.address(), 0, n);
    }

    static void each32(long x, long score, long noise, double step, long out, long from, long n) {
      double scale = Math.sqrt(2 * step);
      for (long i = from; i < n; i++) {
        long at = i * Float.BYTES;
        double moved = Memory.f32(x + at) + step * Memory.f32(score + at);
        Memory.f32(out + at, (float) (moved + scale * Memory.f32(noise + at)));
      }
    }

    static void normal32(long x, long noise, double step, long out, long from, long n) {
      double scale = Math.sqrt(2 * step);
      for (long i = from; i < n; i++) {
        long at = i * Float.BYTES;
        double v = Memory.f32(x + at);
        Memory.f32(out + at, (float) ((v + step * -v) + scale * Memory.f32(noise + at)));
      }
    }

    @Override
    public void eachF64(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      each64(x.address(), score.address(), noise.address(), step, out.address(), 0, n);
    }

    @Override
    public void normalF64(Operand x, Operand noise, double step, Operand out, long n) {
      normal64(x.address(), noise.address(), step, out.address(), 0, n);
    }

    static void each64(long x, long score, long noise, double step, long out, long from, long n) {
      double scale = Math.sqrt(2 * step);
      for (long i = from; i < n; i++) {
        long at = i * Double.BYTES;
        double moved = Memory.f64(x + at) + step * Memory.f64(score + at);
        Memory.f64(out + at, (moved + scale * Memory.f64(noise + at)));
      }
    }

    static void normal64(long x, long noise, double step, long out, long from, long n) {
      double scale = Math.sqrt(2 * step);
      for (long i = from; i < n; i++) {
        long at = i * Double.BYTES;
        double v = Memory.f64(x + at);
        Memory.f64(out + at, ((v + step * -v) + scale * Memory.f64(noise + at)));
      }
    }
  }

  /// Vector loops.
  final class Simd implements LangevinStep {
    @Override
    public void eachF32(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      long done = vectors32(x.address(), score.address(), noise.address(), step, out.address(), n);
      Scalar.each32(x.address(), score.address(), noise.address(), step, out.address(), done, n);
    }

    @Override
    public void normalF32(Operand x, Operand noise, double step, Operand out, long n) {
      long done = normal32(x.address(), noise.address(), step, out.address(), n);
      Scalar.normal32(x.address(), noise.address(), step, out.address(), done, n);
    }

    private static long vectors32(long x, long score, long noise, double step, long out, long n) {
      DoubleVector drift = DoubleVector.broadcast(F64, step);
      DoubleVector scale = DoubleVector.broadcast(F64, Math.sqrt(2 * step));
      long i = 0;
      for (; i <= n - L; i += L) {
        long at = i * Float.BYTES;
        DoubleVector moved =
            ((DoubleVector)
                    FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                        .convertShape(F2D, F64, 0))
                .add(
                    drift.mul(
                        ((DoubleVector)
                            FloatVector.fromMemorySegment(F32_HALF, MEMORY, score + at, NATIVE)
                                .convertShape(F2D, F64, 0))));
        ((FloatVector)
                moved
                    .add(
                        scale.mul(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(F32_HALF, MEMORY, noise + at, NATIVE)
                                    .convertShape(F2D, F64, 0))))
                    .convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + at, NATIVE);
      }
      return i;
    }

    private static long normal32(long x, long noise, double step, long out, long n) {
      DoubleVector drift = DoubleVector.broadcast(F64, step);
      DoubleVector scale = DoubleVector.broadcast(F64, Math.sqrt(2 * step));
      long i = 0;
      for (; i <= n - L; i += L) {
        long at = i * Float.BYTES;
        DoubleVector v =
            ((DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                    .convertShape(F2D, F64, 0));
        // v - step v and v + step (-v) are the same number.
        DoubleVector moved = v.sub(drift.mul(v));
        ((FloatVector)
                moved
                    .add(
                        scale.mul(
                            ((DoubleVector)
                                FloatVector.fromMemorySegment(F32_HALF, MEMORY, noise + at, NATIVE)
                                    .convertShape(F2D, F64, 0))))
                    .convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + at, NATIVE);
      }
      return i;
    }

    @Override
    public void eachF64(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      long done = vectors64(x.address(), score.address(), noise.address(), step, out.address(), n);
      Scalar.each64(x.address(), score.address(), noise.address(), step, out.address(), done, n);
    }

    @Override
    public void normalF64(Operand x, Operand noise, double step, Operand out, long n) {
      long done = normal64(x.address(), noise.address(), step, out.address(), n);
      Scalar.normal64(x.address(), noise.address(), step, out.address(), done, n);
    }

    private static long vectors64(long x, long score, long noise, double step, long out, long n) {
      DoubleVector drift = DoubleVector.broadcast(F64, step);
      DoubleVector scale = DoubleVector.broadcast(F64, Math.sqrt(2 * step));
      long i = 0;
      for (; i <= n - L; i += L) {
        long at = i * Double.BYTES;
        DoubleVector moved =
            DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE)
                .add(drift.mul(DoubleVector.fromMemorySegment(F64, MEMORY, score + at, NATIVE)));
        moved
            .add(scale.mul(DoubleVector.fromMemorySegment(F64, MEMORY, noise + at, NATIVE)))
            .intoMemorySegment(MEMORY, out + at, NATIVE);
      }
      return i;
    }

    private static long normal64(long x, long noise, double step, long out, long n) {
      DoubleVector drift = DoubleVector.broadcast(F64, step);
      DoubleVector scale = DoubleVector.broadcast(F64, Math.sqrt(2 * step));
      long i = 0;
      for (; i <= n - L; i += L) {
        long at = i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        // v - step v and v + step (-v) are the same number.
        DoubleVector moved = v.sub(drift.mul(v));
        moved
            .add(scale.mul(DoubleVector.fromMemorySegment(F64, MEMORY, noise + at, NATIVE)))
            .intoMemorySegment(MEMORY, out + at, NATIVE);
      }
      return i;
    }
  }
}
