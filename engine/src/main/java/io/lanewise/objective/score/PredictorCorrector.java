package io.lanewise.objective.score;

import io.lanewise.noise.PhiloxNoise;
import java.lang.foreign.MemorySegment;

/// Predictor-corrector sampling of score_sde: at each noise level some Langevin corrections with a
/// step size by signal-to-noise ratio, then one step of the reverse diffusion. Song et al.,
/// arXiv:2011.13456, algorithms 1 to 5, in score_sde's order (corrector first) and with its
/// denoising (the last level's mean instead of the draw).
///
/// | | level i of N | predictor | alpha of the corrector |
/// |---|---|---|---|
/// | VE | `sigma_i`, sigma_-1 = 0 | `x + g^2 s + g z`, `g^2 = sigma_i^2 - sigma_(i-1)^2` | 1 |
/// | VP | `beta_i` | `(2 - sqrt(1 - beta_i)) x + beta_i s + sqrt(beta_i) z` | `1 - beta_i` |
///
/// Corrector: `x + eta s + sqrt(2 eta) z`, `eta = 2 alpha (snr |z| / |s|)^2`. Immutable; float64.
/// The noise of row i depends on the seed, i and the step only.
public final class PredictorCorrector {
  /// Whose norms set the corrector's step.
  public enum Norm {
    /// Each row's own: rows do not depend on each other.
    ROW,
    /// The means over all rows given, as score_sde has it over its batch.
    BATCH
  }

  private final double[] squares;
  private final double[] betas;
  private final double snr;
  private final int corrections;
  private final Norm norm;
  private final boolean denoise;

  private PredictorCorrector(
      double[] squares, double[] betas, double snr, int corrections, Norm norm, boolean denoise) {
    this.squares = squares;
    this.betas = betas;
    this.snr = snr;
    this.corrections = corrections;
    this.norm = norm;
    this.denoise = denoise;
  }

  /// Variance exploding; snr 0.16, one correction, norms by row, denoising.
  ///
  /// @param sigmas ascending, > 0
  public static PredictorCorrector varianceExploding(double... sigmas) {
    double[] squares = new double[sigmas.length];
    double before = 0;
    for (int i = 0; i < sigmas.length; i++) {
      if (!(sigmas[i] > before) || Double.isInfinite(sigmas[i])) {
        throw new IllegalArgumentException(
            "sigmas: found %s after %s at %d, expected ascending numbers > 0"
                .formatted(sigmas[i], before, i));
      }
      squares[i] = (sigmas[i] - before) * (sigmas[i] + before);
      before = sigmas[i];
    }
    return new PredictorCorrector(squares, new double[0], 0.16, 1, Norm.ROW, true);
  }

  /// Variance preserving; snr 0.16, one correction, norms by row, denoising.
  ///
  /// @param betas in [0, 1), from clean data on
  public static PredictorCorrector variancePreserving(double... betas) {
    for (int i = 0; i < betas.length; i++) {
      if (!(betas[i] >= 0 && betas[i] < 1)) {
        throw new IllegalArgumentException(
            "betas: found %s at %d, expected numbers in [0, 1)".formatted(betas[i], i));
      }
    }
    return new PredictorCorrector(new double[0], betas.clone(), 0.16, 1, Norm.ROW, true);
  }

  /// With other corrections at each level; none for the predictor alone.
  public PredictorCorrector withCorrections(int number, double ratio, Norm of) {
    if (number < 0 || !(ratio > 0)) {
      throw new IllegalArgumentException(
          "corrections: found %d with snr %s, expected 0 or more with snr > 0"
              .formatted(number, ratio));
    }
    return new PredictorCorrector(squares, betas, ratio, number, of, denoise);
  }

  /// With the last level's draw instead of its mean.
  public PredictorCorrector withoutDenoising() {
    return new PredictorCorrector(squares, betas, snr, corrections, norm, false);
  }

  /// The score of the noised data at a level.
  public interface LevelScore {
    /// Writes the score.
    ///
    /// @param x a point; not to be changed
    /// @param level the index of its sigma or beta
    /// @param score as long, to be written
    void evaluate(double[] x, int level, double[] score);
  }

  /// What sampling gave.
  ///
  /// @param cost updates of a row, corrections and predictions; evaluations of the score
  /// @param meanStepSize mean eta of the corrector over levels and rows; NaN without corrections
  /// @param meanScoreNorm mean norm of the score in corrections; NaN without corrections
  public record Result(LangevinSampler.Cost cost, double meanStepSize, double meanScoreNorm) {}

  /// From noise to samples, in place.
  ///
  /// @param target may be used by many threads at once if `threads` is above 1
  /// @param states one a row, drawn from the noise of the last level
  /// @param seed of the noise
  /// @param threads at least 1; the digits do not depend on it
  /// @throws IllegalArgumentException if a score is not finite
  public Result run(LevelScore target, double[][] states, long seed, int threads) {
    long began = System.nanoTime();
    int levels = Math.max(squares.length, betas.length);
    PhiloxNoise noise = new PhiloxNoise(seed);
    Rows rows = new Rows(target, states, noise);
    int step = 0;
    double etas = 0;
    double norms = 0;
    try (Chains workers = new Chains(threads)) {
      for (int level = levels - 1; level >= 0; level--) {
        int at = level;
        for (int c = 0; c < corrections; c++, step++) {
          int now = step;
          workers.each(states.length, row -> rows.look(row, at, now));
          double noiseMean = mean(rows.noiseNorm);
          double scoreMean = mean(rows.scoreNorm);
          norms += scoreMean;
          workers.each(
              states.length,
              row ->
                  rows.correct(
                      row,
                      norm == Norm.BATCH
                          ? eta(at, noiseMean, scoreMean)
                          : eta(at, rows.noiseNorm[row], rows.scoreNorm[row])));
          etas += mean(rows.eta);
        }
        int now = step++;
        boolean mean = level == 0 && denoise;
        workers.each(states.length, row -> rows.predict(row, at, now, mean));
      }
    }
    double corrected = (double) levels * corrections;
    return new Result(
        new LangevinSampler.Cost(
            step, (long) step * states.length, (System.nanoTime() - began) * 1e-9),
        corrected == 0 ? Double.NaN : etas / corrected,
        corrected == 0 ? Double.NaN : norms / corrected);
  }

  private double eta(int level, double noiseNorm, double scoreNorm) {
    double alpha = betas.length == 0 ? 1 : 1 - betas[level];
    return LangevinSampler.correctorStep(snr, alpha, noiseNorm, scoreNorm);
  }

  /// In order, whatever the threads.
  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /// The rows under way.
  private final class Rows {
    private final LevelScore target;
    private final double[][] states;
    private final PhiloxNoise noise;
    private final double[][] scores;
    private final double[][] drawn;
    private final double[] scoreNorm;
    private final double[] noiseNorm;
    private final double[] eta;

    Rows(LevelScore target, double[][] states, PhiloxNoise noise) {
      this.target = target;
      this.states = states;
      this.noise = noise;
      scores = new double[states.length][];
      drawn = new double[states.length][];
      for (int row = 0; row < states.length; row++) {
        scores[row] = new double[states[row].length];
        drawn[row] = new double[states[row].length];
      }
      scoreNorm = new double[states.length];
      noiseNorm = new double[states.length];
      eta = new double[states.length];
    }

    /// The score and the noise of a row.
    void look(int row, int level, int step) {
      int dim = states[row].length;
      target.evaluate(states[row], level, scores[row]);
      LangevinSampler.refuseNonFinite(scores[row], row, step);
      noise.normalsF64((long) row * dim, dim, step, MemorySegment.ofArray(drawn[row]));
      scoreNorm[row] = RowScore.norm(scores[row]);
      noiseNorm[row] = RowScore.norm(drawn[row]);
    }

    void correct(int row, double size) {
      eta[row] = size;
      double[] x = states[row];
      for (int j = 0; j < x.length; j++) {
        x[j] = (x[j] + size * scores[row][j]) + Math.sqrt(2 * size) * drawn[row][j];
      }
    }

    void predict(int row, int level, int step, boolean mean) {
      look(row, level, step);
      boolean exploding = betas.length == 0;
      double square = exploding ? squares[level] : betas[level];
      double kept = exploding ? 1 : 2 - Math.sqrt(1 - square);
      double[] x = states[row];
      for (int j = 0; j < x.length; j++) {
        double centre = kept * x[j] + square * scores[row][j];
        x[j] = mean ? centre : centre + Math.sqrt(square) * drawn[row][j];
      }
    }
  }
}
