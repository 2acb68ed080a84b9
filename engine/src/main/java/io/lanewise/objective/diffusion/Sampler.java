package io.lanewise.objective.diffusion;

import io.lanewise.noise.Noise;
import java.lang.foreign.MemorySegment;
import java.util.function.IntToDoubleFunction;

/// Reverse diffusion in Java, with the model a function over batches. States are float64, `rows *
/// dim` elements, row-major, changed in place. Noise of loop step k is stream k of the noise,
/// element `row * dim + column`, so results do not depend on how rows are split as long as the
/// first row is given.
///
/// @param prediction what the model predicts
/// @param threshold what is done to predicted clean data
/// @param epsFromClipped whether DDIM and the ODE solvers take eps from the thresholded x0
///   (guided-diffusion) or from the model's output alone (diffusers)
/// @param noise where noise comes from; only drawn where a step adds some
/// @param firstRow the index of the first row in the whole data set
public record Sampler(
    Prediction prediction,
    Threshold threshold,
    boolean epsFromClipped,
    Noise noise,
    long firstRow) {

  /// A model: from states at one time to predictions.
  public interface Model {
    /// Writes the prediction for every state.
    ///
    /// @param x `rows * dim` states; not to be changed
    /// @param rows number of rows
    /// @param dim elements a row
    /// @param t the timestep of DDPM and DDIM, sigma for the ODE solvers
    /// @param out `rows * dim` predictions, to be written
    void predict(double[] x, int rows, int dim, double t, double[] out);
  }

  /// DDIM. Song et al., arXiv:2010.02502, equation 12. With ascending timesteps and eta 0 it is
  /// inverse DDIM.
  ///
  /// @param timesteps visited in this order
  /// @param last where the last step leads to: -1 for clean data
  /// @param eta 0 for no noise, 1 for that of DDPM
  /// @throws IllegalArgumentException unless x has whole rows, or if noise is asked for in
  ///   ascending order
  public void ddim(
      Schedule schedule, int[] timesteps, int last, double eta, Model model, double[] x, int rows) {
    ReverseStep step = new ReverseStep(prediction, threshold, epsFromClipped);
    loop(
        timesteps.length,
        k -> timesteps[k],
        model,
        x,
        rows,
        (k, state, output, drawn, next) -> {
          int t = timesteps[k];
          int to = k + 1 < timesteps.length ? timesteps[k + 1] : last;
          if (to >= t && eta != 0) {
            throw new IllegalArgumentException(
                "eta: found %s from timestep %d to %d, expected 0 in ascending order"
                    .formatted(eta, t, to));
          }
          step.ddim(
              Math.sqrt(schedule.alphaBar()[t]),
              Math.sqrt(schedule.noise()[t]),
              to < 0 ? 1 : Math.sqrt(schedule.alphaBar()[to]),
              to < 0 ? 0 : Math.sqrt(schedule.noise()[to]),
              ReverseStep.deviation(schedule, t, to, eta),
              state,
              output,
              drawn,
              next);
        },
        eta != 0);
  }

  /// DDPM: ancestral sampling with the posterior of given timesteps, down to clean data. Ho et al.,
  /// arXiv:2006.11239, algorithm 2.
  ///
  /// @param timesteps descending
  /// @param variance a fixed kind of [Posterior#VARIANCES]
  /// @throws IllegalArgumentException unless x has whole rows, timesteps descend and the kind is
  ///   fixed
  public void ddpm(
      Schedule schedule, int[] timesteps, String variance, Model model, double[] x, int rows) {
    if (variance.startsWith("learned")) {
      throw new IllegalArgumentException(
          "variance: found '%s', expected a fixed kind".formatted(variance));
    }
    ReverseStep step = new ReverseStep(prediction, threshold, epsFromClipped);
    loop(
        timesteps.length,
        k -> timesteps[k],
        model,
        x,
        rows,
        (k, state, output, drawn, next) -> {
          int t = timesteps[k];
          int to = k + 1 < timesteps.length ? timesteps[k + 1] : -1;
          if (to >= t) {
            throw new IllegalArgumentException(
                "timesteps: found %d after %d, expected descending ones".formatted(to, t));
          }
          step.ddpm(
              Math.sqrt(schedule.alphaBar()[t]),
              Math.sqrt(schedule.noise()[t]),
              schedule.posterior(t, to),
              variance,
              to < 0,
              state,
              output,
              output,
              drawn,
              next);
        },
        !variance.equals("none"));
  }

  /// Euler's method on dx/dsigma from `sigmas[0]` to the last. Karras et al., arXiv:2206.00364,
  /// algorithm 1 without its correction.
  ///
  /// @param straight whether x is on the straight path (alpha = 1 - sigma), not alpha = 1
  /// @param sigmas at least two, usually descending to 0
  /// @throws IllegalArgumentException unless x has whole rows
  public void euler(boolean straight, double[] sigmas, Model model, double[] x, int rows) {
    ReverseStep step = new ReverseStep(prediction, threshold, epsFromClipped);
    loop(
        sigmas.length - 1,
        k -> sigmas[k],
        model,
        x,
        rows,
        (k, state, output, drawn, next) -> {
          step.slope(straight, sigmas[k], state, output, drawn);
          for (int j = 0; j < state.length; j++) {
            next[j] = state[j] + (sigmas[k + 1] - sigmas[k]) * drawn[j];
          }
        },
        false);
  }

  /// Heun's method: the mean of the slopes at both ends of each step, Euler where it ends at 0.
  /// Karras et al., algorithm 1. Two evaluations of the model a step.
  ///
  /// @param straight as in [#euler]
  /// @param sigmas as in [#euler]
  /// @throws IllegalArgumentException unless x has whole rows
  public void heun(boolean straight, double[] sigmas, Model model, double[] x, int rows) {
    ReverseStep step = new ReverseStep(prediction, threshold, epsFromClipped);
    int dim = dim(x, rows);
    double[] start = new double[x.length];
    double[] first = new double[x.length];
    double[] output = new double[x.length];
    double[] slope = new double[dim];
    for (int k = 0; k + 1 < sigmas.length; k++) {
      double width = sigmas[k + 1] - sigmas[k];
      System.arraycopy(x, 0, start, 0, x.length);
      model.predict(x, rows, dim, sigmas[k], output);
      for (int r = 0; r < rows; r++) {
        step.slope(straight, sigmas[k], row(x, r, dim), row(output, r, dim), slope);
        System.arraycopy(slope, 0, first, r * dim, dim);
      }
      for (int j = 0; j < x.length; j++) {
        x[j] = start[j] + width * first[j];
      }
      if (sigmas[k + 1] == 0) {
        continue;
      }
      model.predict(x, rows, dim, sigmas[k + 1], output);
      for (int r = 0; r < rows; r++) {
        step.slope(straight, sigmas[k + 1], row(x, r, dim), row(output, r, dim), slope);
        for (int j = 0; j < dim; j++) {
          int at = r * dim + j;
          x[at] = start[at] + width * 0.5 * (first[at] + slope[j]);
        }
      }
    }
  }

  /// One step of one row.
  private interface RowStep {
    void apply(int k, double[] state, double[] output, double[] drawn, double[] next);
  }

  private void loop(
      int steps,
      IntToDoubleFunction time,
      Model model,
      double[] x,
      int rows,
      RowStep step,
      boolean draws) {
    int dim = dim(x, rows);
    double[] output = new double[x.length];
    double[] drawn = new double[x.length];
    double[] next = new double[dim];
    for (int k = 0; k < steps; k++) {
      model.predict(x, rows, dim, time.applyAsDouble(k), output);
      if (draws) {
        noise.normalsF64(firstRow * dim, x.length, k, MemorySegment.ofArray(drawn));
      }
      for (int r = 0; r < rows; r++) {
        step.apply(k, row(x, r, dim), row(output, r, dim), row(drawn, r, dim), next);
        System.arraycopy(next, 0, x, r * dim, dim);
      }
    }
  }

  private static double[] row(double[] values, int row, int dim) {
    return java.util.Arrays.copyOfRange(values, row * dim, (row + 1) * dim);
  }

  private static int dim(double[] x, int rows) {
    if (rows < 1 || x.length % rows != 0) {
      throw new IllegalArgumentException(
          "x: found %d elements, expected a multiple of %d rows".formatted(x.length, rows));
    }
    return x.length / rows;
  }
}
