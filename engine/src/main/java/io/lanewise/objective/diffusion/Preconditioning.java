package io.lanewise.objective.diffusion;

import io.lanewise.objective.Parameter;
import java.util.function.DoubleFunction;

/// The coefficients of `D(x; sigma) = skip x + out F(in x; noise)` and the weight of its loss, `1 /
/// out^2`. Karras et al., arXiv:2206.00364, table 1; what is said of each number is EDM's.
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

  /// The coefficients around a network that predicts v, as k-diffusion's VDenoiser: EDM's with
  /// sigmaData 1 and the sign of `out` turned, since v is `(alpha eps - sigma x0)` of the state
  /// that preserves variance.
  ///
  /// @param noise what the network is asked with: `2 atan(sigma) / pi` in VDenoiser, a timestep in
  ///   CompVisVDenoiser
  public static Preconditioning ofV(double sigma, double noise) {
    Preconditioning edm = of(sigma, 1);
    return new Preconditioning(edm.skip, -edm.out, edm.in, noise, edm.weight);
  }

  /// The coefficients around a network that predicts eps, as k-diffusion's CompVisDenoiser and
  /// OpenAIDenoiser: the state itself less sigma times what it says.
  ///
  /// @param noise what the network is asked with: a timestep
  public static Preconditioning ofEps(double sigma, double noise) {
    return new Preconditioning(
        1, -sigma, 1 / Math.sqrt(1 + sigma * sigma), noise, 1 / (sigma * sigma));
  }

  /// What VDenoiser asks its network with.
  public static double angle(double sigma) {
    return StrictMath.atan(sigma) / (Math.PI / 2);
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
    return denoiser(network, sigma -> of(sigma, sigmaData));
  }

  /// A model that predicts x0, of a network that is fed `in x` and asked with `noise`, and whose
  /// output is preconditioned: k-diffusion's VDenoiser is `sigma -> ofV(sigma, angle(sigma))`, its
  /// CompVisDenoiser `sigma -> ofEps(sigma, Sigmas.timestep(schedule, sigma))`.
  ///
  /// @param of the coefficients of a sigma
  public static Sampler.Model denoiser(Sampler.Model network, DoubleFunction<Preconditioning> of) {
    return (x, rows, dim, sigma, out) -> {
      Preconditioning c = of.apply(sigma);
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
