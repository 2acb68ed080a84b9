package io.lanewise.objective;

import io.lanewise.batch.Shape;
import java.util.List;
import java.util.Map;

/// The usual names of columns, by role: those in public evaluation code for language models,
/// diffusion, VAEs, GANs and flows. A name that usually has another sign, scale or meaning
/// (`recon_loss`, `log_sigma` for a log-variance, `v_pred`) is not among them.
///
/// Names are written with underscores; hyphens mean the same.
final class Synonyms {
  private static final List<String> NONE = List.of();

  private static final Map<String, List<String>> BY_ROLE =
      Map.ofEntries(
          entry("logprob", "logprobs log_prob log_probs logp token_logprob token_logprobs"),
          entry("probability", "probabilities prob probs"),
          entry("probabilities", "probs softmax class_probs class_probabilities"),
          entry("logit", "logits d_logit d_logits critic"),
          entry("total", "total_logprob total_log_prob log_likelihood loglikelihood"),
          entry("token-count", "token_counts num_tokens n_tokens"),
          entry("mask", "masks attention_mask loss_mask token_mask"),
          entry("bytes", "num_bytes n_bytes byte_count"),
          entry("words", "num_words n_words word_count"),
          entry("dims", "num_dims n_dims"),
          entry("sequence", "sequence_id seq_id doc_id document_id"),
          entry("x", "samples draws inputs images"),
          entry("mean", "means mu loc"),
          entry("means", "mean mu loc"),
          entry("log-scale", "log_scales logscale log_std logstd log_sigma"),
          entry("log-scales", "log_scale logscales"),
          entry("logit-weights", "mixture_logits logit_probs"),
          entry("coeffs", "coefficients"),
          entry("log-likelihood", "log_likelihoods loglikelihood loglikelihoods lls"),
          entry("gold", "gold_index answer label labels"),
          entry("length", "lengths"),
          entry("unconditional", "unconditional_loglikelihood unconditional_log_likelihood"),
          entry(
              "logvar", "log_var log_variance logvariance z_logvar z_log_var logvar_q log_sigma2"),
          entry("mu1", "mu_1 mean1 mean_1 mu_q mean_q"),
          entry("mu2", "mu_2 mean2 mean_2 mu_p mean_p"),
          entry("logvar1", "logvar_1 log_var1 log_var_1 logvar_q log_var_q"),
          entry("logvar2", "logvar_2 log_var2 log_var_2 logvar_p log_var_p"),
          entry("l", "cholesky chol scale_tril"),
          entry("l1", "l_1 cholesky1 chol1 scale_tril1"),
          entry("l2", "l_2 cholesky2 chol2 scale_tril2"),
          entry("sigma1", "sigma_1 covariance1 cov1"),
          entry("sigma2", "sigma_2 covariance2 cov2"),
          entry("recon", "recon_ll recon_logprob recon_log_prob recon_log_likelihood log_px_z"),
          entry("reconstruction", "reconstructions recon recons x_recon x_hat"),
          entry("kl", "kld kl_div kl_divergence"),
          entry("log-weights", "log_weight log_w logw log_importance_weights"),
          entry("eps", "noise epsilon"),
          entry("noise", "eps epsilon"),
          entry("weight", "weights sample_weight sample_weights"),
          entry("norm", "norms grad_norm gradient_norm"),
          entry("gradient", "gradients grad grads"),
          entry("label", "labels class class_id class_label"),
          entry("data", "image images"),
          entry("log-prob", "log_probs logprob logprobs log_q"),
          entry("scale", "scales"),
          entry("shift", "shifts"),
          entry("z", "latent latents"),
          entry("base-logp", "base_logprob base_log_prob"),
          entry("base-mean", "base_mu"),
          entry("base-logvar", "base_log_var"),
          entry("logdet", "logdets log_det log_dets log_det_jacobian log_abs_det ldj"),
          entry("logdet-forward", "log_det_forward ldj_forward"),
          entry("logdet-inverse", "log_det_inverse ldj_inverse"),
          entry("matrix", "scale_tril"),
          entry("center", "centre"),
          entry("widths", "unnormalized_widths unnormalised_widths"),
          entry("heights", "unnormalized_heights unnormalised_heights"),
          entry("derivatives", "unnormalized_derivatives unnormalised_derivatives"),
          entry("divergence", "divergences div"),
          entry("dt", "delta_t step_sizes"),
          entry("log-q", "logq log_prob_q"),
          entry("log-p", "logp log_prob_p"),
          entry("x0", "x_0 x_start xstart clean"),
          entry("xt", "x_t noisy noised x_noisy"),
          entry("prediction", "predictions pred model_output eps_pred noise_pred"),
          entry("prediction-next", "next_prediction pred_next model_output_next"),
          entry("t", "timestep timesteps"),
          entry("t-next", "next_t t_prev prev_t next_timestep prev_timestep"),
          entry("alpha-bar", "alpha_bars alphas_bar alphas_cumprod alpha_cumprod"),
          entry("time", "times"),
          entry("time-next", "next_time"),
          entry("sigma-next", "next_sigma"),
          entry("variance-output", "model_var_values variance_pred"),
          entry("importance-weight", "importance_weights is_weight is_weights"),
          entry("log-variance", "log_variances"),
          entry("loss", "losses"),
          entry("score", "scores grad_logp grad_log_prob"),
          entry("score-next", "next_score scores_next"),
          entry("x-next", "next_x x_proposal proposal"),
          entry("logp", "log_p log_prob logprob"),
          entry("logp-next", "next_logp log_p_next log_prob_next logprob_next"),
          entry("v", "velocity momentum"),
          entry("chain", "chains chain_id chain_index"),
          entry(
              "features",
              "feature feats embedding embeddings emb act acts activation activations pool_3"),
          entry("features_s", "spatial_features features_spatial"),
          entry("samples", "sample features embeddings images"));

  private Synonyms() {}

  private static Map.Entry<String, List<String>> entry(String role, String synonyms) {
    return Map.entry(role, List.of(synonyms.split(" ")));
  }

  /// The usual names for a role with this name and shape.
  static List<String> of(String role, Shape shape) {
    boolean vector = shape == Shape.VECTOR;
    return switch (role) {
      case "target" ->
          vector
              ? List.of("targets")
              : List.of("targets", "target_id", "target_ids", "label", "labels");
      case "logits" -> vector ? List.of("class_logits") : List.of("token_logits");
      case "mu" -> vector ? List.of("mean", "means", "loc", "z_mean", "mu_q") : NONE;
      case "sigma" ->
          vector
              ? List.of("cov", "covariance")
              : List.of("sigmas", "sigma_t", "noise_level", "noise_levels");
      default -> BY_ROLE.getOrDefault(role, NONE);
    };
  }
}
