package io.lanewise.objective.diffusion;

import java.util.List;

/// A noise level, `x = alpha x0 + sigma eps`.
///
/// @param alpha the factor of the data
/// @param sigma the factor of the noise
/// @param ratio `sigma / alpha`, the sigma of `x / alpha`; infinite without signal
record Level(double alpha, double sigma, double ratio) {
  /// The names of the paths on which a sigma says the level.
  ///
  /// | name | alpha, sigma | who |
  /// |---|---|---|
  /// | `exploding` | 1, sigma | k-diffusion, EDM; diffusers' Euler and LMS schedulers |
  /// | `preserving` | `1 / sqrt(1 + sigma^2)`, `sigma / sqrt(1 + sigma^2)` | diffusers' DPM-Solver and UniPC schedulers |
  /// | `straight` | `1 - sigma`, sigma | flow matching |
  static final List<String> PATHS = List.of("exploding", "preserving", "straight");

  /// Clean data.
  static final Level CLEAN = new Level(1, 0, 0);

  /// The level of a sigma on a path.
  static Level of(String path, double sigma) {
    return switch (path) {
      case "exploding" -> new Level(1, sigma, sigma);
      case "preserving" -> {
        double root = Math.sqrt(1 + sigma * sigma);
        yield new Level(1 / root, sigma / root, sigma);
      }
      case "straight" -> new Level(1 - sigma, sigma, sigma / (1 - sigma));
      default ->
          throw new IllegalArgumentException(
              "path: found '%s', expected one of %s".formatted(path, PATHS));
    };
  }

  /// The level of a timestep; -1 is clean data.
  static Level of(Schedule schedule, int t) {
    return t < 0
        ? CLEAN
        : new Level(
            Math.sqrt(schedule.alphaBar()[t]), Math.sqrt(schedule.noise()[t]), schedule.sigma(t));
  }

  /// `log(alpha'^2 / sigma'^2) / 2` of the level `to` less that of this one: how far a solver goes.
  double distance(Level to) {
    double gap = (ratio - to.ratio) / to.ratio;
    // Of levels that are close, the quotient would lose the digits in which they differ.
    return Math.abs(gap) < 0.5 ? StrictMath.log1p(gap) : StrictMath.log(ratio / to.ratio);
  }
}
