package io.lanewise.source;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// The fingerprints of the files that a run reads, taken while they are read ([Reading]).
///
/// A fingerprint tells files apart that differ by accident or by use. It is none against forgery:
/// whoever wants to can make another file of the same fingerprint, which [FileInfo#sha256] does not
/// allow.
///
/// It is `chunk-crc:` and 16 hexadecimal digits, of a number `h` of 64 bits: `h` is the file's
/// size; then, for each chunk of 1 MiB (the last may be shorter) with the CRC-32 `a` and the
/// CRC-32C `b`, `h = mix(h ^ (b << 32 | a))`, where `mix` is the last step of MurmurHash3
/// (`fmix64`).
public final class InputFingerprints {
  /// The name that a fingerprint begins with.
  public static final String ALGORITHM = "chunk-crc";

  /// What one of [#rest] reads at most.
  private static final long PART = 16L * FileChecksum.CHUNK;

  private final Map<Path, Known> files = new ConcurrentHashMap<>();
  private final Map<String, FingerprintStream> pipes = new ConcurrentHashMap<>();

  private record Known(FileStamp stamp, FileChecksum checksum) {}

  /// The checksum of a file that is being opened.
  ///
  /// @throws DataException if it is known, and has changed
  FileChecksum of(FileStamp stamp) {
    return known(stamp).checksum;
  }

  private Known known(FileStamp stamp) {
    Known known =
        files.computeIfAbsent(
            stamp.path(), _ -> new Known(stamp, new FileChecksum(stamp.size(), true)));
    if (!known.stamp.equals(stamp)) {
      throw known.stamp.changed(null);
    }
    return known;
  }

  /// A pipe, whose fingerprint is that of the bytes that are taken from it.
  InputStream of(String name, InputStream in) {
    FingerprintStream stream = new FingerprintStream(in);
    pipes.put(name, stream);
    return stream;
  }

  /// What is left to do once files have been read: the bytes that nobody has read, in parts that
  /// may be done at once, by any thread. Running one throws [DataException] if the file has
  /// changed, and [java.io.UncheckedIOException] if it cannot be read.
  public List<Runnable> rest(Collection<FileInfo> read) {
    List<Runnable> parts = new ArrayList<>();
    for (FileInfo file : read) {
      if (file.bytes().isPresent()) {
        Known known = known(FileStamp.of(Path.of(file.path())));
        for (FileChecksum.Range range : known.checksum.missing(0, known.checksum.size())) {
          // At multiples of the length, so that chunks stay whole.
          for (long at = range.from(); at < range.to(); at = (at / PART + 1) * PART) {
            long from = at;
            long to = Math.min(range.to(), (at / PART + 1) * PART);
            parts.add(() -> add(known, from, to));
          }
        }
      }
    }
    return parts;
  }

  private static void add(Known known, long from, long to) {
    try (Arena memory = Arena.ofConfined();
        FileChannel channel = FileChannel.open(known.stamp.path(), StandardOpenOption.READ)) {
      ByteBuffer piece =
          memory.allocate(Math.min(FileChecksum.CHUNK, to - from), 64).asByteBuffer();
      for (long at = from; at < to; at += piece.limit()) {
        piece.clear().limit((int) Math.min(piece.capacity(), to - at));
        Mapping.read(channel, known.stamp, at, piece);
        known.checksum.add(at, piece);
      }
    } catch (IOException e) {
      throw Mapping.unreadable(known.stamp.path(), e);
    }
    known.stamp.checkUnchanged();
  }

  /// The fingerprint of a file, all of whose [#rest] has been done, or of what was read of a pipe.
  /// Empty for a pipe that nobody has read.
  public Optional<String> fingerprint(FileInfo file) {
    if (file.bytes().equals(OptionalLong.empty())) {
      return Optional.ofNullable(pipes.get(file.path())).map(FingerprintStream::fingerprint);
    }
    return Optional.ofNullable(files.get(Path.of(file.path())))
        .map(known -> known.checksum.fingerprint());
  }
}
