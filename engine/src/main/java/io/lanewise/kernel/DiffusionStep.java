package io.lanewise.kernel;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.DiffusionStepLoops;

/// One step of a diffusion sampler, rows with coefficients of their own: every step of DDPM, DDIM
/// and Euler's method is a sum of the state x, the model's output y, noise z and the predicted
/// clean data, which is a sum of x and y itself and may be clamped.
///
/// | form | out |
/// |---|---|
/// | linear | `state x + output y` |
/// | noisy | `state x + output y + noise z` |
/// | clamped | the same `+ clean clamp(cleanState x + cleanOutput y, -range, range)` |
///
/// float64 throughout, by fma from the right: `fma(noise, z, fma(state, x, output * y))`, then
/// `fma(clean, c, ...)` with `c = fma(cleanState, x, cleanOutput * y)` clamped; float32 inputs are
/// widened first and the result is rounded once. NaN propagates, through the clamp too. Where a
/// row's `noise` is 0 its z is not read. `out` may be an input.
public abstract sealed class DiffusionStep permits DiffusionStep.Scalar, DiffusionStep.Simd {
  private DiffusionStep() {}

  /// Coefficients, one of each per row.
  ///
  /// @param state the factor of x
  /// @param output the factor of y
  /// @param noise the factor of z
  /// @param clean the factor of the clamped sum
  /// @param cleanState the factor of x in that sum
  /// @param cleanOutput the factor of y in that sum
  /// @param range the largest magnitude that clamping leaves, >= 0
  @SuppressWarnings("ArrayRecordComponent") // tables, filled for each call
  public record Coefficients(
      double[] state,
      double[] output,
      double[] noise,
      double[] clean,
      double[] cleanState,
      double[] cleanOutput,
      double[] range) {
    /// Zeros for so many rows.
    public Coefficients(int rows) {
      this(
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows]);
    }

    /// The number of rows there is room for.
    public int rows() {
      return state.length;
    }
  }

  /// The linear form.
  ///
  /// @param x states
  /// @param y what the model put out, of the type and shape of x
  /// @param out written; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  public final void linear(Matrix x, Matrix y, Coefficients c, Matrix out) {
    Operand.checkRows("coefficients", c.rows(), x.rows());
    Operand.checkAlike("y", y, x);
    Operand.checkTakes("out", out, x);
    try (Operand ox = Operand.readWidened("x", x);
        Operand oy = Operand.readWidened("y", y);
        Operand oo = Operand.write("out", out)) {
      linear(ox, oy, c, x.rows(), x.columns(), oo);
    }
  }

  /// The noisy form, or the clamped one.
  ///
  /// @param x states
  /// @param y what the model put out, of the type and shape of x
  /// @param z noise, of the type and shape of x
  /// @param clamped whether clean data is added, clamped
  /// @param out written; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  public final void noisy(
      Matrix x, Matrix y, Matrix z, Coefficients c, boolean clamped, Matrix out) {
    Operand.checkRows("coefficients", c.rows(), x.rows());
    Operand.checkAlike("y", y, x);
    Operand.checkAlike("z", z, x);
    Operand.checkTakes("out", out, x);
    try (Operand ox = Operand.readWidened("x", x);
        Operand oy = Operand.readWidened("y", y);
        Operand oz = Operand.readWidened("z", z);
        Operand oo = Operand.write("out", out)) {
      if (clamped) {
        clamped(ox, oy, oz, c, x.rows(), x.columns(), oo);
      } else {
        noisy(ox, oy, oz, c, x.rows(), x.columns(), oo);
      }
    }
  }

  /// The loop behind [#linear(Matrix, Matrix, Coefficients, Matrix)], on checked operands.
  abstract void linear(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the noisy form, on checked operands.
  abstract void noisy(
      Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the clamped form, on checked operands.
  abstract void clamped(
      Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// Plain loops.
  static final class Scalar extends DiffusionStep {
    @Override
    void linear(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Scalar.linear64(
                x.address(), y.address(), c.state, c.output, 0, rows, dim, to);
        case FLOAT32 ->
            DiffusionStepLoops.Scalar.linear32(
                x.address(), y.address(), c.state, c.output, 0, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void noisy(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Scalar.noisy64(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                0,
                rows,
                dim,
                to);
        case FLOAT32 ->
            DiffusionStepLoops.Scalar.noisy32(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                0,
                rows,
                dim,
                to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void clamped(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Scalar.clamped64(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                c.clean,
                c.cleanState,
                c.cleanOutput,
                c.range,
                0,
                rows,
                dim,
                to);
        case FLOAT32 ->
            DiffusionStepLoops.Scalar.clamped32(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                c.clean,
                c.cleanState,
                c.cleanOutput,
                c.range,
                0,
                rows,
                dim,
                to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }

  /// Vector loops. Counted ones, which C2 unrolls: rows that are sampled are long.
  static final class Simd extends DiffusionStep {
    @Override
    void linear(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Simd.linear64(
                x.address(), y.address(), c.state, c.output, rows, dim, to);
        case FLOAT32 ->
            DiffusionStepLoops.Simd.linear32(
                x.address(), y.address(), c.state, c.output, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void noisy(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Simd.noisy64(
                x.address(), y.address(), z.address(), c.state, c.output, c.noise, rows, dim, to);
        case FLOAT32 ->
            DiffusionStepLoops.Simd.noisy32(
                x.address(), y.address(), z.address(), c.state, c.output, c.noise, rows, dim, to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    @Override
    void clamped(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      long to = out.address();
      switch (x.type()) {
        case FLOAT64 ->
            DiffusionStepLoops.Simd.clamped64(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                c.clean,
                c.cleanState,
                c.cleanOutput,
                c.range,
                rows,
                dim,
                to);
        case FLOAT32 ->
            DiffusionStepLoops.Simd.clamped32(
                x.address(),
                y.address(),
                z.address(),
                c.state,
                c.output,
                c.noise,
                c.clean,
                c.cleanState,
                c.cleanOutput,
                c.range,
                rows,
                dim,
                to);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }
  }
}
