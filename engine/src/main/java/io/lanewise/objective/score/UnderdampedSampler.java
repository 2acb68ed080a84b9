package io.lanewise.objective.score;

import io.lanewise.noise.PhiloxNoise;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Underdamped (kinetic) Langevin dynamics in Java with the score a function: many chains, each in
/// float64, unit mass, by the splitting of [UnderdampedLangevin]. On a normal target of variance s
/// the positions' stationary variance is exactly s for every stable step, as BAOAB's.
///
/// Velocities begin as standard normals. What a chain draws depends on the seed, the chain's number
/// and the iteration only.
///
/// @param step h, > 0
/// @param friction gamma, >= 0
/// @param burnIn iterations that are not kept
/// @param thin every how many iterations a position is kept after that, >= 1
/// @param seed of the noise
public record UnderdampedSampler(double step, double friction, int burnIn, int thin, long seed) {
  public UnderdampedSampler {
    if (!(step > 0)
        || Double.isInfinite(step)
        || !(friction >= 0)
        || Double.isInfinite(friction)
        || burnIn < 0
        || thin < 1) {
      throw new IllegalArgumentException(
          "underdamped: found step %s, friction %s, burn-in %d, thin %d, expected step > 0, friction >= 0, burn-in >= 0, thin >= 1"
              .formatted(step, friction, burnIn, thin));
    }
  }

  /// Runs chains from given positions.
  ///
  /// @param target may be used by many threads at once if `threads` is above 1; its log-density is
  ///   not used
  /// @param start one position a chain
  /// @param kept how many draws to keep of each chain
  /// @param threads at least 1; the digits do not depend on it
  /// @return acceptance is 1, for there is no correction
  /// @throws IllegalArgumentException if the score gives a number that is not finite
  public LangevinSampler.Result run(ScoreFunction target, double[][] start, int kept, int threads) {
    long began = System.nanoTime();
    double[][][] draws = new double[start.length][kept][];
    double[] norms = new double[start.length];
    try (Chains workers = new Chains(threads)) {
      workers.each(
          start.length,
          number -> norms[number] = chain(target, start[number].clone(), number, draws[number]));
    }
    long steps = burnIn + (long) kept * thin;
    double sum = 0;
    List<double[][]> kepts = new ArrayList<>();
    for (int chain = 0; chain < start.length; chain++) {
      sum += norms[chain];
      kepts.add(draws[chain]);
    }
    return new LangevinSampler.Result(
        kepts,
        1,
        step,
        sum / ((double) kept * thin * start.length),
        steps,
        start.length * steps,
        (System.nanoTime() - began) * 1e-9);
  }

  /// @return the sum of the norms of scores after burn-in
  private double chain(ScoreFunction target, double[] x, int number, double[][] draws) {
    PhiloxNoise noise = new PhiloxNoise(seed);
    Splitting splitting = new Splitting(step, friction);
    int dim = x.length;
    double[] v = new double[dim];
    double[] score = new double[dim];
    double[] drawn = new double[dim];
    double norms = 0;
    noise.normalsF64((long) number * dim, dim, 0, MemorySegment.ofArray(v));
    for (int k = 0; k < burnIn + draws.length * thin; k++) {
      target.evaluate(x, score);
      LangevinSampler.refuseNonFinite(score, number, k);
      noise.normalsF64((long) number * dim, dim, k + 1, MemorySegment.ofArray(drawn));
      splitting.update(x, v, score, drawn);
      if (k >= burnIn) {
        norms += RowScore.norm(score);
        if ((k - burnIn + 1) % thin == 0) {
          draws[(k - burnIn) / thin] = x.clone();
        }
      }
    }
    return norms;
  }
}
