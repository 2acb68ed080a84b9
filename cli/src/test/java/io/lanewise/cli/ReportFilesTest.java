package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
  @TempDir Path folder;

  @Test
  void writesBothFilesAndNothingElse() throws IOException {
    new ReportFiles(folder.resolve("new/deep"), false).write(SampleReport.REPORT);

    assertThat(names(folder.resolve("new/deep"))).containsExactly("report.html", "results.json");
    assertThat(folder.resolve("new/deep/results.json")).content().contains("posterior-kl");
  }

  @Test
  void filesAreAsReadableAsAnyNewFile() throws IOException {
    Path plain = Files.createFile(folder.resolve("plain"));
    ReportFiles files = new ReportFiles(folder, false);

    files.write(SampleReport.REPORT);

    assertThat(Files.getPosixFilePermissions(files.json()))
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }

  @Test
  void replacesOnlyIfAsked() throws IOException {
    Path old = Files.writeString(folder.resolve("results.json"), "old");

    assertThatThrownBy(() -> new ReportFiles(folder, false).write(SampleReport.REPORT))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(old.toString());
    assertThat(names(folder)).containsExactly("results.json");
    assertThat(old).hasContent("old");

    new ReportFiles(folder, true).write(SampleReport.REPORT);
    assertThat(old).content().startsWith("{");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> new ReportFiles(file, true).refuseExisting())
        .hasMessage(file + ": found a file, expected a folder");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
