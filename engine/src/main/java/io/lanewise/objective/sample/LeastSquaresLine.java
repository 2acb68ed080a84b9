package io.lanewise.objective.sample;

import java.util.List;

/// A line through points by least squares.
///
/// @param interceptError the standard error of the intercept: `s sqrt(1/m + mean(x)^2 / Sxx)`,
///   `s^2` the squared residuals over m - 2
record LeastSquaresLine(double intercept, double slope, double interceptError) {
  /// @param x at least three, not all equal
  static LeastSquaresLine through(List<Double> x, List<Double> y) {
    int m = x.size();
    double meanX = x.stream().mapToDouble(v -> v).sum() / m;
    double meanY = y.stream().mapToDouble(v -> v).sum() / m;
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < m; i++) {
      xx += (x.get(i) - meanX) * (x.get(i) - meanX);
      xy += (x.get(i) - meanX) * (y.get(i) - meanY);
    }
    double slope = xy / xx;
    double intercept = meanY - slope * meanX;
    double residuals = 0;
    for (int i = 0; i < m; i++) {
      double residual = y.get(i) - intercept - slope * x.get(i);
      residuals += residual * residual;
    }
    return new LeastSquaresLine(
        intercept, slope, Math.sqrt(residuals / (m - 2)) * Math.sqrt(1.0 / m + meanX * meanX / xx));
  }
}
