package io.lanewise.objective;

import java.util.Arrays;

/// A value with its gradient with respect to the means it was computed from: forward-mode
/// differentiation for the delta method, `se(g(m)) = sqrt(grad' Cov(m) grad)` (Casella and Berger,
/// Statistical Inference, 5.5.4).
@SuppressWarnings("ArrayRecordComponent") // internal to the computation of one statistic
public record Estimate(double value, double[] gradient) {

  /// `this + other`.
  public Estimate plus(Estimate other) {
    return combine(value + other.value, 1, other, 1);
  }

  /// `this - other`.
  public Estimate minus(Estimate other) {
    return combine(value - other.value, 1, other, -1);
  }

  /// `this + constant`.
  public Estimate plus(double constant) {
    return new Estimate(value + constant, gradient);
  }

  /// `factor * this`.
  public Estimate times(double factor) {
    return chain(factor * value, factor);
  }

  /// `this / other`.
  public Estimate over(Estimate other) {
    double ratio = value / other.value;
    return combine(ratio, 1 / other.value, other, -ratio / other.value);
  }

  /// `exp(this)`; +Infinity where it overflows.
  public Estimate exp() {
    double result = StrictMath.exp(value);
    return chain(result, result);
  }

  private Estimate chain(double result, double derivative) {
    return new Estimate(
        result, Arrays.stream(gradient).map(g -> g == 0 ? 0 : derivative * g).toArray());
  }

  private Estimate combine(double result, double mine, Estimate other, double theirs) {
    double[] sum = new double[gradient.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = mine * gradient[i] + theirs * other.gradient[i];
    }
    return new Estimate(result, sum);
  }
}
