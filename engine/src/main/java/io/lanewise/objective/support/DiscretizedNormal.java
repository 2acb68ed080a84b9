package io.lanewise.objective.support;

/// Log-probabilities of one dimension of an image under a discretized Gaussian, in nats. The data
/// is scaled to [-1, 1]; the first and the last level (x below -0.999, above 0.999) take the open
/// tails.
public final class DiscretizedNormal {
  private DiscretizedNormal() {}

  /// By `1/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))`, probabilities clamped at 1e-12: the
  /// formula of openai/guided-diffusion, losses.py, operation by operation, in float64.
  ///
  /// @param half half the width of a level, `1 / (levels - 1)`
  public static double approximate(double x, double mean, double logScale, double half) {
    double centered = x - mean;
    double inverse = StrictMath.exp(-logScale);
    double plus = approximateCdf(inverse * (centered + half));
    double minus = approximateCdf(inverse * (centered - half));
    double probability = x < -0.999 ? plus : x > 0.999 ? 1 - minus : plus - minus;
    return StrictMath.log(Math.max(probability, 1e-12));
  }

  private static double approximateCdf(double z) {
    return 0.5 * (1.0 + StrictMath.tanh(Math.sqrt(2.0 / Math.PI) * (z + 0.044715 * (z * z * z))));
  }

  /// By the normal distribution itself, nothing clamped, to about 14 digits however far out.
  ///
  /// @param half as in [#approximate]
  public static double exact(double x, double mean, double logScale, double half) {
    double centered = x - mean;
    double inverse = StrictMath.exp(-logScale);
    double plus = inverse * (centered + half);
    double minus = inverse * (centered - half);
    if (x < -0.999) {
      return StandardNormal.logUpperTail(-plus);
    }
    if (x > 0.999) {
      return StandardNormal.logUpperTail(minus);
    }
    return StandardNormal.logProbability(minus, plus, inverse * centered, inverse * half);
  }
}
