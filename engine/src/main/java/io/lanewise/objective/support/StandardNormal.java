package io.lanewise.objective.support;

/// Logarithms of probabilities of the standard normal distribution, without underflow or
/// cancellation.
public final class StandardNormal {
  private static final double LOG_SQRT_2PI = 0.9189385332046728;

  /// Nodes in (0, 1) and weights of 12-point Gauss-Legendre quadrature on [-1, 1] (NumPy's
  /// leggauss).
  private static final double[] NODES = {
    0.1252334085114689,
    0.3678314989981802,
    0.5873179542866175,
    0.7699026741943047,
    0.9041172563704748,
    0.9815606342467192
  };

  private static final double[] WEIGHTS = {
    0.2491470458134027,
    0.23349253653835464,
    0.20316742672306565,
    0.1600783285433461,
    0.10693932599531888,
    0.04717533638651202
  };

  private StandardNormal() {}

  /// `ln P(Z > z)`.
  public static double logUpperTail(double z) {
    if (z > 1.5) {
      return logDensity(z) + StrictMath.log(mills(z));
    }
    if (z < -1.5) {
      return StrictMath.log1p(-StrictMath.exp(logDensity(z)) * mills(-z));
    }
    return StrictMath.log(0.5 - middle(z));
  }

  /// `ln P(from < Z < to)`, where `from = center - half` and `to = center + half` up to rounding.
  public static double logProbability(double from, double to, double center, double half) {
    double m = Math.abs(center);
    if (half * (1 + m) <= 1) {
      return logDensity(m) + StrictMath.log(narrow(m, half));
    }
    // Wide: no cancellation to speak of. By symmetry the interval lies to the right.
    double a = center >= 0 ? from : -to;
    double b = center >= 0 ? to : -from;
    if (a > 0) {
      double near = logUpperTail(a);
      return near + StrictMath.log(-StrictMath.expm1(logUpperTail(b) - near));
    }
    return StrictMath.log1p(-StrictMath.exp(logUpperTail(b)) - StrictMath.exp(logUpperTail(-a)));
  }

  /// The z with `P(Z < z) = u`, for 0 < u < 1: Newton's method on `ln P(Z > z)`, to about 1e-15.
  public static double quantile(double u) {
    double log = u <= 0.5 ? StrictMath.log(u) : StrictMath.log1p(-u);
    // The logarithm of the tail is concave: the first step goes beyond, the others come back to it.
    double z = 0;
    for (int k = 0; k < 50; k++) {
      double tail = logUpperTail(z);
      double step = (tail - log) / StrictMath.exp(logDensity(z) - tail);
      z += step;
      if (Math.abs(step) <= 1e-16 * Math.abs(z)) {
        break;
      }
    }
    return u <= 0.5 ? -z : z;
  }

  private static double logDensity(double z) {
    return -0.5 * z * z - LOG_SQRT_2PI;
  }

  /// The integral of `exp(-m s - s^2/2)` over `[-half, half]`.
  private static double narrow(double m, double half) {
    double sum = 0;
    for (int i = 0; i < NODES.length; i++) {
      double s = half * NODES[i];
      sum += WEIGHTS[i] * StrictMath.exp(-0.5 * s * s) * 2 * StrictMath.cosh(m * s);
    }
    return half * sum;
  }

  /// `P(0 < Z < z)`, signed: `density(z) (z + z^3/3 + z^5/(3 5) + ...)` (Abramowitz and Stegun
  /// 26.2.11).
  private static double middle(double z) {
    double term = z;
    double sum = z;
    for (int n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
      term *= z * z / n;
      sum += term;
    }
    return StrictMath.exp(logDensity(z)) * sum;
  }

  /// Mills' ratio `P(Z > z) / density(z)` for z > 1: the continued fraction 1/(z + 1/(z + 2/(z +
  /// ...))) (Abramowitz and Stegun 26.2.14), from its tail up.
  private static double mills(double z) {
    if (Double.isInfinite(z)) {
      return 0;
    }
    int terms = (int) Math.ceil(400 / (z * z)) + 20;
    double tail = z;
    for (int k = terms; k >= 1; k--) {
      tail = z + k / tail;
    }
    return 1 / tail;
  }
}
