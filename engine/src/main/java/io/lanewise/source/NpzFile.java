package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A NumPy `.npz` file: each array is a column of its own name, read as [NpyFile] reads it.
///
/// Arrays may have different lengths; only those read together must agree. Arrays of `np.savez` are
/// mapped where they lie; those of `np.savez_compressed` are inflated as batches are read, in
/// memory for one batch. The zip checksum of either is compared in the first pass that reads all of
/// the array. Only a compressed array in Fortran order has to be inflated whole: its first row is
/// spread over all of it.
public final class NpzFile implements Source {
  private final String name;
  private final Mapping mapping;

  /// The bytes that an array may take which has to be inflated whole.
  private final long most;

  private final List<Unsupported> unsupported = new ArrayList<>();
  private final ArrayColumns<Member> members = new ArrayColumns<>();
  private final Arena whole = Arena.ofShared();
  private final Map<String, MemorySegment> inflated = new HashMap<>();

  /// Arrays whose checksum has been found right.
  private final Set<String> verified = ConcurrentHashMap.newKeySet();

  /// An array in the file.
  private record Member(ColumnType column, NpyHeader header, ZipDirectory.Entry entry)
      implements ArrayColumns.Stored {
    @Override
    public long rows() {
      return header.rows();
    }

    boolean isStreamed() {
      return entry.deflated() && !isInflatedWhole();
    }

    boolean isInflatedWhole() {
      return entry.deflated() && header.fortran() && header.shape().size() > 1;
    }

    String place(String file) {
      return file + ": column '" + column.name() + "'";
    }
  }

  private NpzFile(String name, Mapping mapping, long most) {
    this.name = name;
    this.most = most;
    this.mapping = mapping;
    mapping.keepChecksums();
    List<ZipDirectory.Entry> entries = ZipDirectory.read(name, mapping.bytes());
    for (ZipDirectory.Entry entry : entries) {
      if (!entry.name().endsWith(".npy")) {
        unsupported.add(new Unsupported(entry.name(), "zip entry that is no .npy array"));
        continue;
      }
      String array = entry.name().substring(0, entry.name().length() - ".npy".length());
      add(array, entry);
    }
    if (members.isEmpty()) {
      throw new DataException(
          name,
          "found a zip file without readable arrays (%s), expected .npy entries"
              .formatted(
                  unsupported.isEmpty()
                      ? "it is empty"
                      : unsupported.getFirst().name() + ": " + unsupported.getFirst().type()));
    }
  }

  private void add(String array, ZipDirectory.Entry entry) {
    String place = name + ": column '" + array + "'";
    NpyHeader header = NpyHeader.parse(place, headerBytes(place, entry));
    if (header.refusal() != null) {
      unsupported.add(new Unsupported(array, header.dtype()));
      return;
    }
    ColumnType column = header.column(array);
    if (header.length() + header.dataBytes() != entry.size()) {
      throw new DataException(
          place,
          "found %d bytes of data, expected %d for shape %s of type '%s'"
              .formatted(
                  entry.size() - header.length(),
                  header.dataBytes(),
                  header.shape(),
                  header.dtype()));
    }
    members.add(new Member(column, header, entry));
  }

  private static MemorySegment headerBytes(String place, ZipDirectory.Entry entry) {
    if (!entry.deflated()) {
      return entry.data();
    }
    try (InflatingReader reader = new InflatingReader(place, entry)) {
      byte[] preamble = new byte[(int) Math.min(NpyHeader.PREAMBLE, entry.size())];
      reader.read(MemorySegment.ofArray(preamble));
      int length = NpyHeader.lengthOf(place, MemorySegment.ofArray(preamble));
      if (length > entry.size()) {
        throw new DataException(
            place, "found %d bytes, expected a header of %d".formatted(entry.size(), length));
      }
      byte[] header = new byte[length];
      MemorySegment bytes = MemorySegment.ofArray(header);
      int have = Math.min(preamble.length, length);
      MemorySegment.copy(MemorySegment.ofArray(preamble), 0, bytes, 0, have);
      reader.read(bytes.asSlice(have));
      return bytes;
    }
  }

  /// Opens a `.npz` file and checks the headers of all its arrays.
  ///
  /// @throws DataException if it is not one, or damaged
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static NpzFile open(Path path, Reading reading) {
    Mapping mapping = Mapping.open(path, reading);
    try {
      return new NpzFile(path.toString(), mapping, reading.memoryBytes());
    } catch (RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "npz";
  }

  @Override
  public List<ColumnType> schema() {
    return members.schema();
  }

  @Override
  public List<Unsupported> unsupported() {
    return Collections.unmodifiableList(unsupported);
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    return members.rowCount(this, columns);
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    Projection.check(this, columns, batchRows);
    List<Member> wanted = members.wanted(this, columns);
    long rows = ArrayColumns.commonRows(this, wanted);
    long chunkRows =
        wanted.stream().anyMatch(Member::isStreamed) ? Math.min(batchRows, rows) : rows;
    return new ChunkCursor(
        name, mapping::checkUnchanged, batchRows, new Arrays(wanted, rows, chunkRows));
  }

  /// Mapped arrays as they are, streamed ones as far as a chunk goes.
  private final class Arrays implements ChunkCursor.Chunks {
    private final List<Member> wanted;
    private final Map<Member, InflatingReader> readers = new LinkedHashMap<>();
    private final Map<Member, StoredChecksum> checksums = new LinkedHashMap<>();
    private final long rows;
    private final long chunkRows;
    private long at;

    Arrays(List<Member> wanted, long rows, long chunkRows) {
      this.wanted = wanted;
      this.rows = rows;
      this.chunkRows = chunkRows;
      for (Member member : wanted) {
        if (member.isStreamed()) {
          InflatingReader reader = new InflatingReader(member.place(name), member.entry);
          readers.put(member, reader);
          reader.read(MemorySegment.ofArray(new byte[member.header.length()]));
        } else if (!member.entry.deflated() && !verified.contains(member.column.name())) {
          checksums.put(member, new StoredChecksum(member.place(name), member.entry, mapping));
        }
      }
    }

    @Override
    public @Nullable Chunk next() {
      if (at == rows) {
        return null;
      }
      long count = Math.min(chunkRows, rows - at);
      Arena arena = Arena.ofShared();
      boolean done = false;
      try {
        List<ColumnChunk> chunks = new ArrayList<>();
        for (Member member : wanted) {
          chunks.add(chunk(member, count, arena));
        }
        at += count;
        done = true;
        long first = at - count;
        return new Chunk(
            count,
            chunks,
            (from, to) ->
                checksums.forEach((member, sum) -> verify(member, sum, first + from, first + to)),
            arena::close);
      } finally {
        if (!done) {
          arena.close();
        }
      }
    }

    /// Adds the bytes of rows to the checksum; those before the first row with it.
    private void verify(Member member, StoredChecksum checksum, long from, long to) {
      NpyHeader header = member.header;
      long begin = from == 0 ? 0 : header.length() + from * header.rowBytes();
      if (checksum.add(begin, header.length() + to * header.rowBytes())) {
        verified.add(member.column.name());
      }
    }

    private ColumnChunk chunk(Member member, long count, Arena arena) {
      NpyHeader header = member.header;
      InflatingReader reader = readers.get(member);
      if (reader != null) {
        long bytes = count * header.rowBytes();
        MemorySegment data = arena.allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
        reader.read(data);
        return header.chunk(member.column, data);
      }
      MemorySegment data =
          member.isInflatedWhole()
              ? inflateWhole(member)
              : member.entry.data().asSlice(header.length());
      return new ColumnChunk.Shifted(header.chunk(member.column, data), at);
    }

    @Override
    public void close() {
      readers.values().forEach(InflatingReader::close);
    }
  }

  private synchronized MemorySegment inflateWhole(Member member) {
    return inflated.computeIfAbsent(
        member.column.name(),
        _ -> {
          String place = member.place(name);
          if (member.entry.size() > most) {
            throw new DataException(
                place,
                "found a compressed array in Fortran order of %d bytes, expected at most %d; give more --memory"
                    .formatted(member.entry.size(), most));
          }
          MemorySegment data;
          try {
            data = whole.allocate(Math.max(1, member.entry.size()), 64);
          } catch (OutOfMemoryError e) {
            throw new DataException(
                place,
                "found a compressed array in Fortran order of %d bytes, expected one that fits into memory"
                    .formatted(member.entry.size()),
                e);
          }
          try (InflatingReader reader = new InflatingReader(place, member.entry)) {
            reader.read(data.asSlice(0, member.entry.size()));
          }
          return data.asSlice(member.header.length(), member.header.dataBytes());
        });
  }

  @Override
  public void checkUnchanged() {
    mapping.checkUnchanged();
  }

  @Override
  public void close() {
    if (whole.scope().isAlive()) {
      whole.close();
    }
    mapping.close();
  }
}
