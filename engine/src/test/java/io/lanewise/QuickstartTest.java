package io.lanewise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.lanewise.plan.Bins;
import io.lanewise.plan.Task;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The quickstart files against what NumPy, SciPy and scikit-learn say of them (expected.json, with
/// the tools' versions).
class QuickstartTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  private static final JsonNode EXPECTED =
      JsonMapper.shared().readTree(DATA.resolve("expected.json"));
  private static Report report;

  @BeforeAll
  static void run() {
    report =
        Evaluation.builder()
            .data("autoregressive", file("autoregressive.parquet"))
            .data("vae", file("vae.npz"))
            .data("gan-real", file("gan-real.npz"))
            .data("gan-fake", file("gan-fake.npz"))
            .data("flow", file("flow.arrow"))
            .data("diffusion", file("diffusion.npz"))
            .data("real", file("real.npy"))
            .data("good", file("samples-good.npy"))
            .data("noisy", file("samples-noisy.npy"))
            .data("collapsed", file("samples-collapsed.npy"))
            .evaluate(Task.of("log-likelihood").on("rows", "autoregressive"))
            .evaluate(Task.of("kl").on("rows", "vae"))
            .evaluate(
                Task.of("elbo")
                    .on("rows", "vae")
                    .column("recon", "recon_logprob")
                    .column("mu", "mu")
                    .column("logvar", "logvar"))
            .evaluate(Task.of("gan").on("real", "gan-real").on("fake", "gan-fake"))
            .evaluate(Task.of("flow").on("rows", "flow").parameter("levels", "17"))
            .evaluate(
                Task.of("mse")
                    .on("rows", "diffusion")
                    .column("target", "eps")
                    .column("prediction", "eps_pred")
                    .by(new Bins("t", 4, 0, 1000)))
            .evaluate(frechet("good"))
            .evaluate(frechet("noisy"))
            .evaluate(frechet("collapsed"))
            .evaluate(diversity("good"))
            .evaluate(diversity("noisy"))
            .evaluate(diversity("collapsed"))
            .build()
            .run();
  }

  private static String file(String name) {
    return DATA.resolve(name).toString();
  }

  private static Task frechet(String set) {
    return Task.of("frechet-distance")
        .named("frechet-" + set)
        .on("real", "real")
        .on("generated", set)
        .column("features", "data");
  }

  private static Task diversity(String set) {
    return Task.of("diversity")
        .named("diversity-" + set)
        .on("generated", set)
        .on("reference", "real")
        .column("samples", "data");
  }

  @ParameterizedTest
  @CsvSource({
    "log-likelihood, log-likelihood, autoregressive/log_likelihood",
    "log-likelihood, perplexity, autoregressive/perplexity",
    "log-likelihood, bits-per-token, autoregressive/bits_per_dim",
    "kl, kl, vae/kl",
    "elbo, elbo, vae/elbo",
    "elbo, recon, vae/reconstruction",
    "gan, discriminator-loss, gan/d_loss",
    "gan, generator-loss-saturating, gan/g_loss_saturating",
    "gan, generator-loss-non-saturating, gan/g_loss_nonsaturating",
    "gan, accuracy-real, gan/accuracy_real",
    "gan, accuracy-fake, gan/accuracy_fake",
    "gan, logit-gap, gan/logit_gap",
    "flow, log-density, flow/log_px",
    "flow, bits-per-dimension, flow/bits_per_dim",
    "mse, mse, diffusion/mse",
    "frechet-good, mean-term, samples-good/frechet_mean_term",
    "frechet-noisy, mean-term, samples-noisy/frechet_mean_term",
    "diversity-good, mean-variance, samples-good/mean_variance",
    "diversity-noisy, variance-ratio, samples-noisy/variance_ratio",
    "diversity-collapsed, variance-ratio, samples-collapsed/variance_ratio",
  })
  void agreesWithNumPy(String evaluation, String measure, String expected) {
    JsonNode value = EXPECTED.at("/values/" + expected);
    Measure found = measure(evaluation, measure);
    assertThat(found.value()).isCloseTo(value.get("value").doubleValue(), withinPercentage(1e-11));
    if (value.get("stderr") != null) {
      assertThat(found.standardError())
          .isCloseTo(value.get("stderr").doubleValue(), withinPercentage(1e-10));
      assertThat(found.n()).isEqualTo(value.get("n").longValue());
    }
  }

  /// The trace of a matrix root keeps fewer digits than its matrix: the covariances have rank 44 to
  /// 64 of 64, and what rounding leaves of a zero eigenvalue enters with its root.
  @ParameterizedTest
  @CsvSource({"good", "noisy", "collapsed"})
  void frechetDistanceAgreesWithSciPy(String set) {
    double expected = EXPECTED.at("/values/samples-" + set + "/frechet/value").doubleValue();
    assertThat(measure("frechet-" + set, "frechet-distance").value())
        .isCloseTo(expected, withinPercentage(1e-9));
  }

  @Test
  void lossByTimestepAgreesWithNumPy() {
    List<Breakdown.Group> groups = evaluation("mse").breakdowns().getFirst().groups();
    assertThat(groups).hasSize(4);
    for (int q = 0; q < 4; q++) {
      JsonNode expected = EXPECTED.at("/values/diffusion/mse_q" + q);
      Measure found = groups.get(q).measures().getFirst();
      assertThat(found.value())
          .isCloseTo(expected.get("value").doubleValue(), withinPercentage(1e-12));
      assertThat(found.standardError())
          .isCloseTo(expected.get("stderr").doubleValue(), withinPercentage(1e-10));
      assertThat(found.n()).isEqualTo(expected.get("n").longValue());
    }
  }

  @Test
  void onlyTheCollapsedSetIsSeenAsCollapsed() {
    assertThat(verdict("good")).isEqualTo(Status.PASS);
    assertThat(verdict("noisy")).isEqualTo(Status.PASS);
    assertThat(verdict("collapsed")).isEqualTo(Status.FAIL);
    assertThat(report.checklist().getLast().status()).isEqualTo(Status.FAIL);
    assertThat(report.checklist().getLast().answer()).contains("diversity-collapsed");
  }

  private static Status verdict(String set) {
    return evaluation("diversity-" + set).verdicts().getFirst().status();
  }

  private static EvaluationResult evaluation(String name) {
    return Objects.requireNonNull(report.evaluation(name), name);
  }

  private static Measure measure(String evaluation, String measure) {
    return Objects.requireNonNull(evaluation(evaluation).measure(measure), measure);
  }
}
