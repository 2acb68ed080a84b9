package io.lanewise.objective.diffusion;

/// One step of a sampler for one row, in float64: what the transforms and [Sampler] share. Used by
/// one worker; arrays are as long as a row.
final class ReverseStep {
  private final Prediction kind;
  private final Threshold threshold;
  private final boolean epsFromClipped;
  private double[] x0 = new double[0];
  private double[] eps = new double[0];

  /// @param epsFromClipped whether eps follows from x_t and the thresholded x0, not from the model
  ///   alone
  ReverseStep(Prediction kind, Threshold threshold, boolean epsFromClipped) {
    this.kind = kind;
    this.threshold = threshold;
    this.epsFromClipped = epsFromClipped;
  }

  private void split(double alpha, double sigma, double[] x, double[] output) {
    if (x0.length != x.length) {
      x0 = new double[x.length];
      eps = new double[x.length];
    }
    convert(kind.to(Prediction.X0, alpha, sigma), x, output, x0);
    convert(kind.to(Prediction.EPS, alpha, sigma), x, output, eps);
    threshold.apply(x0);
    if (epsFromClipped) {
      for (int j = 0; j < x.length; j++) {
        eps[j] = (x[j] - alpha * x0[j]) / sigma;
      }
    }
  }

  private static void convert(
      Prediction.Conversion to, double[] x, double[] output, double[] into) {
    double state = to.state();
    double factor = to.output();
    if (state == 0) {
      System.arraycopy(output, 0, into, 0, into.length);
      return;
    }
    for (int j = 0; j < into.length; j++) {
      into[j] = state * x[j] + factor * output[j];
    }
  }

  /// `alphaNext x0 + sqrt(sigmaNext^2 - deviation^2) eps + deviation noise`.
  void ddim(
      double alpha,
      double sigma,
      double alphaNext,
      double sigmaNext,
      double deviation,
      double[] x,
      double[] output,
      double[] noise,
      double[] next) {
    split(alpha, sigma, x, output);
    double direction = Math.sqrt(Math.max(sigmaNext * sigmaNext - deviation * deviation, 0));
    for (int j = 0; j < x.length; j++) {
      next[j] = alphaNext * x0[j] + direction * eps[j];
    }
    for (int j = 0; deviation != 0 && j < x.length; j++) {
      next[j] += deviation * noise[j];
    }
  }

  /// `coefficient1 x0 + coefficient2 x + sqrt(variance) noise`.
  ///
  /// @param variance the kind, see [Posterior#variance(String, double)]
  /// @param model what the model says of the variance, for the learned kinds
  /// @param last whether the step ends at clean data: then nothing is added
  void ddpm(
      double alpha,
      double sigma,
      Posterior posterior,
      String variance,
      boolean last,
      double[] x,
      double[] output,
      double[] model,
      double[] noise,
      double[] next) {
    split(alpha, sigma, x, output);
    boolean learned = variance.startsWith("learned");
    double ofData = posterior.coefficient1();
    double ofState = posterior.coefficient2();
    for (int j = 0; j < x.length; j++) {
      next[j] = ofData * x0[j] + ofState * x[j];
    }
    if (last) {
      return;
    }
    if (learned) {
      for (int j = 0; j < x.length; j++) {
        double deviation = Math.sqrt(posterior.variance(variance, model[j]));
        next[j] += deviation == 0 ? 0 : deviation * noise[j];
      }
      return;
    }
    double fixed = Math.sqrt(posterior.variance(variance, 0));
    for (int j = 0; fixed != 0 && j < x.length; j++) {
      next[j] += fixed * noise[j];
    }
  }

  /// dx/dt of the probability-flow ODE, `alpha' x0 + sigma' eps`: eps where alpha is 1 and time is
  /// sigma, the velocity of the straight path where alpha is 1 - sigma.
  void slope(DiffusionProcess path, double time, double[] x, double[] output, double[] slope) {
    split(path.alpha(time), path.sigma(time), x, output);
    double ofData = path.alphaRate(time);
    double ofNoise = path.sigmaRate(time);
    for (int j = 0; j < x.length; j++) {
      slope[j] = ofNoise * eps[j] + (ofData == 0 ? 0 : ofData * x0[j]);
    }
  }

  /// Refuses a threshold that would not show: a slope is mostly eps.
  ///
  /// @throws IllegalArgumentException if x0 is thresholded and eps does not follow from it
  void checkSlopes() {
    if (!threshold.kind().equals("none") && !epsFromClipped) {
      throw new IllegalArgumentException(
          "threshold is '%s': found eps from the model's output alone, which makes the slope,"
                  .formatted(threshold.kind())
              + " expected eps from the thresholded x0 (eps-from 'clipped')");
    }
  }

  /// How an ancestral step from sigma to a lower one divides: down without noise, then noise up.
  /// Without `eta` it is all down. k-diffusion's get_ancestral_step.
  ///
  /// @param down the sigma that the ODE goes to
  /// @param up the standard deviation of the noise that is added then
  record Ancestral(double down, double up) {
    static Ancestral of(double from, double to, double eta) {
      double full = to * Math.sqrt((from - to) * (from + to)) / from;
      double up = Math.min(to, eta * full);
      return new Ancestral(Math.sqrt((to - up) * (to + up)), up);
    }
  }

  /// The sigma that EDM's stochastic sampler raises `sigma` to before a step: `sigma (1 + min(churn
  /// / steps, sqrt(2) - 1))` within `[least, most]`, itself outside.
  static double churned(double sigma, double churn, int steps, double least, double most) {
    boolean inside = sigma >= least && sigma <= most;
    return inside ? sigma * (1 + Math.min(churn / steps, Math.sqrt(2) - 1)) : sigma;
  }

  /// The standard deviation of DDIM's noise, `eta sqrt(posterior variance)`.
  static double deviation(Schedule schedule, int t, int next, double eta) {
    return eta == 0 ? 0 : eta * Math.sqrt(schedule.posterior(t, next).variance());
  }
}
