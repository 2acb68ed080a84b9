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

  /// What sampling gave, and what it cost.
  ///
  /// @param draws chain, kept draw, dimension
  /// @param acceptance the share of proposals accepted after burn-in; 1 without correction
  /// @param stepSize the step that was taken
  /// @param meanScoreNorm mean Euclidean norm of the score over chains and iterations after burn-in
  /// @param steps updates of a chain, burn-in included
  /// @param evaluations how often the score was evaluated, all chains together
  /// @param seconds wall time
  public record Result(
      List<double[][]> draws,
      double acceptance,
      double stepSize,
      double meanScoreNorm,
      long steps,
      long evaluations,
      double seconds) {}

  /// Runs chains from given states, one after the other.
  ///
  /// @param start one state a chain
  /// @param kept how many draws to keep of each chain
  /// @throws IllegalArgumentException if the score gives no log-density and a correction is asked
  ///   for, or gives a number that is not finite
  public Result run(ScoreFunction target, double[][] start, int kept) {
    return run(target, start, kept, 1);
  }

  /// The same on several threads, with the same digits.
  ///
  /// @param target may be used by many threads at once if `threads` is above 1
  /// @param threads at least 1
  public Result run(ScoreFunction target, double[][] start, int kept, int threads) {
    long began = System.nanoTime();
    Chain[] chains = new Chain[start.length];
    try (Chains workers = new Chains(threads)) {
      workers.each(start.length, number -> chains[number] = chain(target, start, number, kept));
    }
    long steps = burnIn + (long) kept * thin;
    double total = (double) kept * thin * start.length;
    long accepted = 0;
    double norms = 0;
    List<double[][]> draws = new ArrayList<>();
    for (Chain chain : chains) {
      accepted += chain.accepted();
      norms += chain.norms();
      draws.add(chain.draws());
    }
    return new Result(
        draws,
        accepted / total,
        eta,
        norms / total,
        steps,
        start.length * (steps + 1),
        (System.nanoTime() - began) * 1e-9);
  }

  /// What one chain gave after burn-in.
  @SuppressWarnings("ArrayRecordComponent") // never leaves this class but as a result's draws
  private record Chain(double[][] draws, long accepted, double norms) {}

  private Chain chain(ScoreFunction target, double[][] start, int number, int kept) {
    PhiloxNoise noise = new PhiloxNoise(seed);
    double[] x = start[number].clone();
    int dim = x.length;
    double[] score = new double[dim];
    double[] proposal = new double[dim];
    double[] proposed = new double[dim];
    double[] drawn = new double[dim];
    double[] uniform = new double[1];
    double[][] draws = new double[kept][];
    long accepted = 0;
    double norms = 0;
    double logDensity = checked(target.evaluate(x, score), score, number, 0);
    for (int k = 0; k < burnIn + kept * thin; k++) {
      noise.normalsF64((long) number * dim, dim, k, MemorySegment.ofArray(drawn));
      for (int j = 0; j < dim; j++) {
        proposal[j] = (x[j] + eta * score[j]) + Math.sqrt(2 * eta) * drawn[j];
      }
      double logProposed = checked(target.evaluate(proposal, proposed), proposed, number, k + 1);
      boolean accept = true;
      if (metropolis) {
        noise.uniformsF64(number, 1, k, MemorySegment.ofArray(uniform));
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
        norms += RowScore.norm(score);
        if ((k - burnIn + 1) % thin == 0) {
          draws[(k - burnIn) / thin] = x.clone();
        }
      }
    }
    return new Chain(draws, accepted, norms);
  }

  /// Refuses a score that is not finite.
  static void refuseNonFinite(double[] score, int chain, int iteration) {
    for (double s : score) {
      if (!Double.isFinite(s)) {
        throw new IllegalArgumentException(
            "chain %d iteration %d: found score %s, expected a finite number"
                .formatted(chain, iteration, s));
      }
    }
  }

  private double checked(double logDensity, double[] score, int chain, int iteration) {
    refuseNonFinite(score, chain, iteration);
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
  /// @return what it cost
  public static Cost annealed(
      AnnealedScore target,
      double[] sigmas,
      int steps,
      double stepSize,
      boolean denoise,
      long seed,
      double[][] states) {
    return annealed(target, sigmas, steps, stepSize, denoise, seed, states, 1);
  }

  /// The same on several threads, with the same digits.
  ///
  /// @param target may be used by many threads at once if `threads` is above 1
  /// @param threads at least 1
  public static Cost annealed(
      AnnealedScore target,
      double[] sigmas,
      int steps,
      double stepSize,
      boolean denoise,
      long seed,
      double[][] states,
      int threads) {
    if (sigmas.length == 0 || !(stepSize > 0)) {
      throw new IllegalArgumentException(
          "annealed: found %d sigmas and step size %s, expected at least one and a number > 0"
              .formatted(sigmas.length, stepSize));
    }
    long began = System.nanoTime();
    PhiloxNoise noise = new PhiloxNoise(seed);
    double last = sigmas[sigmas.length - 1];
    try (Chains workers = new Chains(threads)) {
      workers.each(
          states.length,
          chain -> {
            double[] x = states[chain];
            double[] score = new double[x.length];
            double[] drawn = new double[x.length];
            int k = 0;
            for (double sigma : sigmas) {
              double eta = stepSize * (sigma / last) * (sigma / last);
              for (int step = 0; step < steps; step++, k++) {
                target.evaluate(x, sigma, score);
                noise.normalsF64(
                    (long) chain * x.length, x.length, k, MemorySegment.ofArray(drawn));
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
          });
    }
    long updates = (long) sigmas.length * steps;
    return new Cost(
        updates, states.length * (updates + (denoise ? 1 : 0)), (System.nanoTime() - began) * 1e-9);
  }

  /// What sampling cost.
  ///
  /// @param steps updates of a chain
  /// @param evaluations of the score, all chains together
  /// @param seconds wall time
  public record Cost(long steps, long evaluations, double seconds) {}

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
