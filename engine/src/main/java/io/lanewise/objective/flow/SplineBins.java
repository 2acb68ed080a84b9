package io.lanewise.objective.flow;

import java.util.Arrays;

/// One monotone rational-quadratic spline from [-B, B] onto itself: K bins, K + 1 knots with
/// positive derivatives. Holds scratch memory; used by one thread.
final class SplineBins {
  /// The link of nflows' `enable_identity_init`.
  static final String NFLOWS_IDENTITY = "nflows-identity";

  private final double bound;
  private final boolean linearTails;
  private final Limits limits;
  private final double[] knotX;
  private final double[] knotY;
  private final double[] derivative;
  private double logDerivative;

  /// What keeps a spline away from degenerating, and how unnormalised derivatives become positive.
  record Limits(double minWidth, double minHeight, double minDerivative, String link) {
    /// What nflows takes for the derivative at both ends with linear tails: with its identity
    /// initialisation it is not 1, since the padding that would give 1 by `softplus` goes through
    /// the other link as well.
    double atTail() {
      return link.equals(NFLOWS_IDENTITY)
          ? derivative(StrictMath.log(StrictMath.expm1(1 - minDerivative)))
          : 1;
    }

    double derivative(double unnormalised) {
      return minDerivative
          + switch (link) {
            case "softplus" -> Softplus.of(unnormalised);
            case "softplus-beta", NFLOWS_IDENTITY -> {
              double beta = Math.log(2) / (1 - minDerivative);
              yield Softplus.of(beta * unnormalised) / beta;
            }
            case "softplus-offset" ->
                Softplus.of(unnormalised + StrictMath.log(StrictMath.expm1(1 - minDerivative)));
            default -> throw new IllegalStateException(link);
          };
    }
  }

  SplineBins(int bins, double bound, boolean linearTails, Limits limits) {
    this.bound = bound;
    this.linearTails = linearTails;
    this.limits = limits;
    knotX = new double[bins + 1];
    knotY = new double[bins + 1];
    derivative = new double[bins + 1];
  }

  /// Sets the spline: K unnormalised widths and heights from `at * K` on; derivatives of the K - 1
  /// inner knots, or of all K + 1 without tails.
  void set(double[] widths, double[] heights, double[] derivatives, int at) {
    int bins = knotX.length - 1;
    knots(widths, at * bins, limits.minWidth, knotX);
    knots(heights, at * bins, limits.minHeight, knotY);
    if (linearTails) {
      derivative[0] = limits.atTail();
      derivative[bins] = derivative[0];
      for (int k = 1; k < bins; k++) {
        derivative[k] = limits.derivative(derivatives[at * (bins - 1) + k - 1]);
      }
    } else {
      for (int k = 0; k <= bins; k++) {
        derivative[k] = limits.derivative(derivatives[at * (bins + 1) + k]);
      }
    }
  }

  /// Knots on [-B, B] whose distances are `min + (1 - min K) softmax`, times 2 B.
  private void knots(double[] unnormalised, int from, double min, double[] knots) {
    int bins = knots.length - 1;
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < bins; k++) {
      max = Math.max(max, unnormalised[from + k]);
    }
    double[] exp = new double[bins];
    double sum = 0;
    for (int k = 0; k < bins; k++) {
      exp[k] = StrictMath.exp(unnormalised[from + k] - max);
      sum += exp[k];
    }
    double position = 0;
    for (int k = 0; k < bins; k++) {
      knots[k] = Math.fma(2 * bound, position, -bound);
      position += min + (1 - min * bins) * (exp[k] / sum);
    }
    // NaN among the widths must show; otherwise the last knot is the bound exactly.
    knots[bins] = Double.isNaN(position) ? position : bound;
  }

  /// The value at x; sets [#logDerivative()].
  double forward(double x) {
    if (!(x >= -bound && x <= bound)) {
      return outside(x);
    }
    int k = bin(knotX, x);
    double width = knotX[k + 1] - knotX[k];
    double height = knotY[k + 1] - knotY[k];
    double slope = height / width;
    double theta = (x - knotX[k]) / width;
    double both = theta * (1 - theta);
    double bend = derivative[k] + derivative[k + 1] - 2 * slope;
    double denominator = slope + bend * both;
    double numerator = height * (slope * theta * theta + derivative[k] * both);
    logDerivative = logDerivative(k, slope, theta, denominator);
    return knotY[k] + numerator / denominator;
  }

  /// The x whose value is y; sets [#logDerivative()] to the inverse's. The quadratic's discriminant
  /// is not negative but by rounding, so it is clamped at 0; the root is taken in the form that
  /// does not cancel.
  double inverse(double y) {
    if (!(y >= -bound && y <= bound)) {
      return outside(y);
    }
    int k = bin(knotY, y);
    double width = knotX[k + 1] - knotX[k];
    double height = knotY[k + 1] - knotY[k];
    double slope = height / width;
    double bend = derivative[k] + derivative[k + 1] - 2 * slope;
    double rise = y - knotY[k];
    double a = rise * bend + height * (slope - derivative[k]);
    double b = height * derivative[k] - rise * bend;
    double c = -slope * rise;
    double discriminant = Math.max(b * b - 4 * a * c, 0);
    double theta = 2 * c / (-b - Math.sqrt(discriminant));
    double denominator = slope + bend * theta * (1 - theta);
    logDerivative = -logDerivative(k, slope, theta, denominator);
    return Math.fma(theta, width, knotX[k]);
  }

  /// The logarithm of the derivative at the point last evaluated, in its direction.
  double logDerivative() {
    return logDerivative;
  }

  private double outside(double x) {
    logDerivative = linearTails && !Double.isNaN(x) ? 0 : Double.NaN;
    return linearTails ? x : Double.NaN;
  }

  private double logDerivative(int k, double slope, double theta, double denominator) {
    double rest = 1 - theta;
    double numerator =
        slope
            * slope
            * (derivative[k + 1] * theta * theta
                + 2 * slope * theta * rest
                + derivative[k] * rest * rest);
    return StrictMath.log(numerator) - 2 * StrictMath.log(denominator);
  }

  private static int bin(double[] knots, double x) {
    int found = Arrays.binarySearch(knots, x);
    int bin = found >= 0 ? found : -found - 2;
    return Math.clamp(bin, 0, knots.length - 2);
  }
}
