package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.RowCounts;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user is told of bad data and mistaken plans: place, found, expected; and that nothing is
/// left behind.
class BadInputTest {
  @TempDir Path folder;
  private String file = "";

  @BeforeEach
  void write() throws IOException {
    file =
        Files.writeString(
                folder.resolve("posterior.csv"),
                "mu,logvar,label\n1,0,a\nnan,0,b\n2,0,a\n,0,a\n3,0,b\n")
            .toString();
  }

  private Evaluation.Builder evaluate(Task task) {
    return Evaluation.builder().data("posterior", file).evaluate(task).hashInputs(false);
  }

  private static EvaluationResult run(Evaluation.Builder builder) {
    return Objects.requireNonNull(builder.build().run().evaluation("gaussian-kl"));
  }

  private void refuses(Task task, String... parts) {
    assertThatThrownBy(() -> evaluate(task).build().run())
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theFirstBadRowFailsWhateverTheThreads(int threads) {
    assertThatThrownBy(() -> evaluate(Task.of("kl")).threads(threads).batchRows(1).build().run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("posterior.csv: row 1 of 'kl': column 'mu': found NaN")
        .hasMessageEndingWith("policy is fail");
  }

  /// Rows are counted in the file that is named, not across all files of the set.
  @Test
  void rowsAreThoseOfTheFile() throws IOException {
    String tokens =
        Files.writeString(folder.resolve("1.csv"), "lp,sequence\n-1,0\n-1,0\n").toString();
    String more =
        Files.writeString(folder.resolve("2.csv"), "lp,sequence\n-1,0\n0.5,0\n").toString();
    assertThatThrownBy(() ->
            Evaluation.builder()
                .data("rows", tokens, more)
                .evaluate(Task.of("sequence-log-likelihood").column("logprob", "lp"))
                .build()
                .run())
        .hasMessageContaining("2.csv: ")
        .hasMessageContaining("column 'lp' row 1: found 0.5");
    String beyond =
        Files.writeString(folder.resolve("4.csv"), "x,noise,t\n1,0,3\n1,0,-1\n").toString();
    String before =
        Files.writeString(folder.resolve("5.csv"), "x,noise,t\n1,0,3\n1,0,4\n").toString();
    assertThatThrownBy(() ->
            Evaluation.builder()
                .data("rows", before, beyond)
                .evaluate(Task.of("noising").parameter("noise", "given").column("x0", "x"))
                .build()
                .run())
        .hasMessageContaining("4.csv: ")
        .hasMessageContaining("column 't' row 1: found timestep -1");
  }

  @Test
  void aNullIsNamedAsSuch() throws IOException {
    Files.writeString(Path.of(file), "mu,logvar\n1,0\n,0\n");

    assertThatThrownBy(() -> evaluate(Task.of("kl")).build().run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("row 1 of 'kl': column 'mu': found null");
  }

  @Test
  void skippedRowsAreCountedAndGroupsToo() {
    EvaluationResult result =
        run(evaluate(Task.of("gaussian-kl").by(Bins.values("label"))).policy(Policy.SKIP));

    assertThat(result.rows().get("rows")).isEqualTo(new RowCounts(5, 3, 1, 1));
    // 1/2, 2 and 9/2: KL of a unit variance is half the squared mean.
    assertThat(Objects.requireNonNull(result.measure("kl")).value()).isEqualTo(7.0 / 3);
    assertThat(result.breakdowns().getFirst().groups().getFirst().rows())
        .isEqualTo(new RowCounts(3, 2, 1, 0));
    assertThat(result.breakdowns().getFirst().groups().getLast().rows())
        .isEqualTo(new RowCounts(2, 1, 0, 1));
  }

  @Test
  void propagatedNonFiniteNumbersReachTheResult() {
    EvaluationResult result = run(evaluate(Task.of("gaussian-kl")).policy(Policy.PROPAGATE));

    assertThat(Objects.requireNonNull(result.measure("kl")).value()).isNaN();
    assertThat(result.rows().get("rows")).isEqualTo(new RowCounts(5, 4, 1, 1));
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void rowFilesAreWholeOrAbsent(Policy policy) throws IOException {
    Path out = folder.resolve("out");
    Evaluation evaluation =
        evaluate(Task.of("kl").rows("csv")).policy(policy).output(out, false).build();
    if (policy == Policy.FAIL) {
      assertThatThrownBy(evaluation::run).isInstanceOf(DataException.class);
      assertThat(out).isEmptyDirectory();
    } else {
      evaluation.run();
      assertThat(Files.readAllLines(out.resolve("kl.csv"))).hasSize(6);
    }
  }

  @Test
  void noRowsGiveNoNumbersButNoFailure() {
    ColumnType mu = new ColumnType("mu", Shape.VECTOR, DType.FLOAT64, 3);
    ColumnType logvar = new ColumnType("logvar", Shape.VECTOR, DType.FLOAT64, 3);
    file = folder.resolve("empty.npz").toString();
    try (Sink sink = Sinks.create(Path.of(file), List.of(mu, logvar), false)) {
      sink.commit();
    }

    EvaluationResult result = run(evaluate(Task.of("gaussian-kl")));

    assertThat(Objects.requireNonNull(result.measure("kl")).value()).isNaN();
    assertThat(Objects.requireNonNull(result.measure("kl")).n()).isZero();
  }

  @Test
  void mistakesAreFoundBeforeDataIsRead() {
    refuses(Task.of("gausian-kl"), "unknown objective 'gausian-kl'", "did you mean 'gaussian-kl'?");
    refuses(
        Task.of("kl").column("mean", "mu"),
        "unknown role of gaussian-kl 'mean'",
        "did you mean 'mu'?");
    refuses(
        Task.of("kl").column("mu", "nu"), "role 'mu': unknown column 'nu'", "did you mean 'mu'?");
    refuses(
        Task.of("kl").column("mu", "label"), "column 'label'", "found text", "expected a vector");
    refuses(Task.of("kl").on("rows", "posteriors"), "unknown data set 'posteriors'");
    refuses(Task.of("kl").parameter("beta", "1"), "unknown parameter of gaussian-kl 'beta'");
    refuses(
        Task.of("elbo").column("recon", "mu").column("kl", "logvar").parameter("beta", "x"),
        "found 'x'",
        "expected a number >= 0");
    refuses(Task.of("elbo").column("recon", "mu"), "found neither role 'kl' nor both");
    refuses(Task.of("reparameterize").parameter("noise", "given"), "no column for role 'eps'");
    refuses(Task.of("kl").outputs(List.of("z")), "unknown output of gaussian-kl 'z'");
    refuses(Task.of("kl").by(Bins.values("lable")), "did you mean 'label'?");
    refuses(Task.of("kl").rows("csv"), "no output directory");
  }

  @Test
  void checksNameKnownMeasures() {
    assertThatThrownBy(
            () -> evaluate(Task.of("kl")).check(new Check("kl", "kll", ">", 0)).build().run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean 'kl'?");
  }

  @Test
  void aTimestepOutsideTheScheduleIsBadData() throws IOException {
    Files.writeString(Path.of(file), "x0,t\n1,0\n1,1000\n");

    assertThatThrownBy(() -> evaluate(Task.of("noising")).build().run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column 't' row 1: found timestep 1000, expected 0 to 999");
  }
}
