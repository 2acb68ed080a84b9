package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Promise 1 of the design: the same digits for every number of threads, batch size and split into
/// files, row files included.
class SameDigitsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart");
  @TempDir static Path temp;
  private static Report expected;
  private static byte[] expectedRows;

  @BeforeAll
  static void runPlainly() throws Exception {
    Path output = Files.createDirectory(temp.resolve("plain"));
    expected = run(1, 0, output, file("vae.npz"), file("diffusion.npz"), file("samples-good.npy"));
    expectedRows = Files.readAllBytes(output.resolve("reparameterize.npz"));
  }

  private static String file(String name) {
    return DATA.resolve(name).toString();
  }

  private static Report run(
      int threads, int batchRows, Path output, String vae, String diffusion, String samples) {
    return Evaluation.builder()
        .data("vae", vae)
        .data("diffusion", diffusion)
        .data("samples", samples)
        .data("real", file("real.npy"))
        .data("flow", file("flow.arrow"))
        .evaluate(
            Task.of("flow-log-density")
                .on("rows", "flow")
                .column("logdet", "logdet")
                .column("z", "z"))
        .evaluate(Task.of("posterior-collapse").on("rows", "vae").parameter("free-bits", "0.5"))
        .evaluate(Task.of("gaussian-kl").on("rows", "vae").by(Bins.values("label")))
        .evaluate(
            Task.of("reparameterize").on("rows", "vae").parameter("noise", "philox:3").rows("npz"))
        .evaluate(
            Task.of("denoising-mse")
                .on("rows", "diffusion")
                .column("target", "eps")
                .column("prediction", "eps_pred")
                .by(new Bins("t", 10, 0, 1000)))
        .evaluate(
            Task.of("noising")
                .on("rows", "diffusion")
                .column("x0", "x0")
                .column("t", "t")
                .parameter("noise", "numpy:5")
                .rows("npz"))
        .evaluate(
            Task.of("langevin")
                .on("rows", "diffusion")
                .column("x", "x0")
                .parameter("score-function", "standard-normal")
                .parameter("eta", "0.05")
                .parameter("steps", "3")
                .rows("npz"))
        .evaluate(
            Task.of("denoising-mse")
                .named("binned")
                .on("rows", "diffusion")
                .column("target", "eps")
                .column("prediction", "eps_pred")
                .quantiles(List.of(0.05, 0.5, 0.95))
                .by(
                    new Bins(
                        "t",
                        new Axis(Axis.Kind.LOG_SNR, "squared-cosine", 1000),
                        new Bins.EqualCount(13)))
                .by(new Bins("t", Axis.VALUE, new Bins.DataWidth(7)))
                .by(new Bins("t", Axis.VALUE, new Bins.Quartiles(1000))))
        .evaluate(
            Task.of("langevin")
                .named("mala")
                .on("rows", "diffusion")
                .column("x", "x0")
                .parameter("score-function", "mixture")
                .parameter("target", twoModes(64))
                .parameter("correction", "metropolis")
                .parameter("eta", "0.02")
                .parameter("steps", "4")
                .rows("npz"))
        .evaluate(
            Task.of("underdamped-langevin")
                .named("underdamped")
                .on("rows", "diffusion")
                .column("x", "x0")
                .column("v", "eps")
                .parameter("score-function", "standard-normal")
                .parameter("step", "0.3")
                .parameter("steps", "3")
                .rows("npz"))
        .evaluate(corrector("batch").parameter("batch-size", "50"))
        .evaluate(corrector("dataset"))
        .evaluate(
            Task.of("frechet-distance")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data"))
        .evaluate(
            Task.of("diversity")
                .on("generated", "samples")
                .on("reference", "real")
                .column("samples", "data"))
        .evaluate(
            Task.of("kernel-inception-distance")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data"))
        .evaluate(
            Task.of("maximum-mean-discrepancy")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data")
                .parameter("kernel", "rbf"))
        .evaluate(
            Task.of("precision-recall")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data")
                .outputs(List.of("realism", "balls"))
                .rows("npz"))
        .evaluate(
            Task.of("memorization")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data"))
        .evaluate(
            Task.of("energy-distance")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data"))
        .evaluate(
            Task.of("pairwise-distance")
                .on("generated", "samples")
                .on("reference", "real")
                .column("samples", "data"))
        .evaluate(
            Task.of("sliced-wasserstein")
                .on("real", "real")
                .on("generated", "samples")
                .column("features", "data")
                .parameter("projections", "300"))
        .evaluate(Task.of("vendi-score").on("rows", "samples").column("features", "data"))
        .evaluate(Task.of("inception-score").on("rows", "samples").column("logits", "data"))
        .threads(threads)
        .batchRows(batchRows)
        .output(output, false)
        .hashInputs(false)
        .build()
        .run();
  }

  private static Task corrector(String norm) {
    return Task.of("langevin-corrector")
        .named("corrector-" + norm)
        .on("rows", "diffusion")
        .column("x", "x0")
        .column("score", "eps")
        .parameter("norm", norm)
        .rows("npz");
  }

  private static String twoModes(int dim) {
    String low = String.join(",", Collections.nCopies(dim, "-1"));
    String high = String.join(",", Collections.nCopies(dim, "1"));
    return "{\"means\": [[%s], [%s]], \"deviations\": [0.5, 1]}".formatted(low, high);
  }

  static Stream<Arguments> threadsAndBatchRows() {
    return Stream.of(1, 2, 5)
        .flatMap(t -> Stream.of(1, 7, 1024, 65_536).map(b -> Arguments.of(t, b)));
  }

  @ParameterizedTest
  @MethodSource("threadsAndBatchRows")
  void threadsAndBatchesDoNotShow(int threads, int batchRows, @TempDir Path output)
      throws Exception {
    same(
        run(
            threads,
            batchRows,
            output,
            file("vae.npz"),
            file("diffusion.npz"),
            file("samples-good.npy")),
        output);
  }

  @Test
  void splitsIntoFilesDoNotShow(@TempDir Path output) throws Exception {
    String vae = split("vae.npz", output.resolve("vae"), "npz");
    String diffusion = split("diffusion.npz", output.resolve("diffusion"), "npz");
    String samples = split("samples-good.npy", output.resolve("samples"), "npy");
    same(run(2, 100, output, vae, diffusion, samples), output);
  }

  /// Writes the rows of a file as five files, the first with one row.
  private static String split(String name, Path directory, String format) throws Exception {
    Files.createDirectories(directory);
    try (DataSet data = DataSet.of(file(name))) {
      List<String> columns = data.schema().stream().map(c -> c.name()).toList();
      List<Batch> batches = new ArrayList<>();
      try (Cursor cursor = data.read(columns, 1)) {
        Batch batch = cursor.next();
        while (batch != null) {
          batches.add(batch);
          batch = cursor.next();
        }
      }
      int[] cuts = {0, 1, 250, 251, 600, batches.size()};
      for (int f = 0; f < 5; f++) {
        try (Sink sink =
            Sinks.create(
                directory.resolve("part-%d.%s".formatted(f, format)), data.schema(), false)) {
          for (Batch batch : batches.subList(cuts[f], cuts[f + 1])) {
            sink.write(batch);
          }
          sink.commit();
        }
      }
      batches.forEach(Batch::close);
    }
    return directory.resolve("part-*." + format).toString();
  }

  private static void same(Report report, Path output) throws Exception {
    for (int i = 0; i < expected.evaluations().size(); i++) {
      EvaluationResult was = expected.evaluations().get(i);
      EvaluationResult is = report.evaluations().get(i);
      assertThat(is.measures()).isEqualTo(was.measures());
      assertThat(is.arrays()).isEqualTo(was.arrays());
      assertThat(is.breakdowns()).isEqualTo(was.breakdowns());
      assertThat(is.rows()).isEqualTo(was.rows());
    }
    assertThat(Files.readAllBytes(output.resolve("reparameterize.npz"))).isEqualTo(expectedRows);
    for (String name :
        List.of(
            "noising.npz",
            "langevin.npz",
            "mala.npz",
            "underdamped.npz",
            "corrector-batch.npz",
            "corrector-dataset.npz",
            "precision-recall-generated.npz")) {
      assertThat(Files.mismatch(temp.resolve("plain").resolve(name), output.resolve(name)))
          .as(name)
          .isEqualTo(-1);
    }
  }
}
