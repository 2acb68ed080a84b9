package io.lanewise.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Expands what a user may write where files are expected.
final class Globs {
  private Globs() {}

  /// The files of each pattern in turn; those of a glob sorted by path, hidden ones left out.
  ///
  /// @throws UncheckedIOException if a glob matches nothing
  /// @throws IllegalArgumentException if a file is named twice
  static List<String> expand(String dataSet, List<String> patterns) {
    Set<String> files = new LinkedHashSet<>();
    for (String pattern : patterns) {
      for (String file : isGlob(pattern) ? matches(pattern) : List.of(pattern)) {
        if (!files.add(file)) {
          throw new IllegalArgumentException(
              "%s: found %s twice, expected each file once".formatted(dataSet, file));
        }
      }
    }
    return new ArrayList<>(files);
  }

  /// A name with wildcards that is a file all the same, such as `x[0].npy`, is that file.
  private static boolean isGlob(String pattern) {
    return isWild(pattern) && !Files.exists(Path.of(pattern));
  }

  private static boolean isWild(String pattern) {
    return pattern.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  private static List<String> matches(String pattern) {
    Path path = Path.of(pattern);
    int fixed = 0;
    while (fixed < path.getNameCount() && !isWild(path.getName(fixed).toString())) {
      fixed++;
    }
    Path root = path.getRoot();
    Path prefix = fixed == 0 ? Path.of("") : path.subpath(0, fixed);
    Path start = root == null ? prefix : root.resolve(prefix);
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : path.getNameCount() - fixed;
    PathMatcher matcher = path.getFileSystem().getPathMatcher("glob:" + pattern);
    if (!Files.isDirectory(start)) {
      throw nothing(pattern);
    }
    try (Stream<Path> found =
        Files.find(
            start,
            depth,
            (file, attributes) ->
                attributes.isRegularFile()
                    && !file.getFileName().toString().startsWith(".")
                    && matcher.matches(file),
            FileVisitOption.FOLLOW_LINKS)) {
      List<String> files = found.map(Path::toString).sorted().toList();
      if (files.isEmpty()) {
        throw nothing(pattern);
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(pattern + ": " + e.getMessage(), e);
    }
  }

  private static UncheckedIOException nothing(String pattern) {
    return new UncheckedIOException(
        pattern + ": found no file that matches, expected at least one",
        new NoSuchFileException(pattern));
  }
}
