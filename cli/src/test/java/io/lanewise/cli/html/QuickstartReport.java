package io.lanewise.cli.html;

import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A report like that of `data/quickstart`, with the numbers of its `expected.json`.
final class QuickstartReport {
  /// Mean squared error of the predicted noise by twentieth of t, its standard error.
  private static final double[][] LOSS = {
    {0.7222088807534672, 0.03242356882784346},
    {0.4120972676724145, 0.01623170340747235},
    {0.2780662823376513, 0.013680872546026},
    {0.2012971044874388, 0.011269471474596553},
    {0.1414578897880729, 0.009493531672571677},
    {0.10901945223304509, 0.008093217879111077},
    {0.08409397847914041, 0.004973944545916606},
    {0.06208943472273622, 0.004281345432434206},
    {0.04303342500202383, 0.002031509052572577},
    {0.02808496329996666, 0.0013978713156589206},
    {0.017738693313089336, 0.0006890651925877169},
    {0.010636629550150389, 0.00053753796428499},
    {0.005465913163522643, 0.00022626496368898254},
    {0.0029872947857512945, 0.00012504623682520544},
    {0.001426092152100015, 4.89423795975604e-05},
    {0.0006813410157239922, 3.10031579447917e-05},
    {0.0003132051672785162, 1.8547916600316068e-05},
    {0.00012116219758189588, 5.347113850858488e-06},
    {5.0617405899875885e-05, 2.2452546086027724e-06},
    {2.0648874445952845e-05, 9.995806696123623e-07},
  };

  /// The same by digit, with the number of rows.
  private static final double[][] BY_LABEL = {
    {0.08941083102858263, 0.017809930927773814, 89},
    {0.09641187258828021, 0.018803659993328406, 95},
    {0.11259685729481071, 0.02402856233040672, 87},
    {0.1253453712084725, 0.023843768991151072, 89},
    {0.10044969007085076, 0.01470274395671701, 96},
    {0.11422681804661416, 0.01885623083580487, 103},
    {0.11049838529957778, 0.019709273724214542, 76},
    {0.12984049399964206, 0.02197248570557075, 96},
    {0.08444832794432276, 0.019299935417767856, 79},
    {0.09365767598329451, 0.0186103530025333, 90},
  };

  private static final List<Double> GOOD =
      List.of(
          0.0,
          0.0027699219,
          0.083924234,
          0.075108559,
          0.069468559,
          0.12119609,
          0.037171187,
          0.0046593711,
          5.0589844e-05,
          0.039330875,
          0.1205515,
          0.067001547,
          0.096089027,
          0.1463564,
          0.051504371,
          0.0023198086,
          6.9921875e-05,
          0.049912172,
          0.12455481,
          0.14002028,
          0.15407725,
          0.14404,
          0.042861188,
          0.00059608984,
          7.796875e-06,
          0.034970875,
          0.15102156,
          0.13485056,
          0.14600593,
          0.13373873,
          0.04507775,
          7.796875e-06,
          0.0,
          0.042399184,
          0.15941131,
          0.14607048,
          0.12628906,
          0.13316168,
          0.047038109,
          0.0,
          1.1683594e-05,
          0.036762309,
          0.16627559,
          0.15903337,
          0.15333236,
          0.11907681,
          0.076866938,
          6.9546875e-05,
          0.0,
          0.01301709,
          0.12057963,
          0.10546787,
          0.11133837,
          0.135099,
          0.10072265,
          0.006347875,
          0.0,
          0.0026190469,
          0.096972934,
          0.078310059,
          0.083481187,
          0.13926171,
          0.066966734,
          0.014173609);

  private static final List<Double> COLLAPSED =
      List.of(
          0.0,
          0.0,
          0.010226559,
          0.019171371,
          0.012041996,
          0.045108277,
          0.01401225,
          0.0,
          0.0,
          3.9023438e-06,
          0.052700063,
          0.0084437461,
          0.013421484,
          0.022281234,
          0.020196777,
          0.0,
          0.0,
          3.9023438e-06,
          0.028316797,
          0.15412653,
          0.065104859,
          0.022586422,
          0.0024897461,
          0.0,
          0.0,
          0.0021052969,
          0.039136402,
          0.062374902,
          0.0056136094,
          0.052123746,
          0.011904625,
          0.0,
          0.0,
          0.00015640234,
          0.024387172,
          0.0098942148,
          0.0010321836,
          0.040667621,
          0.012867562,
          0.0,
          0.0,
          3.9023438e-06,
          0.02570309,
          0.026728609,
          0.0081541836,
          0.020828121,
          0.0,
          0.0,
          0.0,
          0.0,
          0.01436484,
          0.015628809,
          0.065273437,
          0.065578746,
          1.9496094e-05,
          0.0,
          0.0,
          0.0,
          0.016395996,
          0.020659277,
          0.091949437,
          0.076432047,
          0.00045624609,
          0.0);

  private QuickstartReport() {}

  static Report report() {
    return new Report(
        "Five generative models of handwritten digits",
        provenance(),
        List.of(
            likelihood(),
            variational(),
            adversarial(),
            flow(),
            noising(),
            denoising(),
            frechet("good", 0.18909147100657633, 0.0153351741415895),
            frechet("noisy", 1.0621629326348176, 0.26192809484617585),
            frechet("collapsed", 5.14599765628965, 2.1879499176311725),
            diversity("good", GOOD, 0.07280423394775391, 0.9872706530058065),
            diversity("collapsed", COLLAPSED, 0.018760560791015617, 0.25440486217041686)),
        List.of(
            new CheckResult("autoregressive.bits-per-dim", "<= 2.5", 2.141294156439293, true),
            new CheckResult("vae.kl", ">= 0", 12.881670724025781, true),
            new CheckResult("diffusion.mse", "<= 0.2", 0.10604451382007504, true),
            new CheckResult("frechet-good.frechet", "<= 0.5", 0.18909147100657633, true),
            new CheckResult("frechet-noisy.frechet", "<= 1.5", 1.0621629326348176, true),
            new CheckResult("frechet-collapsed.frechet", "<= 1.5", 5.14599765628965, false)),
        List.of(
            item(
                "state whether the objective is likelihood, ELBO, adversarial loss, or denoising loss",
                Verdict.Status.PASS,
                "Likelihood: autoregressive, flow; ELBO: vae; adversarial loss: gan; denoising loss:"
                    + " diffusion."),
            item(
                "evaluate sample quality and diversity separately",
                Verdict.Status.PASS,
                "Quality by Fréchet distance (good, noisy, collapsed), diversity by per-dimension"
                    + " variance (good, collapsed)."),
            item(
                "track likelihood only when it is meaningful for the model family",
                Verdict.Status.PASS,
                "No likelihood is reported for gan or the sample sets."),
            item(
                "inspect latent traversals or conditioning controls",
                Verdict.Status.UNKNOWN,
                "Nothing in the plan tells."),
            item(
                "report sampling cost and number of generation steps",
                Verdict.Status.UNKNOWN,
                "Nothing in the plan tells."),
            item(
                "check for mode collapse or timestep-specific failures",
                Verdict.Status.FAIL,
                "diversity-collapsed keeps 25.4 % of the real variance; the denoising loss falls"
                    + " steadily with t.")));
  }

  private static EvaluationResult likelihood() {
    return evaluation(
        "autoregressive",
        "sequence-log-likelihood",
        "likelihood",
        "Log-likelihood of sequences",
        "log p(x) = sum_i log p(x_i | x_<i)",
        rows("autoregressive", Map.of("logprob", "logprob")),
        Map.of("input", "log-probabilities", "ignore-index", "none"),
        List.of(
            measure(
                "log-likelihood",
                -94.99084846626447,
                0.35746936525044093,
                900,
                "nats",
                Direction.HIGHER,
                "mean over rows of the sum of logprob"),
            new Measure(
                "perplexity",
                4.411576053174607,
                0.0246404,
                "delta",
                900,
                "1",
                Direction.LOWER,
                "exp(-sum logprob / tokens), token weighted"),
            new Measure(
                "bits-per-dim",
                2.141294156439293,
                0.00805808,
                "delta",
                900,
                "bits",
                Direction.LOWER,
                "-sum logprob / (tokens ln 2)"),
            new Measure(
                "tokens",
                57600,
                Double.NaN,
                "none",
                900,
                "1",
                Direction.NEITHER,
                "tokens counted")));
  }

  private static EvaluationResult variational() {
    return evaluation(
        "vae",
        "elbo",
        "variational",
        "Evidence lower bound",
        "ELBO = E_q[log p(x|z)] - KL(q(z|x) || N(0, I)), KL = 0.5 sum(mu^2 + expm1(logvar) - logvar)",
        rows("vae", Map.of("mu", "mu", "logvar", "logvar", "reconstruction", "recon_logprob")),
        Map.of(),
        List.of(
            measure(
                "elbo",
                16.628510379578053,
                0.4049732018619571,
                900,
                "nats",
                Direction.HIGHER,
                "mean over rows of reconstruction - KL"),
            measure(
                "kl",
                12.881670724025781,
                0.04307444334519526,
                900,
                "nats",
                Direction.NEITHER,
                "mean over rows of KL(N(mu, exp(logvar)) || N(0, I))"),
            measure(
                "reconstruction",
                29.510181103603834,
                0.39665330828804785,
                900,
                "nats",
                Direction.HIGHER,
                "mean over rows of E_q log p(x|z)")));
  }

  private static EvaluationResult adversarial() {
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    inputs.put("real", input("gan-real", Map.of("score", "logit")));
    inputs.put("generated", input("gan-fake", Map.of("score", "logit")));
    return evaluation(
        "gan",
        "gan-loss",
        "adversarial",
        "GAN losses",
        "D: mean softplus(-r) + mean softplus(f); G saturating: -mean softplus(f); G non-saturating:"
            + " mean softplus(-f)",
        inputs,
        Map.of("input", "logits"),
        List.of(
            measure(
                "d-loss",
                1.2098983232488587,
                0.0161074,
                1900,
                "nats",
                Direction.LOWER,
                "mean softplus(-r) + mean softplus(f); 2 ln 2 if it cannot tell"),
            measure(
                "g-loss-saturating",
                -0.6555057219049145,
                0.012648360801096985,
                1000,
                "nats",
                Direction.LOWER,
                "-mean softplus(f)"),
            measure(
                "g-loss-nonsaturating",
                0.9569032010255565,
                0.0195783037131819,
                1000,
                "nats",
                Direction.LOWER,
                "mean softplus(-f)"),
            measure(
                "accuracy-real",
                0.7355555555555555,
                0.0147,
                900,
                "1",
                Direction.NEITHER,
                "share of r > 0")));
  }

  private static EvaluationResult flow() {
    return evaluation(
        "flow",
        "flow-log-density",
        "flow",
        "Change of variables",
        "log p(y) = log N(z; 0, I) + log|det dz/dy|",
        rows("flow", Map.of("z", "z", "logdet", "logdet")),
        Map.of("direction", "data-to-latent"),
        List.of(
            measure(
                "log-density",
                79.52917243873523,
                0.3214028730362449,
                900,
                "nats",
                Direction.HIGHER,
                "mean over rows"),
            measure(
                "bits-per-dim",
                2.2947074868227366,
                0.00724502,
                900,
                "bits",
                Direction.LOWER,
                "log2(17) - log p(y) / (64 ln 2)")));
  }

  private static EvaluationResult noising() {
    return evaluation(
        "noising",
        "diffusion-noising",
        "diffusion",
        "Forward noising",
        "x_t = sqrt(alphaBar_t) x_0 + sqrt(1 - alphaBar_t) eps",
        rows("diffusion", Map.of("x0", "x0", "eps", "eps", "t", "t")),
        Map.of("schedule", "linear:1e-4,0.02,1000", "noise", "given"),
        List.of());
  }

  private static EvaluationResult denoising() {
    List<Breakdown.Group> byTime = new ArrayList<>();
    for (int i = 0; i < LOSS.length; i++) {
      byTime.add(
          new Breakdown.Group(
              "[%d, %d)".formatted(50 * i, 50 * i + 50),
              50.0 * i,
              50.0 * i + 50,
              new RowCounts(45, 45, 0, 0),
              List.of(mse(LOSS[i][0], LOSS[i][1], 45))));
    }
    List<Breakdown.Group> byLabel = new ArrayList<>();
    for (int i = 0; i < BY_LABEL.length; i++) {
      long n = (long) BY_LABEL[i][2];
      byLabel.add(
          new Breakdown.Group(
              Integer.toString(i),
              i,
              i,
              new RowCounts(n, n, 0, 0),
              List.of(mse(BY_LABEL[i][0], BY_LABEL[i][1], n))));
    }
    EvaluationResult plain =
        evaluation(
            "diffusion",
            "denoising-mse",
            "diffusion",
            "Denoising error",
            "mean_i (eps_i - eps_pred_i)^2",
            rows("diffusion", Map.of("eps", "eps", "eps-pred", "eps_pred", "t", "t")),
            Map.of("reduction", "mean"),
            List.of(mse(0.10604451382007504, 0.006288372034914643, 900)));
    return new EvaluationResult(
        plain.name(),
        plain.objective(),
        plain.family(),
        plain.title(),
        plain.formula(),
        "Ho, Jain, Abbeel: Denoising Diffusion Probabilistic Models, 2020, eq. 14",
        plain.inputs(),
        plain.parameters(),
        plain.rows(),
        plain.measures(),
        List.of(),
        List.of(
            new Breakdown("t", true, "20 bins, floor(20 t / 1000)", byTime),
            new Breakdown("label", true, "value", byLabel)),
        List.of(
            new Verdict(
                "timestep-failure",
                Verdict.Status.PASS,
                "no bin's loss exceeds its neighbours' by 10 standard errors",
                "largest excess 1.2 standard errors at t in [0, 50)")),
        List.of("rows/diffusion.arrow"),
        0.0041);
  }

  private static EvaluationResult frechet(String set, double distance, double meanTerm) {
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    inputs.put("real", input("real", Map.of("features", "real")));
    inputs.put("generated", input("samples-" + set, Map.of("features", "samples-" + set)));
    return evaluation(
        "frechet-" + set,
        "frechet-distance",
        "sample",
        "Fréchet distance",
        "|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))",
        inputs,
        Map.of("covariance", "full", "ddof", "1"),
        List.of(
            measure(
                "frechet",
                distance,
                Double.NaN,
                1000,
                "1",
                Direction.LOWER,
                "the sum of both terms"),
            measure(
                "mean-term", meanTerm, Double.NaN, 1000, "1", Direction.NEITHER, "|m1 - m2|^2")));
  }

  private static EvaluationResult diversity(
      String set, List<Double> variance, double mean, double ratio) {
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    inputs.put("real", input("real", Map.of("features", "real")));
    inputs.put("generated", input("samples-" + set, Map.of("features", "samples-" + set)));
    boolean collapsed = ratio < 0.5;
    EvaluationResult plain =
        evaluation(
            "diversity-" + set,
            "diversity",
            "sample",
            "Diversity and mode collapse",
            "var_d(x) = mean((x_d - mean x_d)^2)",
            inputs,
            Map.of("ddof", "0", "collapse-ratio", "0.5"),
            List.of(
                measure(
                    "mean-variance",
                    mean,
                    0.0003,
                    1000,
                    "1",
                    Direction.NEITHER,
                    "mean over dimensions of the variance (ddof 0)"),
                measure(
                    "variance-ratio",
                    ratio,
                    0.01,
                    1000,
                    "1",
                    Direction.HIGHER,
                    "total variance / total variance of the real rows")));
    return new EvaluationResult(
        plain.name(),
        plain.objective(),
        plain.family(),
        plain.title(),
        plain.formula(),
        plain.reference(),
        plain.inputs(),
        plain.parameters(),
        plain.rows(),
        plain.measures(),
        List.of(new ArrayMeasure("variance", variance, "1", "over the generated rows, ddof 0")),
        List.of(),
        List.of(
            new Verdict(
                "mode-collapse",
                collapsed ? Verdict.Status.FAIL : Verdict.Status.PASS,
                "variance ratio >= 0.5",
                "the variance is %.1f %% of the real rows'".formatted(100 * ratio))),
        List.of(),
        0.002);
  }

  private static EvaluationResult evaluation(
      String name,
      String objective,
      String family,
      String title,
      String formula,
      SequencedMap<String, EvaluationResult.Input> inputs,
      Map<String, String> parameters,
      List<Measure> measures) {
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    inputs.forEach((set, input) -> {
      long n = input.data().startsWith("samples") || input.data().equals("gan-fake") ? 1000 : 900;
      rows.put(set, new RowCounts(n, n, 0, 0));
    });
    return new EvaluationResult(
        name,
        objective,
        family,
        title,
        formula,
        "conventions of the field, see docs",
        inputs,
        new LinkedHashMap<>(parameters),
        rows,
        measures,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0.001);
  }

  private static SequencedMap<String, EvaluationResult.Input> rows(
      String data, Map<String, String> columns) {
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    inputs.put("rows", input(data, columns));
    return inputs;
  }

  private static EvaluationResult.Input input(String data, Map<String, String> columns) {
    return new EvaluationResult.Input(data, new LinkedHashMap<>(columns));
  }

  private static Measure mse(double value, double standardError, long n) {
    return measure(
        "mse",
        value,
        standardError,
        n,
        "1",
        Direction.LOWER,
        "mean over rows of the mean over elements of (eps - eps_pred)^2");
  }

  private static Measure measure(
      String name,
      double value,
      double standardError,
      long n,
      String unit,
      Direction better,
      String definition) {
    String method = Double.isNaN(standardError) ? "none" : "mean";
    return new Measure(name, value, standardError, method, n, unit, better, definition);
  }

  private static ChecklistItem item(String question, Verdict.Status status, String answer) {
    return new ChecklistItem(question, status, answer);
  }

  static Provenance provenance() {
    return new Provenance(
        "0.1.0-SNAPSHOT",
        Instant.parse("2026-11-22T10:34:30Z"),
        0.84,
        "OpenJDK 64-Bit Server VM Temurin 25.0.3+9",
        "Linux 6.1 amd64",
        "AMD EPYC 9R14",
        "simd-512",
        "openblas 0.3.31",
        2,
        0,
        "fail",
        Map.of(
            "diffusion",
            List.of(file("diffusion.npz", "npz", 699620, 900, "a76aed1c44e79ae9")),
            "vae",
            List.of(file("vae.npz", "npz", 91246, 900, "73e8328977dbe6ad")),
            "real",
            List.of(file("real.npy", "npy", 230528, 900, "a5ee12eadeb71fbb"))));
  }

  private static Provenance.InputFile file(
      String name, String format, long bytes, long rows, String hash) {
    return new Provenance.InputFile(
        "data/quickstart/" + name, format, bytes, rows, "chunk-crc:" + hash, hash.repeat(4));
  }
}
