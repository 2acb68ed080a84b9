package io.lanewise.objective.diffusion;

/// The coefficients of `D(x; sigma) = skip x + out F(in x; noise)` and the weight of its loss.
/// Karras et al., arXiv:2206.00364, table 1.
///
/// @param skip `sigmaData^2 / (sigma^2 + sigmaData^2)`
/// @param out `sigma sigmaData / sqrt(sigma^2 + sigmaData^2)`
/// @param in `1 / sqrt(sigma^2 + sigmaData^2)`
/// @param noise `log(sigma) / 4`; -infinity for sigma = 0
/// @param weight `(sigma^2 + sigmaData^2) / (sigma sigmaData)^2`; infinity for sigma = 0
public record Preconditioning(double skip, double out, double in, double noise, double weight) {
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
}
