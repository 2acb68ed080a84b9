package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.DiffusionStep;
import io.lanewise.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/// Takes a [Step] of every row: what the model predicted, the threshold and the step make one sum
/// of x, the model's output, noise and, if there is a threshold, clamped data, whose coefficients
/// are float64; the kernel adds it up in float64 and rounds once. Used by one worker.
///
/// With `|.|` the sum of the magnitudes of what is added in `clean x0 + eps eps + state x + noise
/// z`, x0 and eps written out, a result is within `8 2^-53 |.|` of the exact one from the
/// schedule's float64 numbers.
final class ReverseStep {
  private final Prediction kind;
  private final Threshold threshold;
  private final boolean thresholded;
  private final boolean epsFromClipped;
  private final Kernels kernels;
  private DiffusionStep.Coefficients table = new DiffusionStep.Coefficients(0);
  private double[] x0 = new double[0];
  private double[] predicted = new double[0];

  /// @param epsFromClipped whether eps follows from x_t and the thresholded x0, not from the model
  ///   alone
  ReverseStep(Prediction kind, Threshold threshold, boolean epsFromClipped, Kernels kernels) {
    this.kind = kind;
    this.threshold = threshold;
    this.thresholded = !threshold.kind().equals("none");
    this.epsFromClipped = epsFromClipped;
    this.kernels = kernels;
  }

  /// Makes room for the steps of so many rows.
  void reserve(int rows) {
    if (table.rows() < rows) {
      table = new DiffusionStep.Coefficients(rows);
    }
  }

  /// Sets the step that row i takes next.
  void set(int i, Step step) {
    double clean = step.clean();
    double state = step.state();
    double output = 0;
    if (step.eps() != 0) {
      if (thresholded && epsFromClipped) {
        state += step.eps() / step.sigma();
        clean -= step.eps() * (step.alpha() / step.sigma());
      } else {
        Prediction.Conversion eps = kind.to(Prediction.EPS, step.alpha(), step.sigma());
        state += step.eps() * eps.state();
        output += step.eps() * eps.output();
      }
    }
    table.clean()[i] = 0;
    table.cleanState()[i] = 0;
    table.cleanOutput()[i] = 0;
    if (clean != 0) {
      Prediction.Conversion data = kind.to(Prediction.X0, step.alpha(), step.sigma());
      if (thresholded) {
        table.clean()[i] = clean;
        table.cleanState()[i] = data.state();
        table.cleanOutput()[i] = data.output();
      } else {
        state += clean * data.state();
        output += clean * data.output();
      }
    }
    table.range()[i] = threshold.range();
    table.state()[i] = state;
    table.output()[i] = output;
    table.noise()[i] = step.noise();
  }

  /// Takes the steps that were set.
  ///
  /// @param x states, `rows x dim`
  /// @param output what the model predicted, the same shape
  /// @param noise the same shape, or NULL if no row has any
  /// @param next written, the same shape; may be `x`
  void apply(
      DType type,
      MemorySegment x,
      MemorySegment output,
      MemorySegment noise,
      int rows,
      int dim,
      MemorySegment next) {
    if (threshold.kind().equals("dynamic")) {
      findRanges(type, x, output, rows, dim);
    }
    boolean quiet = noise.equals(MemorySegment.NULL);
    Matrix states = Matrix.of(type, x, rows, dim);
    Matrix outputs = Matrix.of(type, output, rows, dim);
    Matrix after = Matrix.of(type, next, rows, dim);
    if (quiet && !thresholded) {
      kernels.diffusionStep().linear(states, outputs, table, after);
    } else {
      Matrix z = quiet ? states : Matrix.of(type, noise, rows, dim);
      kernels.diffusionStep().noisy(states, outputs, z, table, thresholded, after);
    }
  }

  /// Dynamic thresholding clamps to a bound of the row's own and divides by it.
  private void findRanges(DType type, MemorySegment x, MemorySegment output, int rows, int dim) {
    if (x0.length != dim) {
      x0 = new double[dim];
      predicted = new double[dim];
    }
    for (int i = 0; i < rows; i++) {
      RowElements.read(x, type, i, x0);
      RowElements.read(output, type, i, predicted);
      double ofState = table.cleanState()[i];
      double ofOutput = table.cleanOutput()[i];
      for (int j = 0; j < dim; j++) {
        x0[j] = Math.fma(ofState, x0[j], ofOutput * predicted[j]);
      }
      double bound = threshold.bound(x0);
      table.range()[i] = bound;
      table.clean()[i] /= bound;
    }
  }

  /// Refuses a threshold that would not show: a slope is mostly eps.
  ///
  /// @throws IllegalArgumentException if x0 is thresholded and eps does not follow from it
  void checkSlopes() {
    if (thresholded && !epsFromClipped) {
      throw new IllegalArgumentException(
          "threshold is '%s': found eps from the model's output alone, which makes the slope,"
                  .formatted(threshold.kind())
              + " expected eps from the thresholded x0 (eps-from 'clipped')");
    }
  }
}
