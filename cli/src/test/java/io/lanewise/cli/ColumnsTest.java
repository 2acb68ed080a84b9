package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the command says of the columns that it found, and of those that it did not.
class ColumnsTest {
  @TempDir Path folder;

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  /// Columns f11, f10, …, f1, so that their order in the file is not the natural one.
  private String features(String name, int rows, int divisor, int scale, IntBinaryOperator value)
      throws IOException {
    StringBuilder text =
        new StringBuilder(
            IntStream.rangeClosed(1, 11)
                .mapToObj(j -> "f" + (12 - j))
                .collect(Collectors.joining(",", "", "\n")));
    for (int i = 0; i < rows; i++) {
      int row = i;
      text.append(
          IntStream.rangeClosed(1, 11)
              .mapToObj(
                  j -> String.valueOf((double) (value.applyAsInt(row, 12 - j) % divisor) / scale))
              .collect(Collectors.joining(",", "", "\n")));
    }
    return write(name, text.toString());
  }

  private static Shell lanewise(String... arguments) {
    return Shell.run(Objectives.all(), arguments);
  }

  /// The distance is NumPy 1.24's, from the same numbers as arrays.
  @Test
  void scalarColumnsAreOneVector() throws IOException {
    String real = features("real.csv", 12, 11, 4, (i, j) -> 7 * i * j + 3 * j + i);
    String fake = features("fake.csv", 10, 7, 2, (i, j) -> 5 * i * j + 2 * j);
    for (String columns :
        new String[] {
          "f*", "f1,f2,f3,f4,f5,f6,f7,f8,f9,f10,f11", "f1,f2,f3,f4,f5,f6,f7,f8,f9,f1?,f11"
        }) {
      Shell shell =
          lanewise(
              "fid",
              "--real",
              real,
              "--generated",
              fake,
              "--covariance",
              "diagonal",
              "--features",
              columns,
              "--format",
              "json");
      if (columns.contains("?")) {
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("role 'features': unknown column 'f1?'");
        continue;
      }
      assertThat(shell.err()).isEmpty();
      assertThat(shell.out())
          .containsPattern("\"value\": 5\\.67659898245474\\d")
          .contains("\"features\": \"f1,f2,f3,f4,f5,f6,f7,f8,f9,f10,f11\"");
    }
    String plan =
        write(
            "plan.yaml",
            """
            lanewise: 1
            data: {a: real.csv, b: fake.csv}
            evaluate:
              - objective: fid
                data: {real: a, generated: b}
                columns: {features: [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11]}
                parameters: {covariance: diagonal}
              - objective: fid
                name: glob
                data: {real: a, generated: b}
                columns: {features: "f*"}
                parameters: {covariance: diagonal}
            checks:
              - frechet-distance.frechet-distance >= 5.67659898245474
              - frechet-distance.frechet-distance <= 5.67659898245476
              - glob.frechet-distance >= 5.67659898245474
              - glob.frechet-distance <= 5.67659898245476
            """);
    assertThat(lanewise("run", plan, "-o", folder.resolve("out").toString()).exitCode())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void whatIsBoundAndWhatIsNotIsSaid() throws IOException {
    String file = write("elbo.csv", "recon,kl,mu,log_var\n-2,0.5,1,0\n");
    Path out = folder.resolve("out");
    Shell shell = lanewise("elbo", file, "--mu", "mu", "-o", out.toString());
    assertThat(shell.out())
        .contains("columns: recon=recon mu=mu logvar=log_var\n")
        .contains("WARN  column 'kl' has the name of role 'kl' and is not used");
    assertThat(out.resolve("results.json"))
        .content()
        .contains("\"logvar\": \"log_var\"")
        .containsPattern("\"warnings\": \\[\\s*\"column 'kl' has the name of role 'kl'");
    assertThat(out.resolve("report.html")).content().contains("has the name of role &#39;kl&#39;");
    assertThat(lanewise("elbo", file, "--mu", "none", "--logvar", "none").out())
        .contains("columns: recon=recon kl=kl\n")
        .doesNotContain("WARN  column");
  }

  @Test
  void anErrorEndsWithWhatToAdd() throws IOException {
    String file = write("a.csv", "x1,x2,name\n1,2,a\n");
    assertThat(lanewise("kl", file).err())
        .isEqualTo(
            "lanewise: evaluation 'gaussian-kl': %s: found no column for role 'mu', expected a"
                    .formatted(file)
                + " vector of numbers; its columns are x1 int64, x2 int64, name text; add --mu"
                + " COLUMN\n");
    String good = write("good.csv", "features,x1\n1,2\n2,1\n");
    assertThat(lanewise("kid", "--real", good, "--generated", file).err())
        .contains("set 'generated', " + file)
        .endsWith("add --generated-features COLUMN\n");
    write("plan.yaml", "lanewise: 1\ndata: {a: a.csv}\nevaluate: [{objective: vendi}]\n");
    assertThat(lanewise("run", folder.resolve("plan.yaml").toString()).err())
        .endsWith("add 'columns: {features: COLUMN}'\n");
  }

  /// Values and offsets have a name on the command line, and keys in a plan.
  @Test
  void valuesAndOffsetsAreNamedAlike() throws IOException {
    Path arrays = Path.of("../engine/src/test/resources/io/lanewise/run/ragged.npz");
    String file = Files.copy(arrays, folder.resolve("ragged.npz")).toString();
    assertThat(lanewise("ll", file, "--logprob", "lp[off]", "--mask", "mask[off]").out())
        .contains("columns: logprob=lp[off] mask=mask[off] bytes=bytes\n");
    String plan =
        write(
            "plan.yaml",
            """
            lanewise: 1
            data: {tokens: ragged.npz}
            evaluate:
              - objective: ll
                columns: {logprob: {values: lp, offsets: off}, mask: {values: mask, offsets: off}}
            checks: [log-likelihood.total-log-likelihood >= -9.25, log-likelihood.total-log-likelihood <= -9.25]
            """);
    assertThat(lanewise("run", plan, "-o", folder.resolve("out").toString()).exitCode())
        .isEqualTo(ExitCode.DONE);
    write(
        "plan.yaml",
        Files.readString(Path.of(plan)).replace("offsets: off}, mask", "offset: off}, mask"));
    assertThat(lanewise("run", plan, "-o", folder.resolve("out").toString()).err())
        .contains("plan.yaml:5: unknown key 'offset'; did you mean 'offsets'?");
  }

  @Test
  void widthsThatDifferNameFilesAndSets() throws IOException {
    String real = write("real.csv", "a,b\n1,2\n3,4\n");
    String fake = write("fake.csv", "a,b,c\n1,2,3\n4,5,6\n");
    Shell shell =
        lanewise(
            "fid",
            "--real",
            real,
            "--generated",
            fake,
            "--real-features",
            "a,b",
            "--generated-features",
            "a,b,c");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err())
        .contains(
            ("set 'generated', %s: column 'a,b,c': found 3 elements a row, expected 2 as in set"
                    + " 'real', %s: column 'a,b'")
                .formatted(fake, real));
  }
}
