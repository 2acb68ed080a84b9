package io.lanewise.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A file in memory, read-only, until it is closed. Batches hand out views of it; using one after
/// the close is an exception, never a crash.
///
/// Where the file is mapped and somebody cuts it short, the pages behind its new end are gone. The
/// JVM turns most accesses to them into an `InternalError`, at any place of the thread that made
/// them: [#explained] says which file it was.
///
/// The first access to a page of a mapping costs several times as much as reading the page, and
/// threads wait for each other there. So numbers are copied by reading the file: [#copy].
final class Mapping implements AutoCloseable {
  /// What is open, by the address of its first byte. Empty files have none, and nothing to read.
  private static final NavigableMap<Long, Mapping> OPEN = new ConcurrentSkipListMap<>();

  /// What is read at once, so that it is still in the core's cache when its checksum is computed.
  private static final int PIECE = 1 << 18;

  private final Arena arena;
  private final MemorySegment bytes;
  private final FileStamp stamp;

  /// The file, if it is mapped; null if its bytes have been read.
  private final @Nullable FileChannel channel;

  private @Nullable FileChecksum checksum;

  private Mapping(
      Arena arena,
      MemorySegment bytes,
      FileStamp stamp,
      @Nullable FileChannel channel,
      @Nullable FileChecksum checksum) {
    this.arena = arena;
    this.bytes = bytes;
    this.stamp = stamp;
    this.channel = channel;
    this.checksum = checksum;
  }

  static Mapping open(Path path, Reading reading) {
    checkReadable(path);
    FileStamp stamp = FileStamp.of(path);
    FileChecksum checksum =
        reading.fingerprints() == null ? null : reading.fingerprints().of(stamp);
    Arena arena = Arena.ofShared();
    FileChannel channel = null;
    boolean done = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      boolean mapped = reading.mapped() && !isOnNetwork(path, stamp.size(), reading);
      MemorySegment bytes =
          mapped
              ? channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
              : copied(path, channel, arena, reading, checksum);
      if (bytes.byteSize() != stamp.size()) {
        throw stamp.changed(null);
      }
      Mapping mapping = new Mapping(arena, bytes, stamp, mapped ? channel : null, checksum);
      if (mapping.size() > 0) {
        OPEN.put(bytes.address(), mapping);
      }
      done = mapped;
      return mapping;
    } catch (IOException e) {
      arena.close();
      throw unreadable(path, e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    } finally {
      if (!done) {
        close(channel);
      }
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // It was only read.
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

  private static MemorySegment copied(
      Path path, FileChannel channel, Arena arena, Reading reading, @Nullable FileChecksum checksum)
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
      ByteBuffer piece = bytes.asSlice(at, Math.min(PIECE, size - at)).asByteBuffer();
      int n = channel.read(piece, at);
      if (n < 0) {
        throw new DataException(
            path.toString(), "changed while it was read, expected %d bytes".formatted(size));
      }
      if (checksum != null) {
        checksum.add(at, piece.flip());
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
      for (Mapping mapping : OPEN.values()) {
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

  /// Copies memory, and adds it to the checksum of the file that it is mapped from, if that has
  /// one.
  ///
  /// @param from of a mapped file, or any other
  /// @param to as large, native, and nobody else's
  /// @throws DataException if the file has been cut since it was opened
  /// @throws java.util.concurrent.CancellationException if a thread was interrupted
  static void copy(MemorySegment from, MemorySegment to) {
    Map.Entry<Long, Mapping> below = OPEN.floorEntry(from.address());
    if (below != null && from.isMapped()) {
      Mapping mapping = below.getValue();
      long at = from.address() - below.getKey();
      if (mapping.channel != null && at <= mapping.size() - from.byteSize()) {
        for (long done = 0; done < from.byteSize(); done += PIECE) {
          long count = Math.min(PIECE, from.byteSize() - done);
          mapping.read(at + done, to.asSlice(done, count).asByteBuffer());
        }
        return;
      }
    }
    to.copyFrom(from);
  }

  /// Reads bytes and adds them to the checksum. The buffer is then flipped.
  private void read(long at, ByteBuffer to) {
    if (channel == null) {
      to.put(bytes.asSlice(at, to.remaining()).asByteBuffer()).flip();
    } else {
      read(channel, stamp, at, to);
    }
    if (checksum != null) {
      checksum.add(at, to);
    }
  }

  /// Fills a buffer from a file, and flips it.
  static void read(FileChannel channel, FileStamp stamp, long from, ByteBuffer to) {
    int start = to.position();
    try {
      for (long at = from; to.hasRemaining(); ) {
        int n = channel.read(to, at);
        if (n < 0) {
          throw stamp.changed(null);
        }
        at += n;
      }
      to.limit(to.position()).position(start);
    } catch (ClosedChannelException e) {
      // By the interruption of a thread, this one or another.
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } catch (IOException e) {
      throw unreadable(stamp.path(), e);
    }
  }

  /// Keeps checksums from now on. To be called before others read.
  void keepChecksums() {
    if (checksum == null) {
      checksum = new FileChecksum(size(), false);
    }
  }

  /// Adds bytes to the checksum, except those that [#copy] has added.
  void addToChecksum(long from, long to) {
    for (FileChecksum.Range range : Objects.requireNonNull(checksum).missing(from, to)) {
      read(range, piece -> {});
    }
  }

  /// The CRC-32 of bytes all of which are in the checksum.
  int crc32(long from, long to) {
    long chunk = FileChecksum.CHUNK;
    long first = (from + chunk - 1) / chunk;
    long last = to == size() ? (to + chunk - 1) / chunk : to / chunk;
    // Chunks at either end hold other bytes too, so these are read again.
    CRC32 crc = new CRC32();
    read(new FileChecksum.Range(from, Math.min(to, first * chunk)), crc::update);
    if (first * chunk >= to) {
      return (int) crc.getValue();
    }
    FileChecksum sums = Objects.requireNonNull(checksum);
    int whole = sums.crc32(Math.toIntExact(first), Math.toIntExact(last), (int) crc.getValue());
    CRC32 rest = new CRC32();
    long end = Math.min(to, last * chunk);
    read(new FileChecksum.Range(end, to), rest::update);
    return CrcShift.CRC32.shift(whole, (int) (to - end)) ^ (int) rest.getValue();
  }

  private void read(FileChecksum.Range range, Consumer<ByteBuffer> use) {
    if (range.from() == range.to()) {
      return;
    }
    try (Arena memory = Arena.ofConfined()) {
      ByteBuffer piece = memory.allocate(Math.min(PIECE, range.to() - range.from())).asByteBuffer();
      for (long at = range.from(); at < range.to(); at += PIECE) {
        read(at, piece.clear().limit((int) Math.min(PIECE, range.to() - at)));
        use.accept(piece);
      }
    }
  }

  /// @throws DataException if the file has been written to or cut since it was opened
  void checkUnchanged() {
    stamp.checkUnchanged();
  }

  @Override
  public void close() {
    OPEN.remove(bytes.address(), this);
    close(channel);
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
