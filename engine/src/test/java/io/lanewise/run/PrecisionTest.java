package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.lanewise.Evaluation;
import io.lanewise.kernel.Precision;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Single precision is near double precision, different from it, named in the report, and as
/// independent of threads and batches.
class PrecisionTest {
  private static Report run(Precision precision, int threads, int batchRows) {
    Path data = Path.of("..", "data", "quickstart");
    return Evaluation.builder()
        .data("vae", data.resolve("vae.npz").toString())
        .evaluate(Task.of("gaussian-kl").on("rows", "vae"))
        .precision(precision)
        .threads(threads)
        .batchRows(batchRows)
        .hashInputs(false)
        .build()
        .run();
  }

  private static List<Measure> kl(Report report) {
    return report.evaluation("gaussian-kl").measures();
  }

  @Test
  void singleIsNearDouble() {
    Report exact = run(Precision.DOUBLE, 1, 0);
    Report single = run(Precision.SINGLE, 1, 0);
    double truth = kl(exact).getFirst().value();
    assertThat(kl(single).getFirst().value())
        .isCloseTo(truth, offset(3e-7 * truth))
        .isNotEqualTo(truth);
    assertThat(single.provenance().kernels()).isEqualTo(exact.provenance().kernels() + " single");
  }

  @Test
  void singleIsTheSameForAllThreadsAndBatches() {
    List<Measure> expected = kl(run(Precision.SINGLE, 1, 0));
    assertThat(kl(run(Precision.SINGLE, 3, 7))).isEqualTo(expected);
    assertThat(kl(run(Precision.SINGLE, 2, 1))).isEqualTo(expected);
  }
}
