package io.lanewise.objective.diffusion;

import io.lanewise.objective.Parameter;

/// The coefficients of `D(x; sigma) = skip x + out F(in x; noise)` and the weight of its loss.
/// Karras et al., arXiv:2206.00364, table 1.
///
/// @param skip `sigmaData^2 / (sigma^2 + sigmaData^2)`
/// @param out `sigma sigmaData / sqrt(sigma^2 + sigmaData^2)`
/// @param in `1 / sqrt(sigma^2 + sigmaData^2)`
/// @param noise `log(sigma) / 4`; -infinity for sigma = 0
/// @param weight `(sigma^2 + sigmaData^2) / (sigma sigmaData)^2`; infinity for sigma = 0
public record Preconditioning(double skip, double out, double in, double noise, double weight) {
  static final Parameter<Double> SIGMA_DATA =
      Parameter.number(
          "sigma-data",
          "0.5",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Standard deviation of the data, for EDM's preconditioning and weights; k-diffusion's"
              + " default is 1.");

  /// The coefficients of one noise level.
  ///
  /// @param sigma the standard deviation of the noise, >= 0
  /// @param sigmaData that of the data, > 0: 0.5 in EDM, 1 in k-diffusion
  public static Preconditioning of(double sigma, double sigmaData) {
    double total = sigma * sigma + sigmaData * sigmaData;
    double product = sigma * sigmaData;
    return new Preconditioning(
        sigmaData * sigmaData / total,
        product / Math.sqrt(total),
        1 / Math.sqrt(total),
        StrictMath.log(sigma) / 4,
        total / (product * product));
  }

  /// What F should give, `(x0 - skip x) / out = data x0 + noise eps`: `(sigma x0 - sigmaData^2 eps)
  /// / (sigmaData sqrt(sigma^2 + sigmaData^2))`, which is defined without noise, where `out` is 0.
  ///
  /// @param sigma as in [#of]
  /// @param sigmaData as in [#of]
  public static Target target(double sigma, double sigmaData) {
    double root = Math.sqrt(sigma * sigma + sigmaData * sigmaData);
    return new Target(sigma / (sigmaData * root), -sigmaData / root);
  }

  /// The factors of the preconditioned target.
  ///
  /// @param data of x0
  /// @param noise of eps
  public record Target(double data, double noise) {}

  /// A model that predicts x0, of a network F that is fed `in x` and `log(sigma) / 4` and whose
  /// output is preconditioned.
  ///
  /// @param network its `t` is `log(sigma) / 4`
  public static Sampler.Model denoiser(Sampler.Model network, double sigmaData) {
    return (x, rows, dim, sigma, out) -> {
      Preconditioning c = of(sigma, sigmaData);
      double[] scaled = new double[x.length];
      for (int j = 0; j < x.length; j++) {
        scaled[j] = c.in * x[j];
      }
      network.predict(scaled, rows, dim, c.noise, out);
      for (int j = 0; j < x.length; j++) {
        out[j] = c.skip * x[j] + c.out * out[j];
      }
    };
  }
}
