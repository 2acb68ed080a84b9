package io.lanewise.objective.score;

/// An unnormalised density that samplers can follow. Used by one thread at a time unless it says
/// otherwise; the ones of this package are stateless.
public interface ScoreFunction {
  /// Writes the gradient of the log-density at x.
  ///
  /// @param x a point; not to be changed
  /// @param score as long, to be written
  /// @return the log-density up to a constant; NaN if it is not known, which the Metropolis
  ///   correction then refuses
  double evaluate(double[] x, double[] score);
}
