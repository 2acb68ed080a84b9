package io.lanewise.leaderboard;

/// The standard normal distribution.
public final class Normal {
  /// Beyond it, the probability is 0 or 1 to the last digit of 1.
  private static final double FAR = 8.5;

  private Normal() {}

  /// The probability of values below `x`, to about 1e-15; 0.5 for 0.
  ///
  /// By Marsaglia's series (Evaluating the Normal Distribution, 2004): Phi(x) = 1/2 + phi(x) (x +
  /// x^3 / 3 + x^5 / (3 5) + …).
  public static double below(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Math.abs(x) > FAR) {
      return x < 0 ? 0 : 1;
    }
    double sum = x;
    double term = x;
    double before = Double.NaN;
    for (int i = 3; sum != before; i += 2) {
      before = sum;
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
