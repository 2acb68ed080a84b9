package io.lanewise.objective.score;

/// One BAOA step of underdamped Langevin dynamics of unit mass; see [UnderdampedLangevin].
///
/// @param step h, > 0
/// @param friction gamma, >= 0
record Splitting(double step, double friction) {
  /// Changes position and velocity in place.
  ///
  /// @param score of the position
  /// @param noise standard normal
  void update(double[] x, double[] v, double[] score, double[] noise) {
    double kept = StrictMath.exp(-friction * step);
    double fresh = Math.sqrt(-StrictMath.expm1(-2 * friction * step));
    for (int j = 0; j < x.length; j++) {
      double kicked = v[j] + step * score[j];
      double half = x[j] + 0.5 * step * kicked;
      v[j] = kept * kicked + fresh * noise[j];
      x[j] = half + 0.5 * step * v[j];
    }
  }
}
