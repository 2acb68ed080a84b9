package io.lanewise.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A file under a temporary name beside its future one, so that giving it its name is one atomic
/// step of the file system. A process that is told to end removes it.
final class StagedFile implements AutoCloseable {
  private static final AtomicLong COUNTER = new AtomicLong();

  /// Temporary files that nobody has closed yet.
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(file -> file.toFile().delete())));
  }

  private final Path target;
  private final Path partial;
  private final boolean replace;
  private final List<Path> temporary = new ArrayList<>();

  /// @param replace whether an existing file may be replaced
  /// @throws UncheckedIOException if it may not and there is one, or there is no such directory
  StagedFile(Path target, boolean replace) {
    this.target = target.toAbsolutePath();
    this.replace = replace;
    checkTarget();
    Path parent = this.target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new UncheckedIOException(
          target + ": found no directory to write it to",
          new NoSuchFileException(String.valueOf(parent)));
    }
    this.partial = beside("");
  }

  private void checkTarget() {
    if (Files.isDirectory(target)) {
      throw new UncheckedIOException(
          target + ": found a directory, expected a file name", new IOException(target.toString()));
    }
    if (!replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new UncheckedIOException(
          target + ": found an existing file, expected none unless it is to be replaced",
          new FileAlreadyExistsException(target.toString()));
    }
  }

  private Path beside(String suffix) {
    Path file =
        target.resolveSibling(
            ".%s.%d-%d%s.partial"
                .formatted(
                    target.getFileName(),
                    ProcessHandle.current().pid(),
                    COUNTER.incrementAndGet(),
                    suffix));
    temporary.add(file);
    OPEN.add(file);
    return file;
  }

  /// Where to write.
  Path partial() {
    return partial;
  }

  /// The name the file will have, for messages.
  Path target() {
    return target;
  }

  /// One more temporary file, removed in any case.
  Path spool() {
    return beside("-spool");
  }

  /// Creates a file for writing and reading.
  static FileChannel create(Path path) {
    try {
      return FileChannel.open(
          path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static UncheckedIOException failed(Path path, IOException e) {
    return new UncheckedIOException(path + ": writing failed: " + e.getMessage(), e);
  }

  /// Gives the complete file its name, after its bytes have reached the disk.
  void commit() {
    try {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      // Somebody may have made the file meanwhile.
      checkTarget();
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  @Override
  public void close() {
    try {
      for (Path file : temporary) {
        Files.deleteIfExists(file);
        OPEN.remove(file);
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}
