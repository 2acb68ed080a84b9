package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.objective.Table;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Task;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report says which files the numbers of parameters came from.
class ParameterFileTest {
  @TempDir Path temp;
  private Path rows;
  private Path betas;
  private Path weights;

  @BeforeEach
  void write() throws Exception {
    rows =
        new Table()
            .with("x0", 1, 2, 3)
            .with("t", 0L, 1L, 1L)
            .write(temp.resolve("rows.arrow"), 0, 3);
    betas = Files.writeString(temp.resolve("betas.csv"), "beta\n0.1\n0.2\n");
    weights = Files.writeString(temp.resolve("weights.csv"), "p\n1\n3\n");
  }

  private static Task noising(String name) {
    return Task.of("noising").column("x0", "x0").named(name);
  }

  private Report run(InputHash hash, Task... tasks) {
    Evaluation.Builder builder =
        Evaluation.builder().data("rows", rows.toString()).output(temp, true).inputHash(hash);
    List.of(tasks).forEach(builder::evaluate);
    return builder.build().run();
  }

  /// Hashes by sha256sum (GNU coreutils 9.1), fingerprints by the script in `FingerprintTest`.
  @Test
  void everyFileOnceWithItsHash() {
    String schedule = "betas:@" + betas;
    Report report =
        run(
            InputHash.SHA256,
            noising("given").column("t", "t").parameter("schedule", schedule),
            noising("drawn")
                .parameter("schedule", schedule + "#beta")
                .parameter("draw", "importance")
                .parameter("probabilities", "@" + weights));
    assertThat(report.provenance().parameterFiles())
        .containsExactly(
            new Provenance.InputFile(
                betas.toString(),
                "csv",
                13,
                -1,
                "chunk-crc:55256783941be38f",
                "0dc7e808091574554c47a913c5a7506b7e7f3341aea43af11b9ed1435ac88461"),
            new Provenance.InputFile(
                weights.toString(),
                "csv",
                6,
                -1,
                "chunk-crc:80ef4a87abf68e2d",
                "a468f8c2e63b8ac165835818327a540cb3f1ba4a059e684a1a57773641ae2e4b"));
    assertThat(report.provenance().inputs().get("rows")).hasSize(1);
  }

  @Test
  void otherNumbersHaveAnotherHash() throws Exception {
    Task task = noising("noising").column("t", "t").parameter("schedule", "betas:@" + betas);
    String before =
        run(InputHash.CHUNK_CRC, task).provenance().parameterFiles().getFirst().fingerprint();
    Files.writeString(betas, "beta\n0.1\n0.3\n");
    assertThat(
            run(InputHash.CHUNK_CRC, task).provenance().parameterFiles().getFirst().fingerprint())
        .isNotEqualTo(before);
  }

  @Test
  void nothingIsHashedUnasked() {
    Task task = noising("noising").column("t", "t").parameter("schedule", "betas:@" + betas);
    Provenance.InputFile file = run(InputHash.NONE, task).provenance().parameterFiles().getFirst();
    assertThat(file.fingerprint()).isNull();
    assertThat(file.sha256()).isNull();
    assertThat(run(InputHash.CHUNK_CRC, task).provenance().parameterFiles().getFirst().sha256())
        .isNull();
    Task plain = noising("noising").column("t", "t").parameter("schedule", "betas:0.1,0.2");
    assertThat(run(InputHash.CHUNK_CRC, plain).provenance().parameterFiles()).isEmpty();
  }
}
