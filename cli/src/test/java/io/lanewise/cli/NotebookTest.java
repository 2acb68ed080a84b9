package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.VectorColumn;
import io.lanewise.objective.Objectives;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `data/notebook/plan.yaml` gives every number that the theory notebook prints.
///
/// To the last bit: noise, noising, Langevin, denoising error's inputs, ELBO given its KL, GAN
/// losses' direct sums, Fréchet distance, loss by timestep. Within one unit in the last place, for
/// the reason given at each: logarithms and exponentials of our own, fused multiply-add, correctly
/// rounded means.
class NotebookTest {
  private static final Path DATA = Path.of("..", "data", "notebook");
  @TempDir static Path temp;
  private static JsonNode expected;
  private static JsonNode results;

  @BeforeAll
  static void run() {
    Path out = temp.resolve("report");
    Shell shell =
        Shell.run(
            Objectives.all(), "run", DATA.resolve("plan.yaml").toString(), "-o", out.toString());
    // The notebook shows a collapse, and a step that fails.
    assertThat(shell.err())
        .isEqualTo(
            "lanewise: found judgements that failed (diversity-collapsed.mode-collapse,"
                + " loss-by-timestep.timestep-failure), and no check of them: the exit code is 0,"
                + " with --fail-on fail 1\n");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    expected = JsonMapper.shared().readTree(DATA.resolve("expected.json"));
    results = JsonMapper.shared().readTree(out.resolve("results.json"));
  }

  private static void within(int ulps, double found, JsonNode value) {
    double wanted = value.doubleValue();
    assertThat(Math.abs(found - wanted))
        .as("found %s, expected %s", found, wanted)
        .isLessThanOrEqualTo(ulps * Math.ulp(wanted));
  }

  private static double measure(String evaluation, String measure) {
    return StreamSupport.stream(results.get("evaluations").spliterator(), false)
        .filter(e -> e.get("name").asString().equals(evaluation))
        .flatMap(e -> StreamSupport.stream(e.get("measures").spliterator(), false))
        .filter(m -> m.get("name").asString().equals(measure))
        .findFirst()
        .orElseThrow()
        .get("value")
        .doubleValue();
  }

  /// A column of a row file.
  private static double[] rows(String evaluation, String column) {
    try (DataSet data = DataSet.of(temp.resolve("report").resolve(evaluation + ".npz").toString());
        Cursor cursor = data.read(List.of(column), 1 << 16);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      Column values = Objects.requireNonNull(batch.column(column));
      assertThat(values.type()).isEqualTo(DType.FLOAT64);
      return switch (values) {
        case ScalarColumn s -> s.data().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
        case VectorColumn v -> v.data().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
        default -> throw new AssertionError(values.describe().signature());
      };
    }
  }

  private static void rowsWithin(int ulps, String evaluation, String column, String pointer) {
    double[] found = rows(evaluation, column);
    JsonNode wanted = expected.at(pointer);
    assertThat(found).hasSize(wanted.size());
    for (int i = 0; i < found.length; i++) {
      within(ulps, found[i], wanted.get(i));
    }
  }

  @Test
  void autoregressiveLogLikelihood() {
    // Logarithm and exponential are not NumPy's.
    within(1, measure("log-likelihood", "log-likelihood"), expected.at("/ar/logp"));
    within(1, rows("log-likelihood", "probability")[0], expected.at("/ar/prob"));
  }

  @Test
  void reparameterization() {
    rowsWithin(0, "reparameterize", "eps", "/vae/eps");
    // One rounding less than NumPy: fma.
    rowsWithin(1, "reparameterize", "z", "/vae/z");
  }

  @Test
  void gaussianKlAndElbo() {
    // expm1(v) - v in one piece, where NumPy cancels.
    within(1, measure("gaussian-kl", "kl"), expected.at("/kl"));
    within(1, measure("elbo", "elbo"), expected.at("/elbo/elbo"));
    within(1, measure("elbo", "negative-elbo"), expected.at("/elbo/loss"));
  }

  @Test
  void ganLosses() {
    // Means are rounded once, and ln(1 - D) is log1p(-D).
    within(1, measure("gan", "discriminator-loss"), expected.at("/gan/d"));
    within(1, measure("gan", "generator-loss-saturating"), expected.at("/gan/g_sat"));
    within(1, measure("gan", "generator-loss-non-saturating"), expected.at("/gan/g_ns"));
  }

  @Test
  void flow() {
    within(0, rows("affine-flow", "z")[0], expected.at("/flow/z"));
    within(1, measure("affine-flow", "log-density"), expected.at("/flow/log_px"));
  }

  @Test
  void noisingAndDenoisingError() {
    rowsWithin(0, "noising", "eps", "/noising/eps");
    // fma rounds once where NumPy rounds twice.
    rowsWithin(1, "noising", "xt", "/noising/xt");
    within(1, measure("denoising-mse", "mse"), expected.at("/mse/loss"));
  }

  @Test
  void langevin() {
    rowsWithin(0, "langevin", "x-next", "/langevin/x_next");
  }

  @Test
  void frechetDistance() {
    within(0, measure("frechet-distance", "frechet-distance"), expected.at("/fid_diag"));
  }

  @Test
  void diversity() {
    JsonNode variance = array("diversity");
    for (int j = 0; j < 2; j++) {
      within(1, variance.get(j).doubleValue(), expected.at("/diversity/var").get(j));
    }
  }

  /// NumPy prints 5e-32 and 3e-31, which is what is left of the rounded mean; a constant column has
  /// none.
  @Test
  void aCollapsedSetHasNoVariance() {
    JsonNode variance = array("diversity-collapsed");
    assertThat(variance.get(0).doubleValue()).isZero();
    assertThat(variance.get(1).doubleValue()).isZero();
  }

  private static JsonNode array(String evaluation) {
    return StreamSupport.stream(results.get("evaluations").spliterator(), false)
        .filter(e -> e.get("name").asString().equals(evaluation))
        .findFirst()
        .orElseThrow()
        .get("arrays")
        .get(0)
        .get("values");
  }

  @Test
  void lossByTimestep() {
    JsonNode byTimestep =
        StreamSupport.stream(results.get("evaluations").spliterator(), false)
            .filter(e -> e.get("name").asString().equals("loss-by-timestep"))
            .findFirst()
            .orElseThrow()
            .get("breakdowns")
            .get(0);
    JsonNode lower = byTimestep.get("groups").get("lower");
    assertThat(lower).hasSize(20);
    for (int t = 0; t < 20; t++) {
      assertThat(lower.get(t).doubleValue()).isEqualTo(t + 1);
      within(
          0,
          byTimestep.get("measures").get(0).get("value").get(t).doubleValue(),
          expected.at("/loss_by_t").get(t));
    }
  }

  @Test
  void checklistHasTheSixItems() {
    assertThat(results.get("checklist")).hasSize(6);
  }
}
