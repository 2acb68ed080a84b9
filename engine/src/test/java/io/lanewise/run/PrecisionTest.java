package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.lanewise.Evaluation;
import io.lanewise.kernel.Precision;
import io.lanewise.plan.Task;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Single precision is near double precision, different from it, named in the report, and as
/// independent of threads and batches.
class PrecisionTest {
  /// With kernels that [Precision#SINGLE] changes.
  private static final List<String> CHANGED = List.of("gaussian-kl", "denoising-mse");

  private static Report run(Precision precision, int threads, int batchRows) {
    Path data = Path.of("..", "data", "quickstart");
    return Evaluation.builder()
        .data("vae", data.resolve("vae.npz").toString())
        .data("diffusion", data.resolve("diffusion.npz").toString())
        .data("real", data.resolve("real.npy").toString())
        .data("good", data.resolve("samples-good.npy").toString())
        .evaluate(Task.of("gaussian-kl").on("rows", "vae"))
        .evaluate(
            Task.of("denoising-mse")
                .on("rows", "diffusion")
                .column("target", "eps")
                .column("prediction", "eps_pred"))
        .evaluate(
            Task.of("precision-recall")
                .on("real", "real")
                .on("generated", "good")
                .column("features", "data"))
        .precision(precision)
        .threads(threads)
        .batchRows(batchRows)
        .hashInputs(false)
        .build()
        .run();
  }

  private static List<Measure> measures(Report report, String objective) {
    return report.evaluation(objective).measures();
  }

  @Test
  void singleIsNearDouble() {
    Report exact = run(Precision.DOUBLE, 1, 0);
    Report single = run(Precision.SINGLE, 1, 0);
    for (String objective : CHANGED) {
      double truth = measures(exact, objective).getFirst().value();
      assertThat(measures(single, objective).getFirst().value())
          .as(objective)
          .isCloseTo(truth, offset(3e-7 * truth))
          .isNotEqualTo(truth);
    }
    assertThat(single.provenance().kernels()).endsWith(" single");
  }

  @Test
  void singleIsTheSameForAllThreadsAndBatches() {
    Report expected = run(Precision.SINGLE, 1, 0);
    Report several = run(Precision.SINGLE, 3, 7);
    Report one = run(Precision.SINGLE, 2, 1);
    for (String objective : CHANGED) {
      assertThat(measures(several, objective)).isEqualTo(measures(expected, objective));
      assertThat(measures(one, objective)).isEqualTo(measures(expected, objective));
    }
  }

  @Test
  void whatIsNearestIsDecidedInDoublePrecision() {
    assertThat(measures(run(Precision.SINGLE, 1, 0), "precision-recall"))
        .isEqualTo(measures(run(Precision.DOUBLE, 1, 0), "precision-recall"));
  }
}
