package io.lanewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.Session;
import io.lanewise.plan.Task;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/embedding.md: its examples are the code that runs here.
class EmbeddingDocsTest {
  private static final Path DATA = Path.of("..", "data", "quickstart", "flow.arrow");
  private static final Path PAGE = Path.of("..", "docs", "embedding.md");
  private static final Path SOURCE =
      Path.of("src", "test", "java", "io", "lanewise", "examples", "EmbeddingExample.java");

  private static List<Measure> measures(Report report) {
    return Objects.requireNonNull(report.evaluation("flow-log-density")).measures();
  }

  private static List<Measure> ofTheFile() {
    return measures(
        Evaluation.builder()
            .data("latents", DATA.toString())
            .evaluate(Task.of("flow-log-density").on("rows", "latents"))
            .build()
            .run());
  }

  @Test
  void batchesGiveWhatTheFileGives() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        FileChannel channel = FileChannel.open(DATA);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      assertThat(measures(EmbeddingExample.run(reader, allocator))).isEqualTo(ofTheFile());
    }
  }

  @Test
  void partsGiveWhatTheFileGives() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        FileChannel channel = FileChannel.open(DATA);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator);
        Session plan =
            Session.builder()
                .data("latents", reader.getVectorSchemaRoot().getSchema())
                .evaluate(Task.of("flow-log-density").on("rows", "latents"))
                .build()) {
      List<byte[]> states = new ArrayList<>();
      while (reader.loadNextBatch()) {
        VectorSchemaRoot all = reader.getVectorSchemaRoot();
        int half = all.getRowCount() / 2;
        try (VectorSchemaRoot first = all.slice(0, half);
            VectorSchemaRoot second = all.slice(half, all.getRowCount() - half)) {
          states.add(EmbeddingExample.part(plan, first));
          states.add(EmbeddingExample.part(plan, second));
        }
      }
      assertThat(measures(EmbeddingExample.merged(plan, states))).isEqualTo(ofTheFile());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"batches", "part", "merge"})
  void thePageShowsTheCodeThatRuns(String name) throws IOException {
    String source = Files.readString(SOURCE);
    String begin = "// begin " + name + "\n";
    int from = source.indexOf(begin) + begin.length();
    String code = source.substring(from, source.indexOf("// end", from)).stripIndent();
    assertThat(Files.readString(PAGE)).contains("```java\n" + code + "```");
  }
}
