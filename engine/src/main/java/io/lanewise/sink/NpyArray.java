package io.lanewise.sink;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One `.npy` array being written: data first, behind room for the header, which is filled in when
/// the number of rows is known.
final class NpyArray implements AutoCloseable {
  /// Room for any shape of two dimensions, and a multiple of 64 as NumPy wants it.
  private static final int HEADER = 128;

  private static final long PIECE = 1 << 26;

  /// What the array of booleans is called that says which rows of another one are not null.
  static final String VALID_SUFFIX = "-valid";

  private final String file;
  private final ColumnType type;
  private final Path path;
  private final FileChannel channel;

  /// NumPy's type without byte order.
  private final String kind;

  /// Where an array of booleans may go that says which rows are not null; null refuses nulls.
  private final @Nullable Supplier<Path> spool;

  private @Nullable NpyArray valid;
  private long rows;

  /// One that refuses nulls.
  ///
  /// @param file the name of the output, for messages
  /// @param path where to write
  NpyArray(String file, ColumnType type, Path path) {
    this(file, type, path, (type.type().isFloat() ? "f" : "i") + type.type().bytes(), null);
  }

  /// One whose null rows are NaN, or 0 where it has integers; [#valid] then says which they are.
  ///
  /// @param spool gives a path for that, if it is needed
  static NpyArray withNulls(String file, ColumnType type, Path path, Supplier<Path> spool) {
    String kind = (type.type().isFloat() ? "f" : "i") + type.type().bytes();
    return new NpyArray(file, type, path, kind, spool);
  }

  private NpyArray(
      String file, ColumnType type, Path path, String kind, @Nullable Supplier<Path> spool) {
    this.file = file;
    this.type = type;
    this.path = path;
    this.kind = kind;
    this.spool = spool;
    this.channel = StagedFile.create(path);
    writeBytes(ByteBuffer.allocate(HEADER));
  }

  /// The array of booleans beside this one, which is there only if there was a null.
  @Nullable NpyArray valid() {
    return valid;
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
    if (spool != null) {
      writeValidity(column, spool);
    }
    switch (column) {
      case ScalarColumn scalar when spool != null && !scalar.validity().isAll() ->
          write(withoutNulls(scalar.data(), scalar.validity(), Validity.ALL, column.rows(), 1));
      case VectorColumn vector
          when spool != null && !(vector.validity().isAll() && vector.elements().isAll()) ->
          write(
              withoutNulls(
                  vector.data(),
                  vector.validity(),
                  vector.elements(),
                  column.rows(),
                  vector.width()));
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

  /// A copy with NaN, or 0, where a row or an element is null.
  private MemorySegment withoutNulls(
      MemorySegment data, Validity rowsValid, Validity elements, int count, int width) {
    int bytes = type.type().bytes();
    MemorySegment copy =
        Arena.ofAuto().allocate(Math.max(1, data.byteSize()), Double.BYTES).copyFrom(data);
    for (int row = 0; row < count; row++) {
      for (long i = (long) row * width; i < (long) (row + 1) * width; i++) {
        if (!rowsValid.isValid(row) || !elements.isValid(i)) {
          switch (type.type()) {
            case FLOAT32 -> copy.set(JAVA_FLOAT_UNALIGNED, i * bytes, Float.NaN);
            case FLOAT64 -> copy.set(JAVA_DOUBLE_UNALIGNED, i * bytes, Double.NaN);
            default -> copy.asSlice(i * bytes, bytes).fill((byte) 0);
          }
        }
      }
    }
    return copy.asSlice(0, data.byteSize());
  }

  /// Begins to say which rows are not null with the first one that is.
  private void writeValidity(Column column, Supplier<Path> places) {
    if (valid == null) {
      boolean none = column.validity().isAll();
      for (int row = 0; !none && row < column.rows(); row++) {
        if (!column.validity().isValid(row)) {
          break;
        }
        none = row == column.rows() - 1;
      }
      if (none || column.rows() == 0) {
        return;
      }
      ColumnType booleans =
          new ColumnType(type.name() + VALID_SUFFIX, Shape.SCALAR, DType.INT32, 1);
      valid = new NpyArray(file, booleans, places.get(), "b1", null);
      for (long row = 0; row < rows; row += PIECE) {
        valid.writeBooleans((int) Math.min(PIECE, rows - row), at -> true);
      }
    }
    valid.writeBooleans(column.rows(), column.validity()::isValid);
  }

  private void writeBooleans(int count, IntPredicate isTrue) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (isTrue.test(i) ? 1 : 0);
    }
    writeBytes(ByteBuffer.wrap(bytes));
    rows += count;
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
    String ofNumbers = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
    String order = kind.endsWith("1") ? "|" : ofNumbers;
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
    } finally {
      if (valid != null) {
        valid.close();
      }
    }
  }
}
