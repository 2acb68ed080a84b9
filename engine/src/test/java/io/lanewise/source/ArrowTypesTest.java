package io.lanewise.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Arrow's less common types, written by Arrow's own library and read here, from a file and from
/// memory.
class ArrowTypesTest {
  private final BufferAllocator memory = new RootAllocator();
  private final DictionaryProvider.MapDictionaryProvider dictionaries =
      new DictionaryProvider.MapDictionaryProvider();

  /// What the batch that was written has in memory, by column.
  private Map<String, List<@Nullable Object>> inMemory = Map.of();

  @TempDir Path dir;

  @AfterEach
  void close() {
    dictionaries.getDictionaryIds().forEach(id -> dictionaries.lookup(id).getVector().close());
    memory.close();
  }

  private String write(String name, FieldVector... vectors) throws IOException {
    Path file = dir.resolve(name);
    try (VectorSchemaRoot root = new VectorSchemaRoot(List.of(vectors));
        OutputStream out = Files.newOutputStream(file);
        ArrowWriter writer =
            name.endsWith(".arrow")
                ? new ArrowFileWriter(root, dictionaries, Channels.newChannel(out))
                : new ArrowStreamWriter(root, dictionaries, Channels.newChannel(out))) {
      root.setRowCount(vectors[0].getValueCount());
      inMemory = ArrowBatchesTest.values(root, dictionaries);
      writer.start();
      writer.writeBatch();
      writer.end();
    }
    return file.toString();
  }

  private List<@Nullable Object> values(String file, String column, int batchRows) {
    List<@Nullable Object> values = new ArrayList<>();
    try (Source source = Sources.open(file);
        Cursor cursor = source.read(List.of(column), batchRows)) {
      List<@Nullable Object> asRead = new ArrayList<>();
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          Column found = open.columns().firstEntry().getValue();
          asRead.addAll(Values.of(open).getOrDefault(column, List.of()));
          for (int i = 0; i < found.rows(); i++) {
            values.add(found.validity().isValid(i) ? value(found, i) : null);
          }
        }
      }
      assertThat(inMemory.get(column)).isEqualTo(asRead);
    }
    return values;
  }

  private static Object value(Column column, int i) {
    return switch (column) {
      case TextColumn text -> text.values().get(i);
      case ScalarColumn numbers when numbers.type().isInteger() -> numbers.getLong(i);
      case ScalarColumn numbers -> numbers.getDouble(i);
      case SequenceColumn lists -> {
        List<@Nullable Object> row = new ArrayList<>();
        for (long at = lists.start(i); at < lists.start(i) + lists.length(i); at++) {
          row.add(lists.elements().isValid(at) ? lists.getLong(at) : null);
        }
        yield row;
      }
      default -> throw new AssertionError(column.name());
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"views.arrow", "views.arrows"})
  void viewsOfTextAndBytes(String name) throws IOException {
    ViewVarCharVector texts = new ViewVarCharVector("text", memory);
    ViewVarBinaryVector bytes = new ViewVarBinaryVector("bytes", memory);
    texts.allocateNew();
    bytes.allocateNew();
    IntVector after = new IntVector("after", memory);
    List<@Nullable String> expected =
        Arrays.asList("a", null, "twelve bytes", "thirteen byte", "", "ü".repeat(500));
    for (int i = 0; i < expected.size(); i++) {
      String text = expected.get(i);
      if (text == null) {
        texts.setNull(i);
        bytes.setNull(i);
      } else {
        texts.setSafe(i, text.getBytes(UTF_8));
        bytes.setSafe(i, text.getBytes(UTF_8));
      }
      after.setSafe(i, i);
    }
    texts.setValueCount(expected.size());
    bytes.setValueCount(expected.size());
    after.setValueCount(expected.size());
    String file = write(name, texts, bytes, after);
    for (int batch : new int[] {1, 4, 100}) {
      assertThat(values(file, "text", batch)).isEqualTo(expected);
      assertThat(values(file, "bytes", batch)).isEqualTo(expected);
      // What follows a column with any number of buffers is still found.
      assertThat(values(file, "after", batch)).isEqualTo(List.of(0L, 1L, 2L, 3L, 4L, 5L));
    }
  }

  @Test
  void bytesThatAreNoTextAreLabelsAllTheSame() throws IOException {
    VarBinaryVector bytes = new VarBinaryVector("bytes", memory);
    bytes.setSafe(0, "text".getBytes(UTF_8));
    bytes.setSafe(1, new byte[] {(byte) 0xFF, 0});
    byte[] picture = new byte[1000];
    picture[0] = (byte) 0x89;
    bytes.setSafe(2, picture);
    bytes.setValueCount(3);
    String file = write("bytes.arrow", bytes);
    assertThat(values(file, "bytes", 10))
        .isEqualTo(
            List.of(
                "text",
                "0xff00",
                // sha256sum
                "sha256:040a5328e902470659f09dc4e4eb1b899a7a893d7e4c91774c8671239f1e7529"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dictionaries.arrow", "dictionaries.arrows"})
  void dictionariesOfNumbersAndTexts(String name) throws IOException {
    Float8Vector numbers = new Float8Vector("", memory);
    numbers.setSafe(0, 0.5);
    numbers.setNull(1);
    numbers.setSafe(2, -2);
    numbers.setValueCount(3);
    VarCharVector texts = new VarCharVector("", memory);
    texts.setSafe(0, "red".getBytes(UTF_8));
    texts.setSafe(1, "blue".getBytes(UTF_8));
    texts.setNull(2);
    texts.setValueCount(3);
    DictionaryEncoding ofNumbers = new DictionaryEncoding(1, false, new ArrowType.Int(8, false));
    DictionaryEncoding ofTexts = new DictionaryEncoding(2, true, new ArrowType.Int(8, false));
    dictionaries.put(new org.apache.arrow.vector.dictionary.Dictionary(numbers, ofNumbers));
    dictionaries.put(new org.apache.arrow.vector.dictionary.Dictionary(texts, ofTexts));
    UInt1Vector x =
        new UInt1Vector("x", new FieldType(true, new ArrowType.Int(8, false), ofNumbers), memory);
    UInt1Vector label =
        new UInt1Vector("label", new FieldType(true, new ArrowType.Int(8, false), ofTexts), memory);
    int[] indices = {2, 0, 1, 2};
    for (int i = 0; i < indices.length; i++) {
      x.setSafe(i, indices[i]);
      label.setSafe(i, indices[i]);
    }
    x.setNull(3);
    x.setValueCount(4);
    label.setValueCount(4);
    String file = write(name, x, label);
    try (Source source = Sources.open(file)) {
      assertThat(source.schema())
          .extracting(ColumnType::type)
          .containsExactly(DType.FLOAT64, DType.TEXT);
    }
    for (int batch : new int[] {1, 3, 100}) {
      assertThat(values(file, "x", batch)).isEqualTo(Arrays.asList(-2.0, 0.5, null, null));
      assertThat(values(file, "label", batch)).isEqualTo(Arrays.asList(null, "red", "blue", null));
    }
  }

  @Test
  void listViewsInAnyOrder() throws IOException {
    ListViewVector lists = ListViewVector.empty("lists", memory);
    BigIntVector elements =
        (BigIntVector)
            lists.addOrGetVector(FieldType.nullable(new ArrowType.Int(64, true))).getVector();
    lists.setValueCount(4);
    for (int i = 0; i < 5; i++) {
      elements.setSafe(i, 10 * i);
    }
    elements.setNull(3);
    elements.setValueCount(5);
    lists.setValidity(0, 1);
    lists.setOffset(0, 3);
    lists.setSize(0, 2);
    lists.setValidity(1, 0);
    lists.setOffset(1, 0);
    lists.setSize(1, 0);
    lists.setValidity(2, 1);
    lists.setOffset(2, 0);
    lists.setSize(2, 3);
    // These elements belong to the row before as well.
    lists.setValidity(3, 1);
    lists.setOffset(3, 1);
    lists.setSize(3, 1);
    lists.setValueCount(4);
    elements.setValueCount(5);
    String file = write("lists.arrow", lists);
    for (int batch : new int[] {1, 3, 100}) {
      assertThat(values(file, "lists", batch))
          .isEqualTo(
              Arrays.asList(Arrays.asList(null, 40L), null, List.of(0L, 10L, 20L), List.of(10L)));
    }
  }

  @Test
  void runs() throws IOException {
    Field ends = new Field("run_ends", FieldType.notNullable(new ArrowType.Int(32, true)), null);
    Field of = new Field("values", FieldType.nullable(new ArrowType.Int(64, true)), null);
    RunEndEncodedVector runs =
        new RunEndEncodedVector(
            new Field(
                "runs", FieldType.notNullable(ArrowType.RunEndEncoded.INSTANCE), List.of(ends, of)),
            memory,
            null);
    runs.allocateNew();
    IntVector runEnds = (IntVector) runs.getRunEndsVector();
    BigIntVector values = (BigIntVector) runs.getValuesVector();
    int[] at = {2, 3, 7};
    for (int i = 0; i < at.length; i++) {
      runEnds.setSafe(i, at[i]);
      values.setSafe(i, 100 + i);
    }
    values.setNull(1);
    runEnds.setValueCount(3);
    values.setValueCount(3);
    runs.setValueCount(7);
    IntVector after = new IntVector("after", memory);
    for (int i = 0; i < 7; i++) {
      after.setSafe(i, i);
    }
    after.setValueCount(7);
    String file = write("runs.arrow", runs, after);
    for (int batch : new int[] {1, 3, 100}) {
      assertThat(values(file, "runs", batch))
          .isEqualTo(Arrays.asList(100L, 100L, null, 102L, 102L, 102L, 102L));
      assertThat(values(file, "after", batch)).hasSize(7).endsWith(6L);
    }
  }

  /// Values as `torch.tensor([1.5, -2, 3.140625, inf]).bfloat16()` stores them.
  @Test
  void bfloat16() throws IOException {
    FixedSizeBinaryVector halves =
        new FixedSizeBinaryVector(
            "x",
            new FieldType(
                true,
                new ArrowType.FixedSizeBinary(2),
                null,
                Map.of("ARROW:extension:name", "lance.bfloat16")),
            memory);
    int[] bits = {0x3FC0, 0xC000, 0x4049, 0x7F80};
    for (int i = 0; i < bits.length; i++) {
      halves.setSafe(i, new byte[] {(byte) bits[i], (byte) (bits[i] >> 8)});
    }
    halves.setValueCount(bits.length);
    String file = write("bfloat16.arrow", halves);
    assertThat(values(file, "x", 3))
        .isEqualTo(List.of(1.5, -2.0, 3.140625, Double.POSITIVE_INFINITY));
  }
}
