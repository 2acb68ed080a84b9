package io.lanewise.objective.flow;

/// `ln(1 + e^x)` of one number.
final class Softplus {
  private Softplus() {}

  static double of(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}
