package io.lanewise.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file in memory, read-only, until it is closed. Batches hand out views of it; using one after
/// the close is an exception, never a crash.
record Mapping(Arena arena, MemorySegment bytes) implements AutoCloseable {

  static Mapping open(Path path) {
    checkReadable(path);
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new Mapping(
          arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      arena.close();
      throw unreadable(path, e);
    }
  }

  /// Says in one sentence why a path cannot be read, instead of the bare path that Java throws.
  static void checkReadable(Path path) {
    if (Files.isDirectory(path)) {
      throw new UncheckedIOException(
          path + ": found a directory, expected a file", new IOException(path.toString()));
    }
    if (!Files.exists(path)) {
      throw unreadable(path, new NoSuchFileException(path.toString()));
    }
    if (!Files.isReadable(path)) {
      throw unreadable(path, new AccessDeniedException(path.toString()));
    }
  }

  static UncheckedIOException unreadable(Path path, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "permission denied";
          default -> String.valueOf(e.getMessage());
        };
    return new UncheckedIOException(path + ": " + why, e);
  }

  long size() {
    return bytes.byteSize();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
