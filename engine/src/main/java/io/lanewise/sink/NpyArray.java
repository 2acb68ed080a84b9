package io.lanewise.sink;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One `.npy` array being written: data first, behind room for the header, which is filled in when
/// the number of rows is known.
final class NpyArray implements AutoCloseable {
  /// Room for any shape of two dimensions, and a multiple of 64 as NumPy wants it.
  private static final int HEADER = 128;

  private static final long PIECE = 1 << 26;

  private final String file;
  private final ColumnType type;
  private final Path path;
  private final FileChannel channel;
  private long rows;

  /// @param file the name of the output, for messages
  /// @param path where to write
  NpyArray(String file, ColumnType type, Path path) {
    this.file = file;
    this.type = type;
    this.path = path;
    this.channel = StagedFile.create(path);
    writeBytes(ByteBuffer.allocate(HEADER));
  }

  /// Refuses, before any work, what an array cannot hold.
  static void checkType(String file, ColumnType type) {
    if (type.shape() == Shape.SEQUENCE || type.type() == DType.TEXT) {
      throw new IllegalArgumentException(
          "%s: column '%s': found %s, expected numbers of one shape; .arrow and .parquet hold both"
              .formatted(file, type.name(), type.signature()));
    }
  }

  void write(Column column) {
    switch (column) {
      case ScalarColumn scalar -> {
        checkNoNulls(scalar.validity(), scalar.rows(), 1);
        write(scalar.data());
      }
      case VectorColumn vector -> {
        checkNoNulls(vector.validity(), vector.rows(), 1);
        checkNoNulls(
            vector.elements(), (long) vector.rows() * vector.width(), Math.max(1, vector.width()));
        write(vector.data());
      }
      case SequenceColumn _, TextColumn _ -> checkType(file, type);
    }
    rows += column.rows();
  }

  private void checkNoNulls(Validity validity, long count, int width) {
    for (long i = 0; !validity.isAll() && i < count; i++) {
      if (!validity.isValid(i)) {
        throw new IllegalArgumentException(
            "%s: column '%s' row %d: found null, expected none: NumPy has no nulls; .arrow, .parquet and .csv do"
                .formatted(file, type.name(), rows + i / width));
      }
    }
  }

  private void write(MemorySegment data) {
    for (long at = 0; at < data.byteSize(); at += PIECE) {
      writeBytes(data.asSlice(at, Math.min(PIECE, data.byteSize() - at)).asByteBuffer());
    }
  }

  private void writeBytes(ByteBuffer bytes) {
    try {
      StagedFile.write(channel, bytes);
    } catch (IOException e) {
      throw StagedFile.failed(path, e);
    }
  }

  /// Writes the header. The array is complete then.
  void finish() {
    String kind = (type.type().isFloat() ? "f" : "i") + type.type().bytes();
    ByteBuffer header =
        header(kind, type.shape() == Shape.SCALAR ? rows + "," : rows + ", " + type.width());
    try {
      channel.position(0);
      StagedFile.write(channel, header);
    } catch (IOException e) {
      throw StagedFile.failed(path, e);
    }
  }

  /// What stands before the data of an array in native byte order.
  ///
  /// @param kind NumPy's type without byte order: `f8`
  /// @param shape what stands between the parentheses of the shape
  static ByteBuffer header(String kind, String shape) {
    String order = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
    String dict =
        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }".formatted(order, kind, shape);
    int length = HEADER - 10;
    byte[] text =
        (dict + " ".repeat(length - 1 - dict.length()) + "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    return header
        .put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.ISO_8859_1))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) length)
        .put(text)
        .flip();
  }

  Path path() {
    return path;
  }

  /// The file's bytes, from its beginning.
  FileChannel rewound() {
    try {
      return channel.position(0);
    } catch (IOException e) {
      throw StagedFile.failed(path, e);
    }
  }

  ColumnType type() {
    return type;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StagedFile.failed(path, e);
    }
  }
}
