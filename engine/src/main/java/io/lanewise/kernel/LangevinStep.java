package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.LangevinStepLoops;

/// One step of unadjusted Langevin dynamics, per value: `(x + step * score) + sqrt(2 * step) *
/// noise`.
///
/// float64 throughout, each operation rounded (no fma), so that a NumPy expression of the same form
/// gives the same bits; float32 inputs are widened first and the result is rounded once. `step` is
/// the eps of conventions.md 1.9; a negative one gives NaN. NaN propagates. `out` may be an input.
public abstract sealed class LangevinStep permits LangevinStep.Scalar, LangevinStep.Simd {
  private LangevinStep() {}

  /// A step with a given score.
  ///
  /// @param x positions
  /// @param score gradients of the log-density at x, of the type and shape of x
  /// @param noise standard normal noise, of the type and shape of x
  /// @param step the step size
  /// @param out written; may be an input
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void each(Matrix x, Matrix score, Matrix noise, double step, Matrix out) {
    Operand.checkAlike("score", score, x);
    Operand.checkAlike("noise", noise, x);
    Operand.checkTakes("out", out, x);
    try (Operand a = Operand.readWidened("x", x);
        Operand s = Operand.readWidened("score", score);
        Operand z = Operand.readWidened("noise", noise);
        Operand o = Operand.write("out", out)) {
      each(a, s, z, step, o, x.elements());
    }
  }

  /// A step towards the standard normal distribution, whose score is -x.
  ///
  /// @param x positions
  /// @param noise standard normal noise, of the type and shape of x
  /// @param step the step size
  /// @param out written; may be an input
  /// @throws IndexOutOfBoundsException if an operand is too short
  public final void standardNormal(Matrix x, Matrix noise, double step, Matrix out) {
    Operand.checkAlike("noise", noise, x);
    Operand.checkTakes("out", out, x);
    try (Operand a = Operand.readWidened("x", x);
        Operand z = Operand.readWidened("noise", noise);
        Operand o = Operand.write("out", out)) {
      normal(a, z, step, o, x.elements());
    }
  }

  /// The loop behind [#each(Matrix, Matrix, Matrix, double, Matrix)], on checked operands.
  abstract void each(Operand x, Operand score, Operand noise, double step, Operand out, long n);

  /// The loop behind [#standardNormal], on checked operands.
  abstract void normal(Operand x, Operand noise, double step, Operand out, long n);

  /// Plain loops.
  static final class Scalar extends LangevinStep {
    @Override
    void each(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      long a = x.address();
      long s = score.address();
      long z = noise.address();
      switch (x.type()) {
        case FLOAT64 -> LangevinStepLoops.Scalar.each64(a, s, z, step, out.address(), 0, n);
        case FLOAT32 -> LangevinStepLoops.Scalar.each32(a, s, z, step, out.address(), 0, n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void normal(Operand x, Operand noise, double step, Operand out, long n) {
      long a = x.address();
      long z = noise.address();
      switch (x.type()) {
        case FLOAT64 -> LangevinStepLoops.Scalar.normal64(a, z, step, out.address(), 0, n);
        case FLOAT32 -> LangevinStepLoops.Scalar.normal32(a, z, step, out.address(), 0, n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Vector loops.
  static final class Simd extends LangevinStep {
    @Override
    void each(Operand x, Operand score, Operand noise, double step, Operand out, long n) {
      long a = x.address();
      long s = score.address();
      long z = noise.address();
      switch (x.type()) {
        case FLOAT64 -> LangevinStepLoops.Simd.each64(a, s, z, step, out.address(), n);
        case FLOAT32 -> LangevinStepLoops.Simd.each32(a, s, z, step, out.address(), n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void normal(Operand x, Operand noise, double step, Operand out, long n) {
      long a = x.address();
      long z = noise.address();
      switch (x.type()) {
        case FLOAT64 -> LangevinStepLoops.Simd.normal64(a, z, step, out.address(), n);
        case FLOAT32 -> LangevinStepLoops.Simd.normal32(a, z, step, out.address(), n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }
}
