package io.lanewise.objective.diffusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
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

  /// A model that predicts the variance of DDPM's steps too.
  public interface VarianceModel {
    /// Writes both predictions for every state.
    ///
    /// @param x `rows * dim` states; not to be changed
    /// @param rows number of rows
    /// @param dim elements a row
    /// @param t the timestep
    /// @param out `rows * dim` predictions, to be written
    /// @param variance what the model says of the variance of each of them, to be written: its
    ///   natural logarithm (`learned`), or a number that goes from -1 to 1 between the logarithms
    ///   of the posterior variance and of beta (`learned-range`)
    void predict(double[] x, int rows, int dim, double t, double[] out, double[] variance);
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
            "eta: found %s from timestep %d at %d to %d, expected 0 in ascending order"
                .formatted(eta, timesteps[k], k, next(timesteps, k, last)));
      }
    }
    double[] output = new double[x.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = next(timesteps, k, last);
      model.predict(x, rows, dim(x, rows), t, output);
      update(x, rows, output, drawn(k, dim(x, rows)), Step.ddim(schedule, t, to, eta));
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
            "timesteps: found %d after %d at %d, expected ascending ones"
                .formatted(timesteps[k + 1], timesteps[k], k));
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
    checkVariance(variance, false);
    checkDescending(timesteps);
    double[] output = new double[x.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = next(timesteps, k, -1);
      Posterior posterior = schedule.posterior(t, to);
      double deviation = Math.sqrt(posterior.variance(variance, 0));
      model.predict(x, rows, dim(x, rows), t, output);
      update(
          x,
          rows,
          output,
          drawn(k, dim(x, rows)),
          Step.ddpm(schedule, t, to, posterior, deviation));
    }
  }

  /// The same with a model that predicts the variance too. Nichol and Dhariwal, arXiv:2102.09672,
  /// section 3.1; `learned-range` is between the posterior variance and beta of the given
  /// timesteps.
  ///
  /// @param timesteps descending
  /// @param variance a learned kind of [Posterior#VARIANCES]
  /// @throws IllegalArgumentException unless x has whole rows, timesteps descend and the kind is
  ///   learned
  public void ddpm(
      Schedule schedule,
      int[] timesteps,
      String variance,
      VarianceModel model,
      double[] x,
      int rows) {
    checkVariance(variance, true);
    checkDescending(timesteps);
    double[] output = new double[x.length];
    double[] ofVariance = new double[x.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = next(timesteps, k, -1);
      Posterior posterior = schedule.posterior(t, to);
      model.predict(x, rows, dim(x, rows), t, output, ofVariance);
      Source normals = drawn(k, dim(x, rows));
      update(
          x,
          rows,
          output,
          (first, into) -> {
            normals.read(first, into);
            posterior.spread(variance, ofVariance, first, into);
          },
          Step.ddpm(schedule, t, to, posterior, 1));
    }
  }

  private static void checkVariance(String variance, boolean learned) {
    if (!Posterior.VARIANCES.contains(variance) || variance.startsWith("learned") != learned) {
      throw new IllegalArgumentException(
          "variance: found '%s', expected a %s kind"
              .formatted(variance, learned ? "learned" : "fixed"));
    }
  }

  static void checkDescending(int[] timesteps) {
    for (int k = 0; k < timesteps.length; k++) {
      if (next(timesteps, k, -1) >= timesteps[k]) {
        throw new IllegalArgumentException(
            "timesteps: found %d after %d at %d, expected descending ones"
                .formatted(next(timesteps, k, -1), timesteps[k], k));
      }
    }
  }

  private static void checkDescending(double[] sigmas) {
    for (int k = 0; k + 1 < sigmas.length; k++) {
      if (!(sigmas[k + 1] < sigmas[k] && sigmas[k + 1] >= 0) || Double.isInfinite(sigmas[k])) {
        throw new IllegalArgumentException(
            "sigmas: found %s after %s at %d, expected descending ones, >= 0"
                .formatted(sigmas[k + 1], sigmas[k], k));
      }
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
    checkDescending(sigmas);
    if (!(eta >= 0)) {
      throw new IllegalArgumentException("eta: found %s, expected a number >= 0".formatted(eta));
    }
    double[] output = new double[x.length];
    for (int k = 0; k + 1 < sigmas.length; k++) {
      double from = sigmas[k];
      double to = sigmas[k + 1];
      model.predict(x, rows, dim(x, rows), from, output);
      update(x, rows, output, drawn(k, dim(x, rows)), Step.ancestral(from, to, eta));
    }
  }

  /// EDM's stochastic sampler: before each step noise is added, and sigma raised to match; then a
  /// step of Euler's or Heun's method. Karras et al., arXiv:2206.00364, algorithm 2.
  ///
  /// @param sigmas at least two, descending, usually to 0; their number less one is the N by which
  ///   S_churn is divided
  /// @param heun whether steps are corrected, as the paper does
  /// @throws IllegalArgumentException unless x has whole rows and sigmas descend
  public void churn(double[] sigmas, Churn churn, boolean heun, Model model, double[] x, int rows) {
    newStep().checkSlopes();
    checkDescending(sigmas);
    int steps = sigmas.length - 1;
    for (int k = 0; k < steps; k++) {
      double sigma = sigmas[k];
      double raised = Step.churned(sigma, churn.churn(), steps, churn.least(), churn.most());
      if (raised > sigma) {
        update(x, rows, x, drawn(k, dim(x, rows)), Step.raise(sigma, raised, churn.spread()));
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
    int dim = dim(x, rows);
    double[] output = new double[x.length];
    double[] start = corrected ? x.clone() : x;
    model.predict(x, rows, dim, from, output);
    update(x, rows, output, NOTHING, Step.euler(path, from, to));
    if (corrected) {
      model.predict(x, rows, dim, to, output);
      update(
          x,
          rows,
          output,
          (first, into) ->
              MemorySegment.copy(start, first, into, JAVA_DOUBLE, 0, (int) (into.byteSize() / 8)),
          Step.heun(path, from, to));
    }
  }

  /// What stands in place of noise.
  interface Source {
    /// Writes it for elements from `first` on, float64, as many as there is room for.
    void read(int first, MemorySegment into);
  }

  static final Source NOTHING = (first, into) -> {};

  /// The noise of loop step k.
  Source drawn(int k, int dim) {
    long firstElement = firstRow * dim;
    return (first, into) ->
        noise.normalsF64(firstElement + first, into.byteSize() / Double.BYTES, k, into);
  }

  ReverseStep newStep() {
    return new ReverseStep(prediction, threshold, epsFromClipped, Kernels.active());
  }

  /// Replaces every row by its next state, tiles of rows in parallel: no row sees another.
  ///
  /// @param source asked only if the step has noise
  private void update(double[] x, int rows, double[] output, Source source, Step step) {
    int dim = dim(x, rows);
    int tile = tile(dim);
    IntStream.range(0, Math.ceilDiv(rows, tile))
        .parallel()
        .forEach(i -> tile(x, dim, i * tile, Math.min(rows, (i + 1) * tile), output, source, step));
  }

  /// Rows that are one thread's work.
  static int tile(int dim) {
    return Math.max(1, TILE / Math.max(dim, 1));
  }

  private void tile(
      double[] x, int dim, int from, int to, double[] output, Source source, Step step) {
    int rows = to - from;
    ReverseStep reverse = newStep();
    reverse.reserve(rows);
    for (int i = 0; i < rows; i++) {
      reverse.set(i, step);
    }
    MemorySegment normals =
        step.noise() == 0 ? MemorySegment.NULL : MemorySegment.ofArray(new double[rows * dim]);
    if (step.noise() != 0) {
      source.read(from * dim, normals);
    }
    MemorySegment state = part(x, from * dim, rows * dim);
    MemorySegment predicted = part(output, from * dim, rows * dim);
    reverse.apply(DType.FLOAT64, state, predicted, normals, rows, dim, state);
  }

  static MemorySegment part(double[] values, int first, int count) {
    return MemorySegment.ofArray(values)
        .asSlice((long) first * Double.BYTES, (long) count * Double.BYTES);
  }

  static int dim(double[] x, int rows) {
    if (rows < 1 || x.length % rows != 0) {
      throw new IllegalArgumentException(
          "x: found %d elements, expected a multiple of %d rows".formatted(x.length, rows));
    }
    return x.length / rows;
  }
}
