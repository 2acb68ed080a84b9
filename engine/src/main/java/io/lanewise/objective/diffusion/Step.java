package io.lanewise.objective.diffusion;

/// One step of a sampler, `next = clean x0 + eps eps + state x + noise z`, with x0 and eps as they
/// follow from what the model predicted at the level `x = alpha x0 + sigma eps`: the one definition
/// of every step, for the transforms and for [Sampler]. [ReverseStep] computes it.
///
/// @param alpha the factor of the data in x
/// @param sigma the factor of the noise in x
/// @param clean the factor of the predicted data
/// @param eps the factor of the predicted noise
/// @param state the factor of x
/// @param noise the factor of fresh noise; where it is 0 there is none
record Step(double alpha, double sigma, double clean, double eps, double state, double noise) {
  /// DDIM, `alphaNext x0 + sqrt(sigmaNext^2 - deviation^2) eps + deviation z` with `deviation = eta
  /// sqrt(posterior variance)`. Song et al., arXiv:2010.02502, equation 12.
  ///
  /// @param next the timestep that it leads to; -1 for clean data; above t only without noise
  static Step ddim(Schedule schedule, int t, int next, double eta) {
    double noise = schedule.noise()[t];
    double signal = schedule.alphaBar()[t];
    double alpha = Math.sqrt(signal);
    double sigma = Math.sqrt(noise);
    if (next < 0) {
      return new Step(alpha, sigma, 1, 0, 0, 0);
    }
    double signalNext = schedule.alphaBar()[next];
    double noiseNext = schedule.noise()[next];
    double clean = Math.sqrt(signalNext);
    if (eta == 0) {
      return new Step(alpha, sigma, clean, Math.sqrt(noiseNext), 0, 0);
    }
    // 1 - variance / noiseNext is (signal / signalNext) (noiseNext / noise): a product, where the
    // difference would leave nothing of a step from much noise to little.
    double kept = signal / signalNext * (noiseNext / noise);
    double direction = noiseNext * ((1 - eta) * (1 + eta) + eta * eta * kept);
    return new Step(
        alpha,
        sigma,
        clean,
        Math.sqrt(Math.max(direction, 0)),
        0,
        eta * Math.sqrt(schedule.posterior(t, next).variance()));
  }

  /// DDPM, `coefficient1 x0 + coefficient2 x + deviation z`. Ho et al., arXiv:2006.11239, equation
  /// 7.
  ///
  /// @param next the timestep that it leads to; -1 for clean data, to which nothing is added
  /// @param deviation the noise's standard deviation; 1 where `z` has it already
  static Step ddpm(Schedule schedule, int t, int next, Posterior posterior, double deviation) {
    return new Step(
        Math.sqrt(schedule.alphaBar()[t]),
        Math.sqrt(schedule.noise()[t]),
        posterior.coefficient1(),
        0,
        posterior.coefficient2(),
        next < 0 ? 0 : deviation);
  }

  /// DDPM with a model that says the mean itself, in place of x0: `mean + deviation z`.
  static Step toMean(int next, double deviation) {
    return new Step(1, 1, 1, 0, 0, next < 0 ? 0 : deviation);
  }

  /// Euler's method on the probability-flow ODE, `x + (next - time) (alpha' x0 + sigma' eps)`: the
  /// slope is eps where alpha is 1 and time is sigma, the velocity of the straight path where alpha
  /// is 1 - sigma.
  static Step euler(DiffusionProcess path, double time, double next) {
    return slope(path, time, next - time, 1, 0);
  }

  /// Heun's correction of Euler's step from `time` to `next`, whose result x is here and where the
  /// model was asked again: with the x before in place of z, half of either and half of the slope
  /// at `next`, which is `before + (next - time) (slope + slope') / 2`.
  static Step heun(DiffusionProcess path, double time, double next) {
    return slope(path, next, 0.5 * (next - time), 0.5, 0.5);
  }

  /// Euler's step down, then noise up, so that both lead from sigma to `next`: `up = min(next, eta
  /// next sqrt(1 - next^2 / sigma^2))`, `down = sqrt(next^2 - up^2)`. k-diffusion's
  /// get_ancestral_step.
  static Step ancestral(double sigma, double next, double eta) {
    if (next == 0) {
      return euler(new DiffusionProcess.Edm(), sigma, 0);
    }
    double up = up(sigma, next, eta);
    return slope(new DiffusionProcess.Edm(), sigma, down(next, up) - sigma, 1, up);
  }

  /// The deviation of the noise of an ancestral step; 0 where it leads to 0.
  static double up(double sigma, double next, double eta) {
    return Math.min(next, eta * (next * Math.sqrt((sigma - next) * (sigma + next)) / sigma));
  }

  /// The sigma that an ancestral step goes down to before noise leads up to `next`.
  static double down(double next, double up) {
    return Math.sqrt((next - up) * (next + up));
  }

  private static Step slope(
      DiffusionProcess path, double time, double span, double state, double noise) {
    return new Step(
        path.alpha(time),
        path.sigma(time),
        span * path.alphaRate(time),
        span * path.sigmaRate(time),
        state,
        noise);
  }

  /// Noise that raises sigma: `x + sqrt(raised^2 - sigma^2) spread z`.
  static Step raise(double sigma, double raised, double spread) {
    double added = spread * Math.sqrt((raised - sigma) * (raised + sigma));
    return new Step(1, sigma, 0, 0, 1, added);
  }

  /// The sigma that EDM's stochastic sampler raises `sigma` to before a step: `sigma (1 + min(churn
  /// / steps, sqrt(2) - 1))` within `[least, most]`, itself outside.
  static double churned(double sigma, double churn, int steps, double least, double most) {
    boolean inside = sigma >= least && sigma <= most;
    return inside ? sigma * (1 + Math.min(churn / steps, Math.sqrt(2) - 1)) : sigma;
  }
}
