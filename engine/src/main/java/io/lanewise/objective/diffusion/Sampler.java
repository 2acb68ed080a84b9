package io.lanewise.objective.diffusion;

import io.lanewise.noise.Noise;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Reverse diffusion in Java, with the model a function over batches. States are float64, `rows *
/// dim` elements, row-major, changed in place. Noise of loop step k is stream k of the noise,
/// element `row * dim + column`, so results do not depend on how rows are split as long as the
/// first row is given, nor on threads: the model is asked for all rows at once, in the caller's
/// thread; what follows for a row is computed in tiles of rows, in parallel by the pool that the
/// caller runs in ([java.util.concurrent.ForkJoinPool#commonPool] unless it is within another).
///
/// @param prediction what the model predicts
/// @param threshold what is done to predicted clean data
/// @param epsFromClipped whether DDIM and the ODE solvers take eps from the thresholded x0
///   (guided-diffusion) or from the model's output alone (diffusers); the ODE solvers refuse a
///   threshold with the latter, since it would not show
/// @param noise where noise comes from; only drawn where a step adds some
/// @param firstRow the index of the first row in the whole data set
public record Sampler(
    Prediction prediction,
    Threshold threshold,
    boolean epsFromClipped,
    Noise noise,
    long firstRow) {

  /// Rows of about so many elements are one thread's work.
  private static final int TILE = 16_384;

  /// What EDM's stochastic sampler adds.
  ///
  /// @param churn S_churn: how much noise is added; 0 for none
  /// @param least S_tmin: the least sigma at which some is
  /// @param most S_tmax: the largest
  /// @param spread S_noise: the noise's standard deviation, 1 or a little more
  public record Churn(double churn, double least, double most, double spread) {
    public Churn {
      if (!(churn >= 0 && least >= 0 && spread >= 0) || Double.isNaN(most)) {
        throw new IllegalArgumentException(
            "churn: found S_churn %s, S_tmin %s, S_tmax %s, S_noise %s, expected numbers >= 0"
                .formatted(churn, least, most, spread));
      }
    }
  }

  /// A model: from states at one time to predictions.
  public interface Model {
    /// Writes the prediction for every state.
    ///
    /// @param x `rows * dim` states; not to be changed
    /// @param rows number of rows
    /// @param dim elements a row
    /// @param t the timestep of DDPM and DDIM, sigma or time for the ODE solvers
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
    for (int k = 0; k < timesteps.length; k++) {
      if (eta != 0 && next(timesteps, k, last) >= timesteps[k]) {
        throw new IllegalArgumentException(
            "eta: found %s from timestep %d to %d, expected 0 in ascending order"
                .formatted(eta, timesteps[k], next(timesteps, k, last)));
      }
    }
    double[] output = new double[x.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = next(timesteps, k, last);
      double alpha = Math.sqrt(schedule.alphaBar()[t]);
      double sigma = Math.sqrt(schedule.noise()[t]);
      double alphaNext = to < 0 ? 1 : Math.sqrt(schedule.alphaBar()[to]);
      double sigmaNext = to < 0 ? 0 : Math.sqrt(schedule.noise()[to]);
      double deviation = ReverseStep.deviation(schedule, t, to, eta);
      model.predict(x, rows, dim(x, rows), t, output);
      update(
          x,
          rows,
          output,
          eta == 0 ? NO_NOISE : k,
          (step, at, state, predicted, drawn, next) ->
              step.ddim(
                  alpha, sigma, alphaNext, sigmaNext, deviation, state, predicted, drawn, next));
    }
  }

  /// Inverse DDIM: from the level of the first timestep to that of the last, without noise. Mokady
  /// et al., arXiv:2211.09794, section 3.2.
  ///
  /// @param timesteps at least two, ascending
  /// @throws IllegalArgumentException unless x has whole rows and timesteps ascend
  public void ddimInverse(Schedule schedule, int[] timesteps, Model model, double[] x, int rows) {
    for (int k = 0; k + 1 < timesteps.length; k++) {
      if (timesteps[k + 1] <= timesteps[k]) {
        throw new IllegalArgumentException(
            "timesteps: found %d after %d, expected ascending ones"
                .formatted(timesteps[k + 1], timesteps[k]));
      }
    }
    int steps = timesteps.length - 1;
    ddim(schedule, Arrays.copyOf(timesteps, steps), timesteps[steps], 0, model, x, rows);
  }

  private static int next(int[] timesteps, int k, int last) {
    return k + 1 < timesteps.length ? timesteps[k + 1] : last;
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
    for (int k = 0; k < timesteps.length; k++) {
      if (next(timesteps, k, -1) >= timesteps[k]) {
        throw new IllegalArgumentException(
            "timesteps: found %d after %d, expected descending ones"
                .formatted(next(timesteps, k, -1), timesteps[k]));
      }
    }
    double[] output = new double[x.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = next(timesteps, k, -1);
      double alpha = Math.sqrt(schedule.alphaBar()[t]);
      double sigma = Math.sqrt(schedule.noise()[t]);
      Posterior posterior = schedule.posterior(t, to);
      model.predict(x, rows, dim(x, rows), t, output);
      update(
          x,
          rows,
          output,
          variance.equals("none") ? NO_NOISE : k,
          (step, at, state, predicted, drawn, next) ->
              step.ddpm(
                  alpha, sigma, posterior, variance, to < 0, state, predicted, predicted, drawn,
                  next));
    }
  }

  /// Euler's method on dx/dsigma from `sigmas[0]` to the last. Karras et al., arXiv:2206.00364,
  /// algorithm 1 without its correction.
  ///
  /// @param straight whether x is on the straight path (alpha = 1 - sigma), not alpha = 1
  /// @param sigmas at least two, usually descending to 0
  /// @throws IllegalArgumentException unless x has whole rows
  public void euler(boolean straight, double[] sigmas, Model model, double[] x, int rows) {
    probabilityFlow(path(straight), sigmas, false, model, x, rows);
  }

  /// Heun's method: the mean of the slopes at both ends of each step, Euler where it ends at 0.
  /// Karras et al., algorithm 1. Two evaluations of the model a step.
  ///
  /// @param straight as in [#euler]
  /// @param sigmas as in [#euler]
  /// @throws IllegalArgumentException unless x has whole rows
  public void heun(boolean straight, double[] sigmas, Model model, double[] x, int rows) {
    probabilityFlow(path(straight), sigmas, true, model, x, rows);
  }

  private static DiffusionProcess path(boolean straight) {
    return straight ? new DiffusionProcess.Flow(true) : new DiffusionProcess.Edm();
  }

  /// The probability-flow ODE of a process, `dx/dt = alpha' x0 + sigma' eps = f x - g^2 score / 2`,
  /// by Euler's or Heun's method. Song et al., arXiv:2011.13456, equation 13.
  ///
  /// @param times at least two, in either direction
  /// @param heun whether slopes at both ends are averaged; Euler's step is taken where the noise
  ///   ends
  /// @throws IllegalArgumentException unless x has whole rows
  public void probabilityFlow(
      DiffusionProcess process, double[] times, boolean heun, Model model, double[] x, int rows) {
    newStep().checkSlopes();
    for (int k = 0; k + 1 < times.length; k++) {
      ode(process, times[k], times[k + 1], heun, model, x, rows);
    }
  }

  /// Euler's method with noise added after each step, as k-diffusion's Euler ancestral: each step
  /// goes from sigma to `sqrt(sigma'^2 - up^2)`, then adds noise of deviation `up = min(sigma', eta
  /// sigma' sqrt(1 - sigma'^2 / sigma^2))`.
  ///
  /// @param sigmas at least two, descending, usually to 0
  /// @param eta 1 for the noise of the SDE, 0 for Euler's method
  /// @throws IllegalArgumentException unless x has whole rows and sigmas descend
  public void eulerAncestral(double[] sigmas, double eta, Model model, double[] x, int rows) {
    newStep().checkSlopes();
    DiffusionProcess path = path(false);
    double[] output = new double[x.length];
    for (int k = 0; k + 1 < sigmas.length; k++) {
      double from = sigmas[k];
      double to = sigmas[k + 1];
      if (!(to < from && to >= 0 && eta >= 0)) {
        throw new IllegalArgumentException(
            "sigmas: found %s after %s with eta %s, expected descending ones and eta >= 0"
                .formatted(to, from, eta));
      }
      ReverseStep.Ancestral parts = ReverseStep.Ancestral.of(from, to, eta);
      model.predict(x, rows, dim(x, rows), from, output);
      update(
          x,
          rows,
          output,
          parts.up() == 0 ? NO_NOISE : k,
          (step, at, state, predicted, drawn, next) -> {
            step.slope(path, from, state, predicted, next);
            for (int j = 0; j < next.length; j++) {
              next[j] = state[j] + (parts.down() - from) * next[j];
              next[j] += parts.up() == 0 ? 0 : parts.up() * drawn[j];
            }
          });
    }
  }

  /// EDM's stochastic sampler: before each step noise is added, and sigma raised to match; then a
  /// step of Euler's or Heun's method. Karras et al., arXiv:2206.00364, algorithm 2.
  ///
  /// @param sigmas as in [#euler]; their number less one is the N by which S_churn is divided
  /// @param heun whether steps are corrected, as the paper does
  /// @throws IllegalArgumentException unless x has whole rows
  public void churn(double[] sigmas, Churn churn, boolean heun, Model model, double[] x, int rows) {
    newStep().checkSlopes();
    int steps = sigmas.length - 1;
    for (int k = 0; k < steps; k++) {
      double sigma = sigmas[k];
      double raised = ReverseStep.churned(sigma, churn.churn(), steps, churn.least(), churn.most());
      if (raised > sigma) {
        double added = churn.spread() * Math.sqrt((raised - sigma) * (raised + sigma));
        update(
            x,
            rows,
            x,
            k,
            (step, at, state, predicted, drawn, next) -> {
              for (int j = 0; j < next.length; j++) {
                next[j] = state[j] + added * drawn[j];
              }
            });
      }
      ode(path(false), raised, sigmas[k + 1], heun, model, x, rows);
    }
  }

  /// One step of an ODE solver.
  private void ode(
      DiffusionProcess path,
      double from,
      double to,
      boolean heun,
      Model model,
      double[] x,
      int rows) {
    boolean corrected = heun && path.sigma(to) != 0;
    double width = to - from;
    int dim = dim(x, rows);
    double[] output = new double[x.length];
    double[] start = corrected ? x.clone() : x;
    double[] first = new double[corrected ? x.length : 0];
    model.predict(x, rows, dim, from, output);
    update(
        x,
        rows,
        output,
        NO_NOISE,
        (step, at, state, predicted, drawn, next) -> {
          step.slope(path, from, state, predicted, next);
          if (corrected) {
            System.arraycopy(next, 0, first, at, dim);
          }
          for (int j = 0; j < dim; j++) {
            next[j] = state[j] + width * next[j];
          }
        });
    if (corrected) {
      model.predict(x, rows, dim, to, output);
      update(
          x,
          rows,
          output,
          NO_NOISE,
          (step, at, state, predicted, drawn, next) -> {
            step.slope(path, to, state, predicted, next);
            for (int j = 0; j < dim; j++) {
              next[j] = start[at + j] + width * 0.5 * (first[at + j] + next[j]);
            }
          });
    }
  }

  /// One step of one row.
  private interface RowStep {
    /// @param at the row's first element in the whole array
    void apply(
        ReverseStep step,
        int at,
        double[] state,
        double[] predicted,
        double[] drawn,
        double[] next);
  }

  private static final int NO_NOISE = -1;

  private ReverseStep newStep() {
    return new ReverseStep(prediction, threshold, epsFromClipped);
  }

  /// Replaces every row by its next state, tiles of rows in parallel: no row sees another.
  ///
  /// @param stream the stream of the noise, or [#NO_NOISE]
  private void update(double[] x, int rows, double[] output, int stream, RowStep step) {
    int dim = dim(x, rows);
    int tile = Math.max(1, TILE / Math.max(dim, 1));
    IntStream.range(0, Math.ceilDiv(rows, tile))
        .parallel()
        .forEach(i -> tile(x, dim, i * tile, Math.min(rows, (i + 1) * tile), output, stream, step));
  }

  private void tile(
      double[] x, int dim, int from, int to, double[] output, int stream, RowStep step) {
    ReverseStep reverse = newStep();
    double[] state = new double[dim];
    double[] predicted = new double[dim];
    double[] drawn = new double[dim];
    double[] next = new double[dim];
    double[] normals = new double[stream == NO_NOISE ? 0 : (to - from) * dim];
    if (stream != NO_NOISE) {
      noise.normalsF64(
          (firstRow + from) * dim, normals.length, stream, MemorySegment.ofArray(normals));
    }
    for (int r = from; r < to; r++) {
      System.arraycopy(x, r * dim, state, 0, dim);
      System.arraycopy(output, r * dim, predicted, 0, dim);
      if (stream != NO_NOISE) {
        System.arraycopy(normals, (r - from) * dim, drawn, 0, dim);
      }
      step.apply(reverse, r * dim, state, predicted, drawn, next);
      System.arraycopy(next, 0, x, r * dim, dim);
    }
  }

  private static int dim(double[] x, int rows) {
    if (rows < 1 || x.length % rows != 0) {
      throw new IllegalArgumentException(
          "x: found %d elements, expected a multiple of %d rows".formatted(x.length, rows));
    }
    return x.length / rows;
  }
}
