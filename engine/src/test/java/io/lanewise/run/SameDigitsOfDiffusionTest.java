package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// As [SameDigitsTest], for everything of the diffusion family that draws, steps or sums: row files
/// byte by byte, and measures.
class SameDigitsOfDiffusionTest {
  private static final int ROWS = 333;
  private static final int WIDTH = 5;
  @TempDir static Path temp;
  private static Report expected;

  private static Table data() {
    long[] t = new long[ROWS];
    long[] next = new long[ROWS];
    double[] sigma = new double[ROWS];
    double[] lower = new double[ROWS];
    double[] higher = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      t[i] = i * 3L;
      next[i] = t[i] - 1;
      sigma[i] = (i + 1.0) / (ROWS + 1);
      lower[i] = 0.9 * sigma[i];
      higher[i] = 1.2 * sigma[i];
    }
    return new Table()
        .with("t", t)
        .with("t-next", next)
        .with("sigma", sigma)
        .with("sigma-next", lower)
        .with("higher", higher)
        .vectors("x0", normals(1, 0.3))
        .vectors("xt", normals(2, 1))
        .vectors("prediction", normals(3, 1));
  }

  private static double[][] normals(int stream, double deviation) {
    double[] all = new double[ROWS * WIDTH];
    new PhiloxNoise(11).normalsF64(0, all.length, stream, MemorySegment.ofArray(all));
    double[][] rows = new double[ROWS][];
    Arrays.setAll(
        rows,
        i ->
            Arrays.stream(all, i * WIDTH, (i + 1) * WIDTH)
                .map(v -> Math.clamp(v * deviation, -4, 4))
                .toArray());
    return rows;
  }

  private static Task task(String objective, String... roles) {
    Task task = Task.of(objective).rows("npz");
    for (String role : roles) {
      task = task.column(role, role);
    }
    return task;
  }

  private static List<Task> tasks() {
    return List.of(
        task("noising", "x0")
            .named("drawn")
            .parameter("draw", "uniform")
            .outputs(List.of("t", "importance-weight", "target", "eps")),
        task("noising", "x0")
            .named("drawn-numpy")
            .parameter("draw", "importance")
            .parameter("draw-of", "time")
            .parameter("probabilities", "0.5,0.2,0.3")
            .parameter("noise", "numpy:4")
            .outputs(List.of("time", "importance-weight", "score")),
        task("noising", "x0")
            .named("stratified")
            .parameter("draw", "stratified")
            .outputs(List.of("t")),
        task("ddpm-step", "xt", "prediction", "t").parameter("threshold", "clip"),
        task("ddim-step", "xt", "prediction", "t", "t-next")
            .parameter("eta", "0.5")
            .parameter("threshold", "dynamic"),
        task("sigma-step", "xt", "prediction", "sigma", "sigma-next")
            .parameter("method", "euler-ancestral"),
        task("multistep-step", "xt", "prediction", "sigma", "sigma-next")
            .column("prediction-1", "x0")
            .column("state-1", "x0")
            .column("sigma-1", "higher")
            .parameter("eta", "0.5")
            .parameter("threshold", "clip"),
        task("edm-churn", "xt", "sigma").parameter("s-churn", "5").parameter("steps", "20"),
        task("probability-flow-step", "xt", "prediction")
            .column("time", "sigma")
            .column("time-next", "sigma-next"),
        task("edm-preconditioning", "xt", "x0", "prediction", "sigma")
            .outputs(List.of("target", "denoised", "c-noise")),
        task("diffusion-conversion", "xt", "prediction", "t").outputs(List.of("v", "score")),
        task("denoising-mse", "prediction", "t")
            .column("target", "xt")
            .parameter("weighting", "min-snr"),
        task("diffusion-vlb", "x0", "xt", "prediction", "t").parameter("threshold", "clip"));
  }

  private static Report run(int files, int threads, int batchRows, Path directory) {
    String[] names = new String[files];
    Table data = data();
    for (int f = 0; f < files; f++) {
      Path file = directory.resolve("part" + f + ".arrow");
      // The first of several files has one row.
      int from = f == 0 ? 0 : 1 + (ROWS - 1) * (f - 1) / Math.max(1, files - 1);
      int to = files == 1 ? ROWS : 1 + (ROWS - 1) * f / (files - 1);
      names[f] = data.write(file, from, to).toString();
    }
    Evaluation.Builder builder = Evaluation.builder().data("rows", names);
    tasks().forEach(builder::evaluate);
    return builder
        .threads(threads)
        .batchRows(batchRows)
        .hashInputs(false)
        .output(directory, true)
        .build()
        .run();
  }

  @BeforeAll
  static void runPlainly() throws Exception {
    expected = run(1, 1, 0, Files.createDirectory(temp.resolve("plain")));
  }

  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of(1, 1, 1),
        Arguments.of(1, 2, 7),
        Arguments.of(1, 5, 64),
        Arguments.of(4, 1, 0),
        Arguments.of(4, 3, 10));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void filesThreadsAndBatchesDoNotShow(
      int files, int threads, int batchRows, @TempDir Path directory) throws Exception {
    Report report = run(files, threads, batchRows, directory);
    for (int i = 0; i < expected.evaluations().size(); i++) {
      EvaluationResult was = expected.evaluations().get(i);
      EvaluationResult is = report.evaluations().get(i);
      assertThat(is.measures()).isEqualTo(was.measures());
      assertThat(is.arrays()).isEqualTo(was.arrays());
      assertThat(is.breakdowns()).isEqualTo(was.breakdowns());
      Path plain = temp.resolve("plain").resolve(was.name() + ".npz");
      assertThat(Files.mismatch(plain, directory.resolve(was.name() + ".npz")))
          .as(was.name())
          .isEqualTo(-1);
    }
  }
}
