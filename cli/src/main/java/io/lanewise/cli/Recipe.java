package io.lanewise.cli;

import java.util.List;
import java.util.Optional;

/// A command for a whole kind of model: from files to the numbers that people want of it, in one
/// pass. It is a plan made on the spot.
///
/// @param name of the command
/// @param description for its help
/// @param sets what its files are: one set, whose rows come from all of them, or real data and then
///   models, a file each
/// @param objectives what is evaluated; of one set, what finds its columns
record Recipe(String name, String description, Sets sets, List<String> objectives) {
  /// What the files of a recipe are.
  enum Sets {
    /// All files are one set of rows.
    ROWS,
    /// The first file is real data; each one after it is a model's.
    REAL_AND_MODELS
  }

  /// All of them, in the order of the help.
  static final List<Recipe> ALL =
      List.of(
          new Recipe(
              "samples",
              "Compares generated samples with real ones: Fréchet distance, kernel inception"
                  + " distance, precision and recall, memorization, diversity.",
              Sets.REAL_AND_MODELS,
              List.of(
                  "frechet-distance",
                  "kernel-inception-distance",
                  "precision-recall",
                  "memorization",
                  "diversity")),
          new Recipe(
              "lm",
              "Evaluates a language model: log-likelihood, perplexity and bits, from"
                  + " log-probabilities or logits; multiple-choice accuracy.",
              Sets.ROWS,
              List.of(
                  "log-likelihood",
                  "sequence-log-likelihood",
                  "token-log-likelihood",
                  "multiple-choice")),
          new Recipe(
              "vae",
              "Evaluates a variational autoencoder: KL, ELBO, importance-weighted bound, active"
                  + " units.",
              Sets.ROWS,
              List.of("gaussian-kl", "elbo", "importance-weighted", "posterior-collapse")),
          new Recipe(
              "diffusion",
              "Evaluates a diffusion model: denoising error, loss by timestep, variational bound.",
              Sets.ROWS,
              List.of("denoising-mse", "loss-by-timestep", "diffusion-vlb")));

  static Optional<Recipe> named(String name) {
    return ALL.stream().filter(recipe -> recipe.name.equals(name)).findFirst();
  }
}
