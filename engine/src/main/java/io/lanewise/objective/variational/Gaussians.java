package io.lanewise.objective.variational;

/// What Gaussian formulas share.
final class Gaussians {
  /// `ln(2 pi)`.
  static final double LOG_2PI = 1.8378770664093456;

  private Gaussians() {}

  /// KL of one dimension from the standard normal, nats; never negative.
  static double kl(double mu, double logvar) {
    return 0.5 * (mu * mu + (StrictMath.expm1(logvar) - logvar));
  }

  /// KL of one dimension from another Gaussian, nats (TFP's form).
  static double kl(double mu1, double logvar1, double mu2, double logvar2) {
    double d = logvar1 - logvar2;
    double difference = mu1 - mu2;
    return 0.5 * (StrictMath.expm1(d) - d + difference * difference * StrictMath.exp(-logvar2));
  }
}
