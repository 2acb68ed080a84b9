package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.cli.plan.PlanFile;
import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// From files to numbers in one line.
class RecipeTest {
  private static final Path QUICKSTART = Path.of("../data/quickstart");

  @TempDir Path folder;
  private String real = "";
  private String small = "";
  private String large = "";

  /// Of `[1, 2], [3, 4], …`: the Fréchet distance to the same rows moved by (1, 0) is 1.
  @BeforeEach
  void write() throws IOException {
    real = csv("real", 0);
    small = csv("small", 1);
    large = csv("large", 2);
  }

  private String csv(String name, double moved) throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>(List.of("x,y"));
    for (int i = 0; i < 40; i++) {
      lines.add((random.nextGaussian() + moved) + "," + random.nextGaussian());
    }
    return Files.write(folder.resolve(name + ".csv"), lines).toString();
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }

  private static String line(Shell shell, String measure) {
    return shell
        .out()
        .lines()
        .filter(line -> (" " + line.strip()).contains(" " + measure + " "))
        .findFirst()
        .orElse("none");
  }

  @Test
  void filesOfSetsMayBeGivenInTheirOrder() {
    Shell ordered = lanewise("fid", real, small, "--features", "x,y");
    assertThat(ordered.exitCode()).as(ordered.err()).isZero();
    assertThat(line(ordered, "mean-term")).contains(" 1.00000 ");
    Shell named = lanewise("fid", "--generated", small, "--real", real, "--features", "x,y");
    assertThat(named.out()).isEqualTo(ordered.out());
  }

  @Test
  void eachFurtherFileIsAModel() {
    Shell both = lanewise("fid", real, small, large, "--features", "x,y");
    assertThat(both.exitCode()).as(both.err()).isZero();
    assertThat(line(both, "frechet-distance-small")).contains(" 1.00000 ");
    assertThat(line(both, "frechet-distance-large")).containsPattern("distance +4 +80");
  }

  /// A model whose file is called as a set is must not take that set's place.
  @Test
  void modelsHaveNamesOfTheirOwn() throws IOException {
    String test = csv("test", 3);
    Shell shell =
        lanewise("data-copying", real, small, test, large, "--features", "x,y", "--print-plan");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.out())
        .contains("  training: " + real, "  test: " + small, "models:\n- " + test + "\n- " + large);
    Shell run = lanewise("data-copying", real, small, test, large, "--features", "x,y");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("data-copying-test-2 ", "data-copying-large ");
  }

  @Test
  void oneNeededSetTakesAllFiles() {
    Shell shell = lanewise("pairwise-distance", real, small, "--samples", "x,y");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(line(shell, "mean-pairwise-distance")).endsWith(" 80");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fid                      | found no files of set 'real', expected them as REAL GENERATED or with --real",
        "fid REAL                 | found 1 file, expected REAL GENERATED",
        "fid REAL --generated G   | option '--generated': found 'REAL' as an argument too",
        "samples REAL             | found no REAL GENERATED, expected one",
        "samples REAL G --column a=b | option '--column': unknown name 'a'",
        "vae REAL                 | gaussian-kl: ",
        "run REAL                 | found a data file, expected a plan; 'lanewise inspect",
      })
  void mistakesAreSentences(String line, String problem) {
    String[] args = line.replace("REAL", real).replace(" G", " " + small).split(" +");
    Shell shell = lanewise(args);
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains(problem.replace("'REAL'", "'" + real + "'"));
  }

  @Test
  void samplesAreComparedInOneGo() {
    Shell shell =
        lanewise(
            "samples",
            real,
            small,
            large,
            "--column",
            "features=x,y",
            "--column",
            "samples=x,y",
            "--format",
            "json");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    for (String objective : Recipe.named("samples").orElseThrow().objectives()) {
      assertThat(shell.out())
          .contains("\"" + objective + "-small\"")
          .contains("\"" + objective + "-large\"");
    }
  }

  /// The plan that is printed gives the results of the recipe.
  @Test
  void theRecipeIsAPlan() throws IOException {
    String[] words = {
      "samples",
      real,
      small,
      large,
      "--column",
      "features=x,y",
      "--column",
      "samples=x,y",
      "--parameter",
      "k=3"
    };
    List<String> printed = new ArrayList<>(List.of(words));
    printed.add("--print-plan");
    Shell plan = lanewise(printed.toArray(String[]::new));
    Path file = Files.writeString(folder.resolve("plan.yaml"), plan.out());
    assertThat(
            PlanFile.read(file, Objectives.all().stream().map(o -> o.descriptor()).toList())
                .tasks())
        .hasSize(5);
    Shell run = lanewise("run", file.toString(), "-o", folder.resolve("report").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    String found = run.out().substring(0, run.out().indexOf("\nWritten"));
    assertThat(found).isEqualTo(lanewise(words).out());
  }

  @Test
  void objectivesThatDoNotFindTheirColumnsAreLeftOutAndNamed() {
    Shell shell = lanewise("vae", QUICKSTART.resolve("vae.npz").toString());
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.err()).contains("left out importance-weighted: no columns of their names");
    assertThat(shell.out()).contains("gaussian-kl", "elbo", "posterior-collapse");
    assertThat(shell.out()).doesNotContain("importance-weighted ");
  }

  /// The only list of the file has the shape of logits, and other numbers.
  @Test
  void aColumnIsNeverTakenForItsShapeAlone() {
    Shell shell = lanewise("lm", QUICKSTART.resolve("autoregressive.parquet").toString());
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.out()).contains("log-likelihood").doesNotContain("token-log-likelihood");
  }

  @ParameterizedTest
  @CsvSource({
    "vae.npz, run: lanewise vae",
    "autoregressive.parquet, run: lanewise lm",
    "real.npy, 'run, with real samples: lanewise samples REAL'",
    "diffusion.npz, run: lanewise diffusion",
    "flow.arrow, run: lanewise flow",
  })
  void inspectSaysWhatToRun(String name, String hint) {
    String file = QUICKSTART.resolve(name).toString();
    assertThat(lanewise("inspect", file).out()).contains(hint + " " + file);
  }

  @Test
  void inspectKnowsScoresStatisticsAndLogarithms() throws IOException {
    assertThat(lanewise("inspect", QUICKSTART.resolve("gan-real.npz").toString()).out())
        .endsWith("run, with the scores of real and of generated rows: lanewise gan REAL FAKE\n");
    String statistics = statistics();
    assertThat(lanewise("inspect", statistics).out())
        .endsWith("statistics of real samples: lanewise fid REAL " + statistics + "\n");
    Path logarithms = Files.writeString(folder.resolve("l.csv"), "d[0],d[1]\n-1,-2\n-3,0\n");
    assertThat(lanewise("inspect", logarithms.toString()).out())
        .endsWith("log-probabilities: lanewise lm " + logarithms + " --column logprob=d\n");
  }

  @Test
  void whatInspectSaysCanBeTyped() throws IOException {
    Path spaced = Files.writeString(folder.resolve("it's b.csv"), "x[0],x[1]\n1,2\n3,4\n");

    assertThat(lanewise("inspect", spaced.toString()).out())
        .endsWith("samples REAL '" + spaced.toString().replace("'", "'\\''") + "'\n");
  }

  private String statistics() throws IOException {
    return Files.writeString(folder.resolve("s.csv"), "mu,sigma[0],sigma[1]\n0,1,0\n0,0,1\n")
        .toString();
  }

  @Test
  void statisticsAreNotTakenForSamples() throws IOException {
    String file = statistics();

    for (String command :
        List.of("samples", "kid", "maximum-mean-discrepancy", "precision-recall", "memorization")) {
      Shell shell = lanewise(command, file, file);
      assertThat(shell.err()).contains("statistics of features: frechet-distance takes those");
      assertThat(shell.exitCode()).as(command).isEqualTo(ExitCode.USAGE);
    }
    assertThat(lanewise("fid", file, file).exitCode()).isEqualTo(ExitCode.DONE);
  }

  /// The error is NumPy's, as `expected.json` of the quickstart has it.
  @Test
  void theTargetOfPredictedNoiseIsTheNoise() throws IOException {
    Shell shell =
        lanewise("diffusion", QUICKSTART.resolve("diffusion.npz").toString(), "--format", "json");
    var expected = JsonMapper.shared().readTree(QUICKSTART.resolve("expected.json").toFile());

    double known =
        expected.path("values").path("diffusion").path("mse").path("value").doubleValue();
    assertThat(
            JsonMapper.shared()
                .readTree(shell.out())
                .path("evaluations")
                .path(0)
                .path("measures")
                .path(0)
                .path("value")
                .doubleValue())
        .isCloseTo(known, within(1e-12));
  }

  /// Perplexity by NumPy: `exp(-mean([-1, -2, -3]))` is e^2.
  @Test
  void flatRowsOfTokensAreALanguageModels() throws IOException {
    Path tokens = Files.writeString(folder.resolve("t.csv"), "seq_id,logprob\n0,-1\n0,-2\n1,-3\n");

    assertThat(line(lanewise("lm", tokens.toString()), "perplexity")).contains("7.4");
  }

  /// `numpy.maximum(0, 1 - r).mean() + numpy.maximum(0, 1 + f).mean()` of r = [0.5, -1, 2] and f =
  /// [-2, 0.25] is 1.4583333333333333.
  @Test
  void theOnlyColumnOfNumbersNeedsNoName() throws IOException {
    Path reals = Files.writeString(folder.resolve("r.csv"), "d\n0.5\n-1\n2\n");
    Path fakes = Files.writeString(folder.resolve("f.csv"), "d\n-2\n0.25\n");

    assertThat(lanewise("hinge-gan", reals.toString(), fakes.toString(), "--format", "json").out())
        .contains("\"value\": 1.45833333333333");
    assertThat(lanewise("gan", reals.toString(), fakes.toString()).err())
        .contains("found neither role 'logit' nor role 'probability'", "add --logit COLUMN");
  }

  @Test
  void aRecipeCannotLookAtAPipe() {
    assertThat(lanewise("vae", "-").err())
        .startsWith("lanewise: standard input: found '-', expected a file,");
  }

  @Test
  void dataIsRecognisedWithoutItsExtension() throws IOException {
    Path data = Files.copy(QUICKSTART.resolve("real.npy"), folder.resolve("plan"));

    Shell shell = lanewise("run", data.toString());

    assertThat(shell.err()).contains("found a data file, expected a plan; 'lanewise inspect");
    Path plan = Files.writeString(folder.resolve("p"), "lanewise: 1\ndat: x, y\n");
    assertThat(lanewise("run", plan.toString()).err()).contains("unknown key 'dat'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fid REAL SMALL LARGE --features x,y --covariance diagonal --policy skip",
        "fid REAL SMALL --features x,y --precision single",
        "gaussian-kl Q/vae.npz --by label --quantiles 0.5",
      })
  void thePlanOfAnObjectiveGivesItsResults(String words) throws IOException {
    String[] args =
        words
            .replace("REAL", real)
            .replace("SMALL", small)
            .replace("LARGE", large)
            .replace("Q/", QUICKSTART.toRealPath() + "/")
            .split(" ");
    List<String> printed = new ArrayList<>(List.of(args));
    printed.add("--print-plan");
    Path file =
        Files.writeString(
            folder.resolve("plan.yaml"), lanewise(printed.toArray(String[]::new)).out());

    Shell run = lanewise("run", file.toString(), "-o", folder.resolve("report").toString());

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().substring(0, run.out().indexOf("\nWritten")))
        .isEqualTo(lanewise(args).out());
  }
}
