package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.ArchiveFile;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.Reading;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that somebody cuts or rewrites while they are read.
class ChangedFileTest {
  private static final int ROWS = 10_000;
  private static final int WIDTH = 64;

  @TempDir Path dir;

  private Path written(String name) {
    Path path = dir.resolve(name);
    Random random = new Random(5);
    float[] values = new float[ROWS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    MemorySegment data = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values);
    List<VectorColumn> columns =
        List.of(
            new VectorColumn("mu", DType.FLOAT32, ROWS, WIDTH, data, Validity.ALL, Validity.ALL),
            new VectorColumn(
                "logvar", DType.FLOAT32, ROWS, WIDTH, data, Validity.ALL, Validity.ALL));
    try (Sink sink =
            Sinks.create(path, columns.stream().map(VectorColumn::describe).toList(), false);
        Batch batch = new Batch(0, ROWS, columns, () -> {})) {
      sink.write(batch);
      sink.commit();
    }
    return path;
  }

  private static Report run(Path file, boolean mapped) {
    return Evaluation.builder()
        .hashInputs(false)
        .mapped(mapped)
        .data("posterior", file.toString())
        .evaluate(Task.of("gaussian-kl"))
        .build()
        .run();
  }

  /// Cut at a random place after a random time. Whatever is read at that moment, the run ends with
  /// its result or with a sentence about that file; a crash of the JVM would end this test's.
  @ParameterizedTest
  @ValueSource(strings = {"x.npz", "x.arrow", "x.arrows"})
  void cutShort(String name) throws Exception {
    Path whole = written("whole" + name);
    double expected = value(run(whole, true));
    Path file = dir.resolve(name);
    Random random = new Random(20261201);
    List<String> others = new ArrayList<>();
    int cut = 0;
    double millis = 20;
    for (int trial = 0; trial < 25; trial++) {
      Files.copy(whole, file, StandardCopyOption.REPLACE_EXISTING);
      long wait = (long) (random.nextDouble() * millis * 1e6);
      long keep = (long) (random.nextDouble() * Files.size(whole));
      Thread cutter =
          Thread.ofPlatform()
              .start(() -> {
                long end = System.nanoTime() + wait;
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                  channel.truncate(keep);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      long start = System.nanoTime();
      try {
        assertThat(value(run(file, true))).isEqualTo(expected);
      } catch (DataException e) {
        cut++;
        if (!e.getMessage()
            .equals(file + ": changed while it was read, expected it to stay as it is")) {
          others.add(e.getMessage());
        }
      } finally {
        cutter.join();
      }
      millis = 0.9 * millis + 0.1 * (System.nanoTime() - start) / 1e6;
    }
    assertThat(cut).isPositive();
    // Some were cut before they were opened.
    assertThat(others).allMatch(message -> message.startsWith(file + ": "));
    assertThat(others.size()).isLessThan(cut);
  }

  /// Whatever a state that is cut looks like: what is gone, or a checksum that no longer fits.
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 2000})
  void aStateThatIsCutWhileItIsMerged(int keep) throws IOException {
    Path state = dir.resolve("state");
    Evaluation.builder()
        .data("posterior", written("x.npz").toString())
        .evaluate(Task.of("gaussian-kl"))
        .state(state, false)
        .build()
        .run();
    assertThat(Files.size(state)).isGreaterThan(2000);
    try (ArchiveFile file = ArchiveFile.open(state)) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() ->
              file.read(open -> {
                cut(state, keep);
                open.entries().forEach(open::bytes);
              }))
          .withMessage(state + ": changed while it was read, expected it to stay as it is");
    }
  }

  private static void cut(Path file, long keep) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(keep);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double value(Report report) {
    return report.evaluation("gaussian-kl").measure("kl").value();
  }

  @Test
  void rewrittenInPlace() throws IOException {
    Path file = written("x.npz");
    try (Source source = Sources.open(file.toString());
        Cursor cursor = source.read(List.of("mu"), 100)) {
      cursor.next().close();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1000), Files.size(file) / 2);
      }
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(cursor::next)
          .withMessage(file + ": changed while it was read, expected it to stay as it is");
    }
  }

  /// What is open is whole, whatever stands in its place by now.
  @Test
  void replacedByAnotherFile() throws IOException {
    Path file = written("x.npz");
    try (Source source = Sources.open(file.toString());
        Cursor cursor = source.read(List.of("mu"), ROWS)) {
      Files.move(written("y.npz"), file, StandardCopyOption.REPLACE_EXISTING);
      try (Batch batch = cursor.next()) {
        assertThat(batch.rows()).isEqualTo(ROWS);
      }
    }
  }

  @Test
  void readIntoMemory() throws IOException {
    Path file = written("x.npz");
    double expected = value(run(file, true));
    assertThat(value(run(file, false))).isEqualTo(expected);
    // Cut before anything but the headers was looked at: memory has it all.
    try (Source source = Sources.open(file.toString(), new Reading(false, 1L << 30));
        Cursor cursor = source.read(List.of("mu"), ROWS)) {
      try (Batch batch = cursor.next()) {
        Files.write(file, new byte[10]);
        assertThat(((VectorColumn) batch.column("mu")).data().byteSize())
            .isEqualTo(4L * ROWS * WIDTH);
      }
    }
  }

  @Test
  void aFileThatMustFitIntoMemoryAndDoesNot() {
    Path file = written("x.npz");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString(), new Reading(false, 1 << 20)))
        .withMessageContaining("to be read without mapping it, expected at most 1048576")
        .withMessageContaining("--memory");
  }
}
