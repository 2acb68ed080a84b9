package io.lanewise.objective;

/// The families of objectives: a package each.
public enum Family {
  /// Exact likelihoods of sequences.
  LIKELIHOOD,
  /// Variational autoencoders.
  VARIATIONAL,
  /// Generative adversarial networks.
  ADVERSARIAL,
  /// Normalizing flows.
  FLOW,
  /// Denoising diffusion.
  DIFFUSION,
  /// Score-based sampling.
  SCORE,
  /// Properties of sets of samples.
  SAMPLE;

  /// The lower-case name used in results.
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
