package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A zip file of texts and NumPy arrays, as `io.lanewise.sink.ArchiveSink` writes. An entry is
/// checked, its checksum included, when it is asked for.
///
/// Every method throws [DataException] for an entry that is missing, damaged, or of another kind
/// than requested.
public final class ArchiveFile implements AutoCloseable {
  private static final String ARRAY = ".npy";

  /// Texts describe; none has more.
  private static final long MOST_TEXT = 16L << 20;

  private final String name;
  private final Mapping mapping;
  private final long memoryBytes;
  private long read;
  private final SequencedMap<String, ZipDirectory.Entry> entries = new LinkedHashMap<>();

  private ArchiveFile(String name, Mapping mapping, long memoryBytes) {
    this.name = name;
    this.memoryBytes = memoryBytes;
    this.mapping = mapping;
    mapping.keepChecksums();
    ZipDirectory.read(name, mapping.bytes()).forEach(entry -> entries.put(entry.name(), entry));
  }

  /// Opens a file of which as much may be read as a run may hold by default.
  public static ArchiveFile open(Path path) {
    return open(path, Reading.DEFAULT.memoryBytes());
  }

  /// Opens a file and reads its directory.
  ///
  /// @throws DataException if it is no zip file, or incomplete
  /// @throws java.io.UncheckedIOException if it cannot be read
  ///
  /// @param memoryBytes the most bytes of entries that are read altogether
  public static ArchiveFile open(Path path, long memoryBytes) {
    Mapping mapping = Mapping.open(path, Reading.DEFAULT);
    try {
      return new ArchiveFile(path.toString(), mapping, memoryBytes);
    } catch (RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  /// The file's name.
  public String name() {
    return name;
  }

  /// The names of all entries, those of arrays ending in `.npy`, in the file's order.
  public SequencedSet<String> entries() {
    return Collections.unmodifiableSequencedSet(entries.sequencedKeySet());
  }

  /// The size and the checksum that an entry claims, without reading it. They are equal for equal
  /// content, and almost never for different content.
  public String fingerprint(String entry) {
    ZipDirectory.@Nullable Entry found = entries.get(entry);
    return found == null ? "none" : "%d bytes, %08x".formatted(found.size(), found.crc());
  }

  /// A text.
  public String text(String entry) {
    try {
      byte[] bytes = bytes(entry, MOST_TEXT).toArray(JAVA_BYTE);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new DataException(place(entry), "found bytes that are not UTF-8, expected text", e);
    }
  }

  /// Bytes, as many as there are.
  public byte[] bytes(String entry) {
    return bytes(entry, -1).toArray(JAVA_BYTE);
  }

  /// An array of float64 of one dimension and `count` elements.
  public double[] doubles(String array, int count) {
    Array found = array(array, Element.FLOAT64, List.of((long) count));
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      double value = found.data.get(JAVA_DOUBLE_UNALIGNED, 8L * i);
      values[i] =
          found.swap
              ? Double.longBitsToDouble(
                  Long.reverseBytes(found.data.get(JAVA_LONG_UNALIGNED, 8L * i)))
              : value;
    }
    return values;
  }

  /// An array of int64 of one dimension and `count` elements.
  public long[] longs(String array, int count) {
    return longs(array(array, Element.INT64, List.of((long) count)), count);
  }

  /// An array of int64, `rows x width`, row-major.
  public long[] longs(String array, int rows, int width) {
    return longs(
        array(array, Element.INT64, List.of((long) rows, (long) width)),
        Math.multiplyExact(rows, width));
  }

  private static long[] longs(Array found, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      long value = found.data.get(JAVA_LONG_UNALIGNED, 8L * i);
      values[i] = found.swap ? Long.reverseBytes(value) : value;
    }
    return values;
  }

  /// The data of an array, which may be in the other byte order.
  private record Array(MemorySegment data, boolean swap) {}

  private Array array(String array, Element element, List<Long> shape) {
    String place = place(array + ARRAY);
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    // A header is never larger than this, so an entry that claims more is not read at all.
    MemorySegment bytes = bytes(array + ARRAY, Math.addExact(8 * elements, 1L << 16));
    NpyHeader header = NpyHeader.parse(place, bytes);
    if (header.refusal() != null || header.element() != element || header.fortran()) {
      throw new DataException(
          place,
          "found type '%s'%s, expected %s in C order"
              .formatted(
                  header.dtype(),
                  header.fortran() ? " in Fortran order" : "",
                  element == Element.FLOAT64 ? "float64" : "int64"));
    }
    if (!header.shape().equals(shape)) {
      throw new DataException(
          place, "found shape %s, expected %s".formatted(header.shape(), shape));
    }
    if (header.length() + header.dataBytes() != bytes.byteSize()) {
      throw new DataException(
          place,
          "found %d bytes of data, expected %d"
              .formatted(bytes.byteSize() - header.length(), header.dataBytes()));
    }
    return new Array(bytes.asSlice(header.length()), header.swap());
  }

  /// An entry's bytes, after its checksum.
  ///
  /// @param most refuse more than that; -1 for any number that fits into memory
  private MemorySegment bytes(String name, long most) {
    String place = place(name);
    ZipDirectory.@Nullable Entry entry = entries.get(name);
    if (entry == null) {
      throw new DataException(place, "found no such entry, expected one");
    }
    long limit = most < 0 ? Integer.MAX_VALUE - 8L : most;
    if (entry.size() > limit) {
      throw new DataException(
          place, "found %d bytes, expected at most %d".formatted(entry.size(), limit));
    }
    read += entry.size();
    if (read > memoryBytes) {
      throw new DataException(
          place,
          "found more than %d MiB of entries so far, expected all of them within the memory; raise the option 'memory'"
              .formatted(memoryBytes >> 20));
    }
    if (entry.deflated()) {
      MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(entry.size())]);
      try (InflatingReader reader = new InflatingReader(place, entry)) {
        reader.read(bytes);
      }
      return bytes;
    }
    new StoredChecksum(place, entry, mapping).add(0, entry.size());
    return entry.data();
  }

  /// Does something with the open file. Whatever goes wrong in a file that is written to or cut
  /// meanwhile has that reason.
  ///
  /// @throws DataException if the file changes
  public void read(Consumer<ArchiveFile> action) {
    try {
      action.accept(this);
    } catch (RuntimeException | Error e) {
      mapping.checkUnchanged();
      throw e;
    }
    mapping.checkUnchanged();
  }

  private String place(String entry) {
    return name + ": entry '" + entry + "'";
  }

  /// Unmaps the file.
  @Override
  public void close() {
    mapping.close();
  }
}
