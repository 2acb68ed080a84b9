package io.lanewise.sink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Columns as Arrow's own vectors, for Arrow's own writers and for programs: one copy of each
/// buffer.
public final class ArrowRows {
  /// Arrow Java counts the elements of a list's child with an int, so larger batches are split.
  private static final long MAX_ELEMENTS = 1 << 30;

  private final BufferAllocator allocator;
  private final List<ArrowFieldNode> nodes = new ArrayList<>();
  private final List<ArrowBuf> buffers = new ArrayList<>();

  private ArrowRows(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /// The Arrow schema: vectors are fixed-size lists, sequences lists, text is UTF-8.
  static Schema schema(List<ColumnType> types) {
    return new Schema(types.stream().map(ArrowRows::field).toList());
  }

  private static Field field(ColumnType type) {
    ArrowType element = arrowType(type.type());
    Field item = new Field("item", FieldType.nullable(element), List.of());
    return switch (type.shape()) {
      case SCALAR -> new Field(type.name(), FieldType.nullable(element), List.of());
      case VECTOR ->
          new Field(
              type.name(),
              FieldType.nullable(new ArrowType.FixedSizeList(type.width())),
              List.of(item));
      case SEQUENCE ->
          new Field(type.name(), FieldType.nullable(new ArrowType.List()), List.of(item));
    };
  }

  private static ArrowType arrowType(DType type) {
    return switch (type) {
      case FLOAT32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case FLOAT64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case INT32 -> new ArrowType.Int(32, true);
      case INT64 -> new ArrowType.Int(64, true);
      case TEXT -> new ArrowType.Utf8();
    };
  }

  /// Whether these rows fit into one record batch.
  static boolean fits(List<Column> columns, int rows) {
    for (Column column : columns) {
      long elements =
          switch (column) {
            case ScalarColumn _ -> rows;
            case TextColumn text -> text.values().stream().mapToLong(v -> 3L * v.length()).sum();
            case VectorColumn vector -> (long) rows * vector.width();
            case SequenceColumn list ->
                rows == 0 ? 0 : list.start(rows - 1) + list.length(rows - 1) - list.start(0);
          };
      if (elements > MAX_ELEMENTS) {
        return false;
      }
    }
    return true;
  }

  /// Columns as a batch of the caller's, who closes it.
  ///
  /// @throws IllegalArgumentException if they are more than one batch can hold
  public static VectorSchemaRoot root(List<Column> columns, int rows, BufferAllocator allocator) {
    if (!fits(columns, rows)) {
      throw new IllegalArgumentException(
          "found a column of more than 2^30 elements, expected at most those in a batch");
    }
    VectorSchemaRoot root =
        VectorSchemaRoot.create(schema(columns.stream().map(Column::describe).toList()), allocator);
    boolean done = false;
    try {
      load(root, allocator, columns, rows);
      done = true;
      return root;
    } finally {
      if (!done) {
        root.close();
      }
    }
  }

  /// Fills `root` with these columns.
  static void load(
      VectorSchemaRoot root, BufferAllocator allocator, List<Column> columns, int rows) {
    ArrowRows arrow = new ArrowRows(allocator);
    try {
      columns.forEach(arrow::add);
      try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, arrow.nodes, arrow.buffers)) {
        new VectorLoader(root).load(batch);
      }
    } finally {
      arrow.buffers.forEach(ArrowBuf::close);
    }
  }

  private void add(Column column) {
    addNode(column.rows(), column.validity());
    switch (column) {
      case ScalarColumn scalar -> addBuffer(scalar.data());
      case VectorColumn vector -> {
        addNode((long) vector.rows() * vector.width(), vector.elements());
        addBuffer(vector.data());
      }
      case SequenceColumn list -> addList(list);
      case TextColumn text -> addText(text);
    }
  }

  private void addList(SequenceColumn list) {
    long start = list.rows() == 0 ? 0 : list.start(0);
    ArrowBuf offsets = newBuffer(4L * (list.rows() + 1));
    MemorySegment to = segment(offsets);
    to.set(JAVA_INT_UNALIGNED, 0, 0);
    long end = start;
    for (int i = 0; i < list.rows(); i++) {
      end = list.start(i) + list.length(i);
      to.set(JAVA_INT_UNALIGNED, 4L * (i + 1), Math.toIntExact(end - start));
    }
    addNode(end - start, list.elements().slice(start));
    long bytes = list.type().bytes();
    addBuffer(list.data().asSlice(start * bytes, (end - start) * bytes));
  }

  private void addText(TextColumn text) {
    List<byte[]> values = new ArrayList<>(text.rows());
    ArrowBuf offsets = newBuffer(4L * (text.rows() + 1));
    MemorySegment to = segment(offsets);
    to.set(JAVA_INT_UNALIGNED, 0, 0);
    int end = 0;
    for (int i = 0; i < text.rows(); i++) {
      byte[] value =
          text.validity().isValid(i)
              ? text.values().get(i).getBytes(StandardCharsets.UTF_8)
              : new byte[0];
      values.add(value);
      end = Math.addExact(end, value.length);
      to.set(JAVA_INT_UNALIGNED, 4L * (i + 1), end);
    }
    MemorySegment data = segment(newBuffer(end));
    long at = 0;
    for (byte[] value : values) {
      MemorySegment.copy(value, 0, data, JAVA_BYTE, at, value.length);
      at += value.length;
    }
  }

  private void addNode(long length, Validity validity) {
    long nulls = validity.nulls(length);
    nodes.add(new ArrowFieldNode(length, nulls));
    ArrowBuf bits = newBuffer(nulls == 0 ? 0 : (length + 7) >>> 3);
    if (nulls > 0) {
      copyBits(validity, length, segment(bits));
    }
  }

  /// Copies a bitmap that may begin within a byte; bits beyond `length` are zero.
  private static void copyBits(Validity validity, long length, MemorySegment to) {
    for (long i = 0; i < to.byteSize(); i++) {
      int bits = 0;
      long least = Math.min(8, length - 8 * i);
      for (int j = 0; j < least; j++) {
        bits |= validity.isValid(8 * i + j) ? 1 << j : 0;
      }
      to.set(JAVA_BYTE, i, (byte) bits);
    }
  }

  private void addBuffer(MemorySegment data) {
    MemorySegment.copy(data, 0, segment(newBuffer(data.byteSize())), 0, data.byteSize());
  }

  private ArrowBuf newBuffer(long bytes) {
    ArrowBuf buffer = allocator.buffer(bytes);
    buffer.writerIndex(bytes);
    buffers.add(buffer);
    return buffer;
  }

  private static MemorySegment segment(ArrowBuf buffer) {
    return MemorySegment.ofAddress(buffer.memoryAddress()).reinterpret(buffer.writerIndex());
  }
}
