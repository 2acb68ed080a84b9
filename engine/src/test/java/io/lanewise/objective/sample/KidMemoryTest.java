package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Task;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel inception distance claims of the memory is for rows that are there.
class KidMemoryTest {
  private static final int DIM = 64;

  @TempDir Path folder;

  @Test
  void aBlockThatIsLargerThanTheSetTakesTheMemoryOfTheSet() {
    // A million rows of 64 numbers would take a GiB for two threads.
    Evaluation.Builder small = kid(300, 1_000_000, 64L << 20);

    assertThat(small.build().run().evaluations().getFirst().measure("kid").value())
        .isEqualTo(
            kid(300, 1000, 2L << 30).build().run().evaluations().getFirst().measure("kid").value());
  }

  @Test
  void copiesOfRowsThatAreThereStillCount() {
    // Rows: 20 MiB; tiles of a thread: 49 MiB; copies of a single block: 20 MiB more.
    assertThat(kid(20_480, 128, 70L << 20).build().run().evaluations()).hasSize(1);
    assertThatThrownBy(() -> kid(20_480, 1_000_000, 70L << 20).build().run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memory");
  }

  private Evaluation.Builder kid(int rows, int blockSize, long memory) {
    return Evaluation.builder()
        .data("real", file("real", rows))
        .data("generated", file("generated", rows))
        .evaluate(
            Task.of("kid")
                .on("real", "real")
                .on("generated", "generated")
                .column("features", "x")
                .parameter("block-size", Integer.toString(blockSize)))
        .hashInputs(false)
        .threads(1)
        .memory(memory);
  }

  private String file(String name, int rows) {
    Random random = new Random(name.hashCode());
    return RowFile.write(
        folder.resolve("%s-%d.arrow".formatted(name, rows)),
        rows,
        Map.of("x", random.doubles((long) rows * DIM).toArray()));
  }
}
