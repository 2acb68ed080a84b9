package io.lanewise.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFileTest {
  @TempDir Path folder;

  /// With moves, both would say that they wrote the file.
  @Test
  void ofWritersThatMayNotReplaceOneWinsAndTheOthersAreTold() throws Exception {
    int writers = 8;
    try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
      for (int round = 0; round < 50; round++) {
        Path target = folder.resolve("file-" + round);
        CyclicBarrier together = new CyclicBarrier(writers);
        List<Callable<String>> tasks =
            IntStream.range(0, writers)
                .<Callable<String>>mapToObj(i -> () -> write(target, "writer " + i, together))
                .toList();
        List<String> won =
            executor.invokeAll(tasks).stream()
                .map(Future::resultNow)
                .filter(w -> !w.isEmpty())
                .toList();

        assertThat(won).hasSize(1);
        assertThat(target).hasContent(won.getFirst());
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(50);
    }
  }

  private static String write(Path target, String text, CyclicBarrier together) throws Exception {
    try (StagedFile file = new StagedFile(target, false)) {
      Files.writeString(file.partial(), text);
      together.await();
      file.commit();
      return text;
    } catch (UncheckedIOException e) {
      assertThat(e)
          .hasMessage(
              target + ": found an existing file, expected none unless it is to be replaced")
          .hasCauseInstanceOf(FileAlreadyExistsException.class);
      return "";
    }
  }

  @Test
  void sweepsWhatAKilledProcessLeftAndNothingElse() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path mine;
    String name;
    try (StagedFile file = new StagedFile(folder.resolve("a.csv"), false)) {
      mine = file.partial();
      name = mine.getFileName().toString();
    }
    String process = "-" + ProcessHandle.current().pid() + "-";
    Path dead = touch(name.replace(process, "-" + ended.pid() + "-"));
    Path deadSpool =
        touch(name.replace(process, "-" + ended.pid() + "-").replace(".partial", "-spool.partial"));
    String elsewhere = name.replaceAll("-[0-9a-f]{8}-", "-00000000-");
    Path otherMachine = touch(elsewhere.replace(process, "-1-"));
    Path otherAbandoned = touch(elsewhere.replace(process, "-2-"));
    Files.setLastModifiedTime(
        otherAbandoned, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    Path running = touch(name);
    Path users = touch(".a.csv.partial");
    Path usersToo = touch(".notes.lanewise-x.partial");
    Path directory =
        Files.createDirectory(
            folder
                .resolve(dead.getFileName() + "")
                .resolveSibling(
                    name.replace(process, "-" + ended.pid() + "-").replace("a.csv", "directory")));

    try (StagedFile file = new StagedFile(folder.resolve("b.csv"), false)) {
      assertThat(file.partial()).doesNotExist();
    }

    assertThat(List.of(dead, deadSpool, otherAbandoned)).allMatch(Files::notExists);
    assertThat(List.of(otherMachine, running, users, usersToo, directory)).allMatch(Files::exists);
  }

  private Path touch(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "x");
  }

  @Test
  void aLongNameHasATemporaryFileToo() throws IOException {
    Path target = folder.resolve("n".repeat(250) + ".csv");
    try (StagedFile file = new StagedFile(target, false)) {
      Files.writeString(file.partial(), "x");
      file.commit();
    }
    assertThat(target).hasContent("x");
  }

  @Test
  void aCircleOfLinksIsRefused() throws IOException {
    Path a = Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> new StagedFile(a, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found a circle of symbolic links");
  }

  @Test
  void whatFailsIsToldOfTheOutput() {
    Path partial = folder.resolve(PartialName.next(folder.resolve("a.csv"), ""));
    assertThat(StagedFile.failed(partial, new IOException("No space left on device")))
        .hasMessage(
            folder.resolve("a.csv")
                + ": found an error of the file system (No space left on device), expected to write it");
  }
}
