package io.lanewise.objective.likelihood;

/// `ln sum e^x` of a few numbers, for which a kernel call would cost more than it does.
final class LogSumExpOf {
  private LogSumExpOf() {}

  static double of(double[] x, int from, int count) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      max = Math.max(max, x[i]);
    }
    if (Double.isInfinite(max)) {
      return max;
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += StrictMath.exp(x[i] - max);
    }
    return max + StrictMath.log(sum);
  }
}
