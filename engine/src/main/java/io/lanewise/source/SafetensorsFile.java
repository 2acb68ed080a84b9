package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Shape;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A `.safetensors` file, memory-mapped: each tensor is a column of its own name, its rows along
/// the first dimension, as in a `.npz` file. Tensors may have different lengths; only those read
/// together must agree.
///
/// float16 and bfloat16, small and unsigned integers and booleans are widened batch by batch. 8-bit
/// floats, tensors without dimensions and tensors without elements in a row are columns that cannot
/// be read. What `__metadata__` says is not read.
///
/// Format: a header's length as a 64-bit number, the header as JSON, the tensors' bytes; see
/// huggingface/safetensors, `safetensors/src/tensor.rs`.
public final class SafetensorsFile implements Source {
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final Mapping mapping;
  private final ArrayColumns<Tensor> tensors = new ArrayColumns<>();
  private final List<Unsupported> unsupported = new ArrayList<>();

  /// A tensor that can be read.
  private record Tensor(ColumnType column, Element element, long rows, MemorySegment data)
      implements ArrayColumns.Stored {
    ColumnChunk chunk() {
      return new NumberChunk(column, element, false, data, Validity.ALL, Validity.ALL);
    }
  }

  private SafetensorsFile(String name, Mapping mapping) {
    this.name = name;
    this.mapping = mapping;
    MemorySegment bytes = mapping.bytes();
    long length = lengthOf(bytes.asSlice(0, Math.min(9, bytes.byteSize())), bytes.byteSize());
    if (length < 0) {
      throw new DataException(
          name, "found no header within its %d bytes, expected one".formatted(bytes.byteSize()));
    }
    MemorySegment data = bytes.asSlice(8 + length);
    List<SafetensorsHeader.Entry> entries =
        SafetensorsHeader.read(name, bytes.asSlice(8, length).toArray(JAVA_BYTE), data.byteSize());
    entries.forEach(entry -> add(entry, data));
    if (tensors.isEmpty()) {
      throw new DataException(
          name,
          "found no tensor that can be read (%s), expected one"
              .formatted(unsupported.isEmpty() ? "it is empty" : unsupported.getFirst().type()));
    }
  }

  private void add(SafetensorsHeader.Entry entry, MemorySegment data) {
    Element element = entry.element();
    String shape = entry.dtype() + entry.shape();
    if (element == null) {
      unsupported.add(new Unsupported(entry.name(), "tensor of type " + entry.dtype()));
      return;
    }
    long width = entry.width();
    if (entry.shape().isEmpty() || width == 0 || width > Integer.MAX_VALUE) {
      unsupported.add(
          new Unsupported(
              entry.name(),
              entry.shape().isEmpty() ? "tensor without dimensions" : "tensor " + shape));
      return;
    }
    ColumnType column =
        entry.shape().size() == 1
            ? new ColumnType(entry.name(), Shape.SCALAR, element.type(), 1)
            : new ColumnType(entry.name(), Shape.VECTOR, element.type(), (int) width);
    tensors.add(
        new Tensor(
            column,
            element,
            entry.shape().getFirst(),
            data.asSlice(entry.begin(), entry.end() - entry.begin())));
  }

  /// The length of the header, if a file of `size` bytes that begins with `head` is one; else -1.
  static long lengthOf(MemorySegment head, long size) {
    if (head.byteSize() < 9 || head.get(JAVA_BYTE, 8) != '{') {
      return -1;
    }
    long length = head.get(U64, 0);
    return length >= 2 && length <= SafetensorsHeader.MAX_BYTES && length <= size - 8 ? length : -1;
  }

  /// Opens a `.safetensors` file and checks its header.
  ///
  /// @throws DataException if it is not one, or damaged
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static SafetensorsFile open(Path path, Reading reading) {
    Mapping mapping = Mapping.open(path, reading);
    try {
      return new SafetensorsFile(path.toString(), mapping);
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
    return "safetensors";
  }

  @Override
  public List<ColumnType> schema() {
    return tensors.schema();
  }

  @Override
  public List<Unsupported> unsupported() {
    return Collections.unmodifiableList(unsupported);
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    return tensors.rowCount(this, columns);
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    Projection.check(this, columns, batchRows);
    List<Tensor> wanted = tensors.wanted(this, columns);
    long rows = ArrayColumns.commonRows(this, wanted);
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
            return new Chunk(rows, wanted.stream().map(Tensor::chunk).toList(), () -> {});
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
