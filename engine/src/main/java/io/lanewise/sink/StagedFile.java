package io.lanewise.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A file under a temporary name in its final directory, so that renaming it is one atomic step of
/// the file system. A process that is told to end removes it. If a process was killed, the next one
/// that writes into the same directory removes what it left.
///
/// If files may not be replaced, the rename fails if there is one by then: of two writers one wins,
/// and the other gets an error. If they may, a symbolic link stays and the file it points to is
/// replaced, with its permissions kept. A directory, device or pipe is never replaced.
public final class StagedFile implements AutoCloseable {
  /// As many symbolic links as Linux follows.
  private static final int MOST_LINKS = 40;

  /// Temporary files that nobody has closed yet.
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(file -> file.toFile().delete())));
  }

  private final Path named;
  private final Path target;
  private final Path partial;
  private final boolean replace;
  private final List<Path> temporary = new ArrayList<>();

  /// @param target the file's future name
  /// @param replace whether an existing file may be replaced
  /// @throws IllegalArgumentException if there is something that is no file
  /// @throws UncheckedIOException if there is a file that may not be replaced, or no such directory
  public StagedFile(Path target, boolean replace) {
    this.named = target;
    this.replace = replace;
    checkTarget();
    this.target = replace ? linked(target.toAbsolutePath()) : target.toAbsolutePath();
    Path parent = this.target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new UncheckedIOException(
          target + ": found no directory to write it to",
          new NoSuchFileException(String.valueOf(parent)));
    }
    PartialName.sweep(parent);
    this.partial = beside("");
  }

  private void checkTarget() {
    if (Files.isDirectory(named)) {
      throw new UncheckedIOException(
          named + ": found a directory, expected a file name", new IOException(named.toString()));
    }
    if (!replace && Files.exists(named, LinkOption.NOFOLLOW_LINKS)) {
      throw existing(new FileAlreadyExistsException(named.toString()));
    }
    if (Files.exists(named) && !Files.isRegularFile(named)) {
      throw new IllegalArgumentException(
          named + ": found a device or a pipe, expected a file or nothing there");
    }
  }

  private UncheckedIOException existing(IOException e) {
    return new UncheckedIOException(
        named + ": found an existing file, expected none unless it is to be replaced", e);
  }

  /// Where symbolic links lead, to a file that need not be there.
  private static Path linked(Path path) {
    Path at = path;
    try {
      for (int links = 0; Files.isSymbolicLink(at); links++) {
        if (links == MOST_LINKS) {
          throw new IllegalArgumentException(
              path + ": found a circle of symbolic links, expected a file or nothing there");
        }
        at = at.resolveSibling(Files.readSymbolicLink(at));
      }
      return at;
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private Path beside(String suffix) {
    Path file = target.resolveSibling(PartialName.next(target, suffix));
    temporary.add(file);
    OPEN.add(file);
    return file;
  }

  /// Where to write.
  public Path partial() {
    return partial;
  }

  /// The name the file will have, for messages.
  Path target() {
    return named;
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

  /// The exception for a failure to write: it names the output and gives the reason in words.
  ///
  /// @param path an output, or a temporary file of one
  public static UncheckedIOException failed(Path path, IOException e) {
    Path output = PartialName.output(path);
    String why =
        switch (e) {
          case AccessDeniedException _ -> "found no permission, expected to write it";
          case NoSuchFileException _ ->
              "found that its directory or temporary file has gone, expected it to stay";
          case FileSystemException file ->
              "found an error of the file system (%s), expected to write it"
                  .formatted(Objects.requireNonNullElse(file.getReason(), "without a reason"));
          default ->
              "found an error of the file system (%s), expected to write it"
                  .formatted(Objects.requireNonNullElse(e.getMessage(), "without a reason"));
        };
    return new UncheckedIOException("%s: %s".formatted(output, why), e);
  }

  /// Gives the complete file its name, after its bytes have reached the disk.
  ///
  /// @throws UncheckedIOException if that fails, or there is a file now that may not be replaced
  public void commit() {
    try {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      if (replace) {
        // Somebody may have made something else of it meanwhile.
        checkTarget();
        keepPermissions();
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        moveToNothing();
      }
    } catch (FileAlreadyExistsException e) {
      throw existing(e);
    } catch (IOException e) {
      throw failed(named, e);
    }
  }

  /// Unlike moving, linking fails where there is a file already. Where the file system has no
  /// links, an empty file holds the place.
  private void moveToNothing() throws IOException {
    try {
      Files.createLink(target, partial);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      Files.createFile(target);
      boolean moved = false;
      try {
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        moved = true;
      } finally {
        if (!moved) {
          Files.deleteIfExists(target);
        }
      }
    }
  }

  private void keepPermissions() throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    if (old != null && Files.exists(target)) {
      Files.setPosixFilePermissions(partial, old.readAttributes().permissions());
    }
  }

  /// Removes what is temporary.
  @Override
  public void close() {
    try {
      for (Path file : temporary) {
        Files.deleteIfExists(file);
        OPEN.remove(file);
      }
    } catch (IOException e) {
      throw failed(named, e);
    }
  }
}
