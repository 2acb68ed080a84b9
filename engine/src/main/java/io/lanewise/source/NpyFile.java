package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A NumPy `.npy` file, memory-mapped. Its one array is the column `data`, whatever the file is
/// called.
///
/// One dimension gives a scalar column, two give vectors, more give vectors flattened to the
/// product of all but the first; an array without dimensions is refused. Little-endian C-ordered
/// float32/64 and int32/64 are handed out where they lie; other widths, byte orders and Fortran
/// order are converted batch by batch. `<U` arrays of one dimension are text. Object arrays
/// (pickles), structured, complex and byte string arrays are refused.
public final class NpyFile implements Source {
  /// The name of the column.
  public static final String COLUMN = "data";

  private final String name;
  private final Mapping mapping;
  private final NpyHeader header;
  private final ColumnType column;
  private final MemorySegment data;

  private NpyFile(String name, Mapping mapping) {
    this.name = name;
    this.mapping = mapping;
    this.header = NpyHeader.parse(name, mapping.bytes());
    this.column = header.column(COLUMN);
    long found = mapping.size() - header.length();
    if (found != header.dataBytes()) {
      throw new DataException(
          name,
          "found %d bytes of data, expected %d for shape %s of type '%s'"
              .formatted(found, header.dataBytes(), header.shape(), header.dtype()));
    }
    this.data = mapping.bytes().asSlice(header.length());
  }

  /// Opens and checks a `.npy` file.
  ///
  /// @throws DataException if it is not one, is damaged, or holds what cannot be read
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static NpyFile open(Path path, Reading reading) {
    Mapping mapping = Mapping.open(path, reading);
    try {
      return new NpyFile(path.toString(), mapping);
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
    return "npy";
  }

  @Override
  public List<ColumnType> schema() {
    return List.of(column);
  }

  @Override
  public List<Unsupported> unsupported() {
    return List.of();
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    Projection.of(this, columns);
    return OptionalLong.of(header.rows());
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    Projection.of(this, columns, batchRows);
    return new ChunkCursor(
        name,
        mapping::checkUnchanged,
        batchRows,
        new ChunkCursor.Chunks() {
          private boolean done;

          @Override
          public @Nullable Chunk next() {
            if (done) {
              return null;
            }
            done = true;
            return new Chunk(header.rows(), List.of(header.chunk(column, data)), () -> {});
          }
        });
  }

  @Override
  public void checkUnchanged() {
    mapping.checkUnchanged();
  }

  @Override
  public void close() {
    mapping.close();
  }
}
