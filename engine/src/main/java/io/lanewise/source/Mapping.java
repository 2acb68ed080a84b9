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
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A file in memory, read-only, until it is closed. Batches hand out views of it; using one after
/// the close is an exception, never a crash.
///
/// Where the file is mapped and somebody cuts it short, the pages behind its new end are gone. The
/// JVM turns most accesses to them into an `InternalError`, at any place of the thread that made
/// them: [#explained] says which file it was.
final class Mapping implements AutoCloseable {
  private static final Set<Mapping> OPEN = ConcurrentHashMap.newKeySet();

  private final Arena arena;
  private final MemorySegment bytes;
  private final FileStamp stamp;

  private Mapping(Arena arena, MemorySegment bytes, FileStamp stamp) {
    this.arena = arena;
    this.bytes = bytes;
    this.stamp = stamp;
  }

  static Mapping open(Path path, Reading reading) {
    checkReadable(path);
    FileStamp stamp = FileStamp.of(path);
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes =
          reading.mapped() && !isOnNetwork(path, stamp.size(), reading)
              ? channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
              : copied(path, channel, arena, reading);
      if (bytes.byteSize() != stamp.size()) {
        throw stamp.changed(null);
      }
      Mapping mapping = new Mapping(arena, bytes, stamp);
      OPEN.add(mapping);
      return mapping;
    } catch (IOException e) {
      arena.close();
      throw unreadable(path, e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /// Whether the file is where others may cut it unseen, and fits into memory.
  private static boolean isOnNetwork(Path path, long size, Reading reading) {
    if (size > reading.memoryBytes()) {
      return false;
    }
    try {
      String type = Files.getFileStore(path).type().toLowerCase(Locale.ROOT);
      return type.startsWith("nfs")
          || type.startsWith("smb")
          || type.startsWith("fuse")
          || Set.of("cifs", "9p", "afs", "ceph", "lustre", "glusterfs", "gpfs", "webdav")
              .contains(type);
    } catch (IOException e) {
      return false;
    }
  }

  private static MemorySegment copied(Path path, FileChannel channel, Arena arena, Reading reading)
      throws IOException {
    long size = channel.size();
    if (size > reading.memoryBytes()) {
      throw new DataException(
          path.toString(),
          "found a file of %d bytes to be read without mapping it, expected at most %d; give more"
                  .formatted(size, reading.memoryBytes())
              + " --memory, or leave out --no-mmap");
    }
    MemorySegment bytes = arena.allocate(Math.max(1, size), 64).asSlice(0, size);
    for (long at = 0; at < size; ) {
      MemorySegment piece = bytes.asSlice(at, Math.min(1 << 24, size - at));
      int n = channel.read(piece.asByteBuffer(), at);
      if (n < 0) {
        throw new DataException(
            path.toString(), "changed while it was read, expected %d bytes".formatted(size));
      }
      at += n;
    }
    return bytes.asReadOnly();
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

  /// What went wrong, if it is that memory of a mapped file is gone. Any other problem is given
  /// back.
  static Throwable explained(Throwable problem) {
    Throwable cause = problem;
    while (cause != null && !(cause instanceof InternalError)) {
      cause = cause.getCause();
    }
    if (cause != null) {
      for (Mapping mapping : OPEN) {
        if (mapping.stamp.hasChanged()) {
          return mapping.stamp.changed(problem);
        }
      }
    }
    return problem;
  }

  /// The whole file.
  MemorySegment bytes() {
    return bytes;
  }

  long size() {
    return bytes.byteSize();
  }

  /// @throws DataException if the file has been written to or cut since it was opened
  void checkUnchanged() {
    stamp.checkUnchanged();
  }

  @Override
  public void close() {
    OPEN.remove(this);
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
