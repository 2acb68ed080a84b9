package io.lanewise.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Removes what processes that were killed left in the temporary folder: copies of DuckDB's native
/// library, of 70 MB each. A process that ends removes its own.
///
/// Only on Linux, where `/proc` tells which files are in use.
final class LeftLibraries {
  private static final String NAMES = "libduckdb_java*.so";

  /// A process that has just written its copy has not loaded it yet.
  private static final Duration LEAST_AGE = Duration.ofMinutes(10);

  private LeftLibraries() {}

  /// Removes the copies in a folder that are old and that no process uses. What cannot be removed
  /// stays.
  static void sweep(Path folder) {
    try {
      List<Path> old = old(folder);
      if (!old.isEmpty() && Files.isReadable(Path.of("/proc/self/maps"))) {
        old.removeAll(used(old));
        for (Path library : old) {
          Files.deleteIfExists(library);
        }
      }
    } catch (IOException _) {
      // Somebody else's files, or gone already.
    }
  }

  private static List<Path> old(Path folder) throws IOException {
    FileTime latest = FileTime.from(Instant.now().minus(LEAST_AGE));
    List<Path> old = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.toRealPath(), NAMES)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.getLastModifiedTime(file).compareTo(latest) < 0) {
          old.add(file);
        }
      }
    }
    return old;
  }

  /// Those of some files that a process has in its memory. The processes of other users do not
  /// tell, but have copies of their own.
  private static List<Path> used(List<Path> files) throws IOException {
    List<Path> used = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String maps = maps(process);
        files.stream().filter(file -> maps.contains(file.toString())).forEach(used::add);
      }
    }
    return used;
  }

  private static String maps(Path process) {
    try {
      return Files.readString(process.resolve("maps"), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }
}
