package io.lanewise.objective.score;

import io.lanewise.noise.PhiloxNoise;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Langevin dynamics in Java with the score a function: many chains, each in float64. `eta` is the
/// step in `x + eta score + sqrt(2 eta) noise`, half the h of TensorFlow Probability. What a chain
/// draws depends on the seed, the chain's number and the iteration only.
///
/// @param eta step size, > 0
/// @param metropolis whether proposals are accepted or rejected so that the target is kept exactly
///   (MALA), or always taken (ULA, whose stationary distribution is off by O(eta))
/// @param burnIn iterations that are not kept
/// @param thin every how many iterations a state is kept after that, >= 1
/// @param seed of the noise
public record LangevinSampler(double eta, boolean metropolis, int burnIn, int thin, long seed) {
  public LangevinSampler {
    if (!(eta > 0) || Double.isInfinite(eta) || burnIn < 0 || thin < 1) {
      throw new IllegalArgumentException(
          "langevin: found eta %s, burn-in %d, thin %d, expected eta > 0, burn-in >= 0, thin >= 1"
              .formatted(eta, burnIn, thin));
    }
  }

  /// What sampling gave.
  ///
  /// @param draws chain, kept draw, dimension
  /// @param acceptance the share of proposals accepted after burn-in; 1 without correction
  /// @param meanScoreNorm mean Euclidean norm of the score over chains and iterations after burn-in
  /// @param evaluations how often the score was evaluated
  public record Result(
      List<double[][]> draws, double acceptance, double meanScoreNorm, long evaluations) {}

  /// Runs chains from given states.
  ///
  /// @param start one state a chain
  /// @param kept how many draws to keep of each chain
  /// @throws IllegalArgumentException if the score gives no log-density and a correction is asked
  ///   for, or gives a number that is not finite
  public Result run(ScoreFunction target, double[][] start, int kept) {
    List<double[][]> draws = new ArrayList<>();
    PhiloxNoise noise = new PhiloxNoise(seed);
    double accepted = 0;
    double norms = 0;
    long evaluations = 0;
    long after = (long) kept * thin;
    for (int chain = 0; chain < start.length; chain++) {
      double[] x = start[chain].clone();
      int dim = x.length;
      double[] score = new double[dim];
      double[] proposal = new double[dim];
      double[] proposed = new double[dim];
      double[] drawn = new double[dim];
      double[] uniform = new double[1];
      double[][] mine = new double[kept][];
      double logDensity = checked(target.evaluate(x, score), score, chain, 0);
      evaluations++;
      for (int k = 0; k < burnIn + after; k++) {
        noise.normalsF64((long) chain * dim, dim, k, MemorySegment.ofArray(drawn));
        for (int j = 0; j < dim; j++) {
          proposal[j] = (x[j] + eta * score[j]) + Math.sqrt(2 * eta) * drawn[j];
        }
        double logProposed = checked(target.evaluate(proposal, proposed), proposed, chain, k + 1);
        evaluations++;
        boolean accept = true;
        if (metropolis) {
          noise.uniformsF64(chain, 1, k, MemorySegment.ofArray(uniform));
          double logRatio =
              Mala.logAcceptance(x, proposal, score, proposed, logDensity, logProposed, eta);
          accept = StrictMath.log(uniform[0]) < logRatio;
        }
        if (accept) {
          System.arraycopy(proposal, 0, x, 0, dim);
          System.arraycopy(proposed, 0, score, 0, dim);
          logDensity = logProposed;
        }
        if (k >= burnIn) {
          accepted += accept ? 1 : 0;
          double square = 0;
          for (double s : score) {
            square += s * s;
          }
          norms += Math.sqrt(square);
          if ((k - burnIn + 1) % thin == 0) {
            mine[(k - burnIn) / thin] = x.clone();
          }
        }
      }
      draws.add(mine);
    }
    double total = (double) after * start.length;
    return new Result(draws, accepted / total, norms / total, evaluations);
  }

  private double checked(double logDensity, double[] score, int chain, int iteration) {
    for (double s : score) {
      if (!Double.isFinite(s)) {
        throw new IllegalArgumentException(
            "chain %d iteration %d: found score %s, expected a finite number"
                .formatted(chain, iteration, s));
      }
    }
    if (metropolis && Double.isNaN(logDensity)) {
      throw new IllegalArgumentException(
          "chain %d iteration %d: found no log-density, expected one for the correction"
              .formatted(chain, iteration));
    }
    return logDensity;
  }

  /// A score at every noise level of an annealed run.
  public interface AnnealedScore {
    /// Writes the score of the data with noise of standard deviation `sigma` added.
    void evaluate(double[] x, double sigma, double[] score);
  }

  /// Annealed Langevin dynamics in place: at each noise level `steps` updates with step size
  /// `stepSize (sigma / sigmaLast)^2`, then, if asked for, one step `x + sigmaLast^2 score` to
  /// remove the noise of the last level. Song and Ermon, arXiv:1907.05600, algorithm 1 (whose alpha
  /// is 2 eta), arXiv:2006.09011.
  ///
  /// @param sigmas descending, > 0
  /// @param steps updates a level; ncsnv2 uses up to 200
  /// @param stepSize eta of the last level
  /// @param seed of the noise
  /// @param states one a chain, changed in place
  public static void annealed(
      AnnealedScore target,
      double[] sigmas,
      int steps,
      double stepSize,
      boolean denoise,
      long seed,
      double[][] states) {
    if (sigmas.length == 0 || !(stepSize > 0)) {
      throw new IllegalArgumentException(
          "annealed: found %d sigmas and step size %s, expected at least one and a number > 0"
              .formatted(sigmas.length, stepSize));
    }
    PhiloxNoise noise = new PhiloxNoise(seed);
    double last = sigmas[sigmas.length - 1];
    for (int chain = 0; chain < states.length; chain++) {
      double[] x = states[chain];
      double[] score = new double[x.length];
      double[] drawn = new double[x.length];
      int k = 0;
      for (double sigma : sigmas) {
        double eta = stepSize * (sigma / last) * (sigma / last);
        for (int step = 0; step < steps; step++, k++) {
          target.evaluate(x, sigma, score);
          noise.normalsF64((long) chain * x.length, x.length, k, MemorySegment.ofArray(drawn));
          for (int j = 0; j < x.length; j++) {
            x[j] = (x[j] + eta * score[j]) + Math.sqrt(2 * eta) * drawn[j];
          }
        }
      }
      if (denoise) {
        target.evaluate(x, last, score);
        for (int j = 0; j < x.length; j++) {
          x[j] += last * last * score[j];
        }
      }
    }
  }

  /// The step size of a corrector with a given signal-to-noise ratio: `eta = alpha (snr |noise| /
  /// |score|)^2 * 2` for one row. Song et al., arXiv:2011.13456, algorithm 4, with the row's own
  /// norms where score_sde has the batch's mean.
  ///
  /// @param alpha `1 - beta` of a VP process, 1 for VE
  public static double correctorStep(double snr, double alpha, double noiseNorm, double scoreNorm) {
    double ratio = snr * noiseNorm / scoreNorm;
    return 2 * alpha * ratio * ratio;
  }
}
