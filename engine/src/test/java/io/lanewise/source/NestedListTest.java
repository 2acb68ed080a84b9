package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.VectorColumn;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists of fixed-size lists, written by Arrow's own library: read as if flattened.
class NestedListTest {
  private static final int SIZE = 3;

  private static Field field(String name, ArrowType outer) {
    Field number =
        new Field(
            "item",
            FieldType.nullable(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
            null);
    Field inner =
        new Field("item", FieldType.nullable(new ArrowType.FixedSizeList(SIZE)), List.of(number));
    return new Field(name, FieldType.nullable(outer), List.of(inner));
  }

  /// Rows of 2, 0 and 1 lists of three, and one of 2 that is null at its second; 0, 1, 2, ... in
  /// them.
  private static Path write(Path file) throws IOException {
    Schema schema =
        new Schema(
            List.of(
                field("logits", new ArrowType.List()),
                field("matrix", new ArrowType.FixedSizeList(2))));
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ListVector lists = (ListVector) root.getVector("logits");
      lists.allocateNew();
      int at = 0;
      int[] lengths = {2, 0, 1, 2};
      for (int i = 0; i < lengths.length; i++) {
        lists.startNewValue(i);
        at += lengths[i];
        lists.endValue(i, lengths[i]);
      }
      fill(lists.getDataVector(), at, at - 1);
      lists.setValueCount(lengths.length);
      FixedSizeListVector matrix = (FixedSizeListVector) root.getVector("matrix");
      matrix.allocateNew();
      for (int i = 0; i < lengths.length; i++) {
        matrix.setNotNull(i);
      }
      fill(matrix.getDataVector(), 2 * lengths.length, -1);
      matrix.setValueCount(lengths.length);
      root.setRowCount(lengths.length);
      try (ArrowFileWriter writer = new ArrowFileWriter(root, null, channel)) {
        writer.writeBatch();
      }
    }
    return file;
  }

  private static void fill(FieldVector inner, int count, int absent) {
    FixedSizeListVector lists = (FixedSizeListVector) inner;
    Float4Vector numbers = (Float4Vector) lists.getDataVector();
    for (int k = 0; k < count; k++) {
      if (k != absent) {
        lists.setNotNull(k);
      }
      for (int j = 0; j < SIZE; j++) {
        numbers.setSafe(k * SIZE + j, k * SIZE + j);
      }
    }
    numbers.setValueCount(count * SIZE);
    lists.setValueCount(count);
  }

  @Test
  void elementsFollowEachOther(@TempDir Path temp) throws IOException {
    String file = write(temp.resolve("nested.arrow")).toString();
    try (DataSet data = DataSet.of(file);
        Cursor cursor = data.read(List.of("logits", "matrix"), 10);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      assertThat(data.schema())
          .extracting(c -> c.shape())
          .containsExactly(Shape.SEQUENCE, Shape.VECTOR);
      SequenceColumn logits = (SequenceColumn) Objects.requireNonNull(batch.column("logits"));
      assertThat(List.of(logits.length(0), logits.length(1), logits.length(2), logits.length(3)))
          .containsExactly(6L, 0L, 3L, 6L);
      for (int k = 0; k < 15; k++) {
        assertThat(logits.data().get(JAVA_FLOAT_UNALIGNED, 4L * k)).isEqualTo(k);
        assertThat(logits.elements().isValid(k)).isEqualTo(k < 12);
      }
      VectorColumn matrix = (VectorColumn) Objects.requireNonNull(batch.column("matrix"));
      assertThat(matrix.width()).isEqualTo(2 * SIZE);
      assertThat(matrix.data().get(JAVA_FLOAT_UNALIGNED, 4L * 23)).isEqualTo(23);
    }
  }

  @Test
  void smallBatchesStartWhereTheyShould(@TempDir Path temp) throws IOException {
    String file = write(temp.resolve("nested.arrow")).toString();
    try (DataSet data = DataSet.of(file);
        Cursor cursor = data.read(List.of("logits"), 1)) {
      float expected = 0;
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        SequenceColumn logits = (SequenceColumn) Objects.requireNonNull(batch.column("logits"));
        for (long k = 0; k < logits.length(0); k++) {
          assertThat(logits.data().get(JAVA_FLOAT_UNALIGNED, 4 * (logits.start(0) + k)))
              .isEqualTo(expected++);
        }
        batch.close();
      }
      assertThat(expected).isEqualTo(15);
    }
  }
}
