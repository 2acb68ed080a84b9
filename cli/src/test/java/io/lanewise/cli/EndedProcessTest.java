package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A command that is told to end, as by Ctrl-C, before it is done.
class EndedProcessTest {
  /// SIGTERM is 15.
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void removesWhatItBegan() throws Exception {
    Path csv = Files.writeString(folder.resolve("rows.csv"), "mu,logvar\n1,0\n");
    Path stream = folder.resolve("rows.arrows");
    assertThat(Shell.run("convert", csv.toString(), stream.toString()).exitCode()).isZero();
    Path out = folder.resolve("new");
    Process process = start("kl", "-", "--rows", "arrow", "-o", out.toString());
    // Without its end, so that the command waits for more rows.
    byte[] rows = Files.readAllBytes(stream);
    process.getOutputStream().write(rows, 0, rows.length - 8);
    process.getOutputStream().flush();
    while (!hasFile(out) && process.isAlive()) {
      Thread.sleep(10);
    }
    assertThat(process.isAlive()).as("waits for rows").isTrue();

    process.destroy();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(TERMINATED);
    assertThat(out).doesNotExist();
  }

  private static boolean hasFile(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isPresent();
    }
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(Main.FLAGS.split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
