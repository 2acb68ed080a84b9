package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.objective.Objectives;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names, labels and cells from files, on a terminal and in the report.
class HostileNamesTest {
  private static final String LABEL =
      "\u001b]0;title\u0007\u001b[2J\u202etxt.exe\u2066\u200b\u009b31m" + "x".repeat(500);

  @TempDir Path folder;

  @Test
  void aLabelDoesNothingToATerminalOrAPage() throws IOException {
    Path data =
        arrow(numbers("mu", 1, 2), numbers("logvar", 0, 0), texts("by", List.of(LABEL, "b")));
    Path out = folder.resolve("out");

    Shell shell = lanewise("kl", data.toString(), "--by", "by", "-o", out.toString());
    Shell json = lanewise("kl", data.toString(), "--by", "by", "--format", "json");

    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertHarmless(shell.out());
    assertThat(shell.out()).contains("\\u001b]0;title\\u0007").doesNotContain("x".repeat(80));
    assertHarmless(json.out());
    assertHarmless(Files.readString(out.resolve("report.html")));
    assertThat(json.out()).contains("\\u202etxt.exe", "x".repeat(500));
  }

  @Test
  void neitherDoesAColumnNorACell() throws IOException {
    Path data = arrow(numbers("mu", 1), numbers(LABEL, 2));
    Path cell =
        Files.writeString(
            folder.resolve("c.csv"), "mu,logvar\n1,%s\n".formatted(LABEL.replace("\u001b", "")));

    Shell inspect = lanewise("inspect", data.toString());
    Shell message = lanewise("kl", data.toString(), "--logvar", LABEL + "y");
    Shell bad = lanewise("kl", cell.toString());

    assertThat(inspect.exitCode()).as(inspect.err()).isZero();
    assertHarmless(inspect.out());
    assertThat(inspect.out().lines().mapToInt(String::length).max().orElse(0)).isLessThan(300);
    for (Shell shell : new Shell[] {message, bad}) {
      assertHarmless(shell.err());
      assertThat(shell.err().lines()).hasSize(1);
      assertThat(shell.err()).hasSizeLessThan(2100).doesNotContain("x".repeat(501));
    }
  }

  private Path arrow(Column... columns) {
    Path file = folder.resolve("d.arrow");
    List<Column> all = List.of(columns);
    try (Sink sink = Sinks.create(file, all.stream().map(Column::describe).toList(), false)) {
      sink.write(new Batch(0, all.getFirst().rows(), all, () -> {}));
      sink.commit();
    }
    return file;
  }

  private static Column numbers(String name, double... values) {
    return new ScalarColumn(
        name,
        DType.FLOAT64,
        values.length,
        Arena.ofAuto().allocateFrom(ValueLayout.JAVA_DOUBLE, values),
        Validity.ALL);
  }

  private static Column texts(String name, List<String> values) {
    return new TextColumn(name, values.size(), values, Validity.ALL);
  }

  private static void assertHarmless(String text) {
    assertThat(text.codePoints())
        .noneMatch(c ->
            c != '\n'
                && c != '\t'
                && (Character.getType(c) == Character.CONTROL
                    || Character.getType(c) == Character.FORMAT));
  }

  /// A table once measured every column again for each of its lines.
  @Test
  void tableOf100000RowsIsLinear() {
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          Table table = new Table("lr", "a", "b");
          for (int i = 0; i < 100_000; i++) {
            table.add("c" + i, Integer.toString(i));
          }
          assertThat(table.text().lines()).hasSize(100_001).contains("  c99999  99999");
        });
  }

  @Test
  void aFileOf20000ColumnsIsInspected() throws IOException {
    String header =
        IntStream.range(0, 20_000).mapToObj(i -> "c" + i).collect(Collectors.joining(","));
    String row = IntStream.range(0, 20_000).mapToObj(i -> "1").collect(Collectors.joining(","));
    Path csv = Files.writeString(folder.resolve("d.csv"), header + "\n" + row + "\n");
    Path arrow = folder.resolve("d.arrow");
    assertThat(lanewise("convert", csv.toString(), arrow.toString()).exitCode()).isZero();

    Shell shell = lanewise("inspect", arrow.toString());

    assertThat(shell.out().lines()).hasSize(20_002);
  }

  @Test
  void tooManyThreadsAreRefused() throws IOException {
    Path data = Files.writeString(folder.resolve("d.csv"), "mu,logvar\n1,0\n");
    int most = 4 * Runtime.getRuntime().availableProcessors();

    assertThat(lanewise("kl", data.toString(), "--threads", "" + most).exitCode()).isZero();
    Shell shell = lanewise("kl", data.toString(), "--threads", "" + (most + 1));
    Shell memory = lanewise("kl", data.toString(), "--memory", "nan");

    assertThat(shell.err())
        .isEqualTo(
            "lanewise: option '--threads': found %d, expected 0 to %d, four for each core\n"
                .formatted(most + 1, most));
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(lanewise("merge", "none", "--threads", "" + (most + 1)).err())
        .isEqualTo(shell.err());
    assertThat(memory.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }
}
