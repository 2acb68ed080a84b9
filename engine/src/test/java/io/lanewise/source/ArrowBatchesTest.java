package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.VectorColumn;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Batches in memory beside the files that hold them.
class ArrowBatchesTest {
  private static final DictionaryProvider NONE = new DictionaryProvider.MapDictionaryProvider();

  static ArrowBatches of(VectorSchemaRoot root, DictionaryProvider dictionaries) {
    return ArrowBatches.of("mine", root.getSchema(), dictionaries, Map.of(), OptionalLong.empty());
  }

  private static Batch batch(VectorSchemaRoot root, DictionaryProvider dictionaries) {
    ArrowBatches batches = of(root, dictionaries);
    List<String> names = batches.schema().stream().map(ColumnType::name).toList();
    return batches.batch(root, dictionaries, 0, names, Set.of(), false);
  }

  /// The values of a batch by column.
  static Map<String, List<@Nullable Object>> values(
      VectorSchemaRoot root, DictionaryProvider dictionaries) {
    try (Batch batch = batch(root, dictionaries)) {
      return Values.of(batch);
    }
  }

  /// Files of every type, of which one comes from another library.
  @ParameterizedTest
  @ValueSource(strings = {"interop/arrow-js/all.arrow", "quickstart/flow.arrow"})
  void holdWhatTheFileHolds(String name) throws IOException {
    Path file = Path.of("..", "data").resolve(name);
    Map<String, List<@Nullable Object>> all = new LinkedHashMap<>();
    try (BufferAllocator allocator = new RootAllocator();
        FileChannel channel = FileChannel.open(file);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      while (reader.loadNextBatch()) {
        values(reader.getVectorSchemaRoot(), reader)
            .forEach((column, rows) -> all.merge(column, rows, ArrowBatchesTest::joined));
      }
    }
    try (Source source = Sources.open(file.toString())) {
      assertThat(all).isNotEmpty().isEqualTo(Values.read(source, 1000));
    }
  }

  private static List<@Nullable Object> joined(
      List<@Nullable Object> first, List<@Nullable Object> then) {
    return java.util.stream.Stream.concat(first.stream(), then.stream()).toList();
  }

  private static FixedSizeListVector vectors(BufferAllocator allocator, int rows) {
    FixedSizeListVector mu = FixedSizeListVector.empty("mu", 3, allocator);
    Float4Vector elements =
        (Float4Vector)
            mu.addOrGetVector(
                    FieldType.nullable(
                        new ArrowType.FloatingPoint(
                            org.apache.arrow.vector.types.FloatingPointPrecision.SINGLE)))
                .getVector();
    mu.setValueCount(rows);
    for (int i = 0; i < 3 * rows; i++) {
      elements.setSafe(i, i);
    }
    elements.setValueCount(3 * rows);
    for (int i = 0; i < rows; i++) {
      mu.setNotNull(i);
    }
    return mu;
  }

  @Test
  void numbersAreReadWhereTheyLie() {
    try (BufferAllocator allocator = new RootAllocator();
        FixedSizeListVector mu = vectors(allocator, 4);
        VectorSchemaRoot root = VectorSchemaRoot.of(mu)) {
      root.setRowCount(4);
      long before = allocator.getAllocatedMemory();
      int holders = mu.getDataVector().getDataBuffer().refCnt();
      try (Batch batch = batch(root, NONE)) {
        VectorColumn column = (VectorColumn) batch.column("mu");
        assertThat(column.data().address())
            .isEqualTo(mu.getDataVector().getDataBuffer().memoryAddress());
        assertThat(column.data().byteSize()).isEqualTo(4 * 3 * 4);
      }
      assertThat(allocator.getAllocatedMemory()).isEqualTo(before);
      assertThat(mu.getDataVector().getDataBuffer().refCnt()).isEqualTo(holders);
    }
  }

  @Test
  void viewsEndWithTheBatch() {
    try (BufferAllocator allocator = new RootAllocator();
        FixedSizeListVector mu = vectors(allocator, 2);
        VectorSchemaRoot root = VectorSchemaRoot.of(mu)) {
      root.setRowCount(2);
      Batch batch = batch(root, NONE);
      VectorColumn column = (VectorColumn) batch.column("mu");
      batch.close();
      assertThatThrownBy(() -> column.data().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aRowCountThatIsNotThatOfTheVectorsIsRefused() {
    try (BufferAllocator allocator = new RootAllocator();
        FixedSizeListVector mu = vectors(allocator, 2);
        VectorSchemaRoot root = new VectorSchemaRoot(List.of(mu.getField()), List.of(mu), 0)) {
      int holders = mu.getDataVector().getDataBuffer().refCnt();
      assertThatThrownBy(() -> batch(root, NONE))
          .isInstanceOf(DataException.class)
          .hasMessage("batch: column 'mu': found an array of 2 rows with 0 nulls, expected 0 rows");
      assertThat(mu.getDataVector().getDataBuffer().refCnt()).isEqualTo(holders);
    }
  }
}
