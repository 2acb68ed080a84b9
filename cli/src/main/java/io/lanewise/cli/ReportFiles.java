package io.lanewise.cli;

import io.lanewise.cli.html.HtmlReport;
import io.lanewise.report.JsonReport;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The files of a report. They appear whole under their names or not at all.
///
/// @param directory where they are
/// @param replace whether existing ones are replaced
record ReportFiles(Path directory, boolean replace) {
  /// The report for programs.
  Path json() {
    return directory.resolve("results.json");
  }

  /// The report for readers.
  Path html() {
    return directory.resolve("report.html");
  }

  /// Fails if writing would replace what it must not.
  void refuseExisting() throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IllegalArgumentException(directory + ": found a file, expected a folder");
    }
    if (!replace) {
      for (Path file : List.of(json(), html())) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
    }
  }

  /// Makes the folder, unless it has what must not be replaced.
  void prepare() throws IOException {
    refuseExisting();
    Files.createDirectories(directory);
  }

  /// Removes the folder again if nothing is in it.
  void forget() {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // It is not empty, or not ours: then it stays. What led here is the error to be told.
    }
  }

  /// Writes both files.
  void write(Report report) throws IOException {
    String json = JsonReport.toJson(report);
    String html = HtmlReport.toHtml(report);
    Files.createDirectories(directory);
    Path newJson = Files.createTempFile(directory, ".results", ".json.part");
    Path newHtml = Files.createTempFile(directory, ".report", ".html.part");
    try {
      Files.writeString(newJson, json);
      Files.writeString(newHtml, html);
      refuseExisting();
      publish(newHtml, html());
      publish(newJson, json());
    } finally {
      Files.deleteIfExists(newJson);
      Files.deleteIfExists(newHtml);
    }
  }

  private void publish(Path written, Path name) throws IOException {
    makeReadable(written);
    Files.move(written, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Temporary files are private to their owner; what they become is as public as any new file.
  private void makeReadable(Path file) throws IOException {
    Path plain = directory.resolve("." + file.getFileName() + ".mode");
    try {
      Files.createFile(plain);
      if (Files.getFileStore(plain).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(plain));
      }
    } finally {
      Files.deleteIfExists(plain);
    }
  }
}
