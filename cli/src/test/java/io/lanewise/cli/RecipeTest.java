package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
        .hasSize(10);
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
  })
  void inspectSaysWhatToRun(String name, String hint) {
    String file = QUICKSTART.resolve(name).toString();
    assertThat(lanewise("inspect", file).out()).contains(hint + " " + file);
  }
}
