package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.VectorColumn;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Opening files, and what is particular to one format.
class SourcesTest {
  private static final Path DATA = Path.of("../data/interop");

  @TempDir Path dir;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(dir.resolve(name), content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "80 04 95 01 00 | a Python pickle",
        "89 48 44 46 0d 0a 1a 0a | an HDF5 file",
        "1f 8b 08 00 | a gzip file",
        "00 01 02 03 04 05 06 07 08 | a file that begins with the bytes 00 01 02 03 04 05 06 07",
        "7b 22 61 22 3a 31 7d | JSON",
        "'' | an empty file"
      })
  void whatCannotBeReadIsNamed(String hex, String words) throws IOException {
    Path file = dir.resolve("x.npy");
    byte[] bytes = new byte[hex.isEmpty() ? 0 : hex.split(" ").length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.split(" ")[i], 16);
    }
    Files.write(file, bytes);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()))
        .withMessageStartingWith(file + ": found " + words)
        .withMessageEndingWith("expected " + Sources.FORMATS);
  }

  @Test
  void whatIsNotThereIsNoBadData() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> Sources.open(dir.resolve("none").toString()))
        .withMessage(dir.resolve("none") + ": no such file")
        .withCauseInstanceOf(NoSuchFileException.class);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> Sources.open(dir.toString()))
        .withMessage(dir + ": found a directory, expected a file");
  }

  @Test
  void aColumnThatIsNotThereIsListedAgainstThoseThatAre() {
    try (Source source = Sources.open(DATA.resolve("numpy/c_f4.npy").toString())) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> source.read(List.of("x"), 1))
          .withMessage(
              DATA + "/numpy/c_f4.npy: column 'x': found no such column, expected one of data");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> source.read(List.of("data"), 0));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> source.read(List.of(), 1));
    }
  }

  @Test
  void numbersAreHandedOutWhereTheyLie() {
    try (Source arrow = Sources.open(DATA.resolve("arrow-js/all.arrow").toString());
        Source npy = Sources.open(DATA.resolve("numpy/c_f4.npy").toString());
        Source npz = Sources.open(DATA.resolve("numpy/stored.npz").toString())) {
      // A view of a read-only mapping is read-only; memory made for a conversion is not.
      assertThat(data(arrow, "f32").isReadOnly()).isTrue();
      assertThat(data(arrow, "vector").isReadOnly()).isTrue();
      assertThat(data(arrow, "f16").isReadOnly()).isFalse();
      assertThat(data(npy, "data").isReadOnly()).isTrue();
      assertThat(data(npz, "le_i8_c").isReadOnly()).isTrue();
      assertThat(data(npz, "be_i8_c").isReadOnly()).isFalse();
      assertThat(data(npz, "le_f4_f").isReadOnly()).isFalse();
    }
  }

  private static MemorySegment data(Source source, String name) {
    try (Cursor cursor = source.read(List.of(name), 4);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      return switch (Objects.requireNonNull(batch.column(name))) {
        case ScalarColumn scalar -> scalar.data();
        case VectorColumn vector -> vector.data();
        default -> throw new IllegalStateException();
      };
    }
  }

  @Test
  void batchesOutliveTheirCursorButNotTheirFile() {
    MemorySegment data;
    try (Source source = Sources.open(DATA.resolve("arrow-js/all.arrow").toString())) {
      Batch batch;
      try (Cursor cursor = source.read(List.of("f32", "u8"), 4)) {
        batch = Objects.requireNonNull(cursor.next());
      }
      assertThat(Values.of(Objects.requireNonNull(batch.column("u8")), 3)).isEqualTo(9);
      data = ((ScalarColumn) Objects.requireNonNull(batch.column("f32"))).data();
      batch.close();
      batch.close();
    }
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void aPipeIsReadOnce() throws IOException {
    InputStream in = Files.newInputStream(DATA.resolve("arrow-js/all.arrows"));
    try (Source piped = ArrowStream.from(in, "-");
        Source mapped = ArrowStream.open(DATA.resolve("arrow-js/all.arrows"), Reading.DEFAULT)) {
      assertThat(piped.rowCount(List.of())).isEmpty();
      assertThat(Values.read(piped, 7)).isEqualTo(Values.read(mapped, 7));
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> piped.read(List.of("f32"), 7));
    }
  }

  @Test
  void aPipeThatIsNoStreamSaysWhatItIs() throws Exception {
    InputStream stdin = System.in;
    try (InputStream in = Files.newInputStream(DATA.resolve("numpy/c_f4.npy"))) {
      System.setIn(in);
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Sources.open("-"))
          .withMessage(
              "-: found a .npy file on a pipe, expected an Arrow stream; save it to a file first");
    } finally {
      System.setIn(stdin);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LZ4_FRAME", "ZSTD"})
  void compressedArrow(CodecType codec) throws IOException {
    Path file = dir.resolve("compressed.arrow");
    try (BufferAllocator allocator = new RootAllocator();
        Float8Vector x = new Float8Vector("x", allocator);
        VarCharVector t = new VarCharVector("t", allocator);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      x.allocateNew(5000);
      t.allocateNew(5000);
      for (int i = 0; i < 5000; i++) {
        if (i % 7 == 0) {
          x.setNull(i);
        } else {
          x.set(i, i % 10);
        }
        t.setSafe(i, new byte[] {(byte) ('a' + i % 3)});
      }
      try (VectorSchemaRoot root = VectorSchemaRoot.of(x, t)) {
        root.setRowCount(5000);
        ArrowFileWriter writer =
            new ArrowFileWriter(
                root,
                null,
                channel,
                Map.of(),
                IpcOption.DEFAULT,
                CommonsCompressionFactory.INSTANCE,
                codec);
        writer.writeBatch();
        writer.end();
      }
    }
    try (Source source = Sources.open(file.toString())) {
      Map<String, List<@Nullable Object>> values = Values.read(source, 999);
      for (int i = 0; i < 5000; i++) {
        assertThat(values.get("x").get(i))
            .isEqualTo(i % 7 == 0 ? null : (Object) (double) (i % 10));
        assertThat(values.get("t").get(i)).isEqualTo(String.valueOf((char) ('a' + i % 3)));
      }
    }
    byte[] whole = Files.readAllBytes(file);
    for (int at = 300; at < whole.length; at += 601) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, at, Math.min(at + 8, bytes.length), (byte) 0x7F);
      Files.write(file, bytes);
      try (Source source = Sources.open(file.toString())) {
        Values.read(source, 10_000);
      } catch (DataException e) {
        assertThat(e.getMessage()).startsWith(file.toString());
      }
    }
  }

  @Test
  void csvTypesNullsAndQuotes() throws IOException {
    Path file =
        file(
            "a.csv",
            """
            i,f,flag,text,"with, ""quotes""\",x[0],x[1],y[1],e
            1,2.5,true,a,1,3,4,7,nan
            2,-3,false,"",,5,6.5,8,-inf
            ,Infinity,,b c,3,,7,9,
            """);
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.schema())
          .containsExactly(
              new ColumnType("i", Shape.SCALAR, DType.INT64, 1),
              new ColumnType("f", Shape.SCALAR, DType.FLOAT64, 1),
              new ColumnType("flag", Shape.SCALAR, DType.INT32, 1),
              new ColumnType("text", Shape.SCALAR, DType.TEXT, 1),
              new ColumnType("with, \"quotes\"", Shape.SCALAR, DType.INT64, 1),
              new ColumnType("x", Shape.VECTOR, DType.FLOAT64, 2),
              new ColumnType("y[1]", Shape.SCALAR, DType.INT64, 1),
              new ColumnType("e", Shape.SCALAR, DType.FLOAT64, 1));
      assertThat(source.rowCount(List.of())).isEmpty();
      Map<String, List<@Nullable Object>> values = Values.read(source, 2);
      assertThat(values.get("i")).containsExactly(1L, 2L, null);
      assertThat(values.get("f")).containsExactly(2.5, -3.0, Double.POSITIVE_INFINITY);
      assertThat(values.get("flag")).containsExactly(1, 0, null);
      assertThat(values.get("text")).containsExactly("a", "", "b c");
      assertThat(values.get("with, \"quotes\"")).containsExactly(1L, null, 3L);
      assertThat(values.get("x"))
          .containsExactly(List.of(3.0, 4.0), List.of(5.0, 6.5), Arrays.asList(null, 7.0));
      assertThat(values.get("e")).containsExactly(Double.NaN, Double.NEGATIVE_INFINITY, null);
    }
  }

  @Test
  void csvSeparatorsAndByteOrderMark() throws IOException {
    for (String separator : List.of("\t", ";", ",")) {
      Path file = file("s.csv", "\uFEFFa" + separator + "b\r\n1" + separator + "2\r\n");
      try (Source source = Sources.open(file.toString())) {
        assertThat(Values.read(source, 9)).isEqualTo(Map.of("a", List.of(1L), "b", List.of(2L)));
      }
    }
  }

  @Test
  void csvThatIsNotOneSaysWhereItIsWrong() throws IOException {
    Path ragged = file("ragged.csv", "a,b\n1,2\n3\n4,5\n");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(ragged.toString()))
        .withMessageContaining("Line: 3");
    Path twice = file("twice.csv", "a,a\n1,2\n");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(twice.toString()))
        .withMessage(twice + ": column 'a': found it twice, expected each name once");
  }

  @Test
  void csvOfNothingButAHeader() throws IOException {
    try (Source source = Sources.open(file("h.csv", "a,b\n").toString())) {
      assertThat(Values.read(source, 9)).isEqualTo(Map.of("a", List.of(), "b", List.of()));
    }
  }

  @Test
  void parquetListsAreSequencesUnlessTheFileSaysOtherwise() throws Exception {
    Path file = dir.resolve("by duckdb's.parquet");
    try (var duckdb = java.sql.DriverManager.getConnection("jdbc:duckdb:");
        var statement = duckdb.createStatement()) {
      statement.execute(
          "COPY (SELECT i::FLOAT AS \"a b\", [i::DOUBLE, 2.0] AS v, (i % 256)::UTINYINT AS u, i % 2 = 0 AS t,"
              + " CASE WHEN i % 2 = 0 THEN NULL ELSE 'x' || i END AS s, DATE '2020-01-01' AS d"
              + " FROM range(300000) r(i)) TO "
              + DuckDb.text(file.toString())
              + " (FORMAT parquet)");
    }
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.schema())
          .containsExactly(
              new ColumnType("a b", Shape.SCALAR, DType.FLOAT32, 1),
              new ColumnType("v", Shape.SEQUENCE, DType.FLOAT64, 0),
              new ColumnType("u", Shape.SCALAR, DType.INT32, 1),
              new ColumnType("t", Shape.SCALAR, DType.INT32, 1),
              new ColumnType("s", Shape.SCALAR, DType.TEXT, 1));
      assertThat(source.unsupported()).containsExactly(new Unsupported("d", "Date(DAY)"));
      assertThat(source.rowCount(List.of())).hasValue(300_000);
      // In the file's order, whatever the threads.
      try (Cursor cursor = source.read(List.of("v", "a b"), 10_000)) {
        long row = 0;
        for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
          try (Batch b = batch) {
            SequenceColumn list = (SequenceColumn) Objects.requireNonNull(b.column("v"));
            MemorySegment vector = list.asVector(2).data();
            for (int i = 0; i < b.rows(); i++, row++) {
              if (vector.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 16L * i) != row) {
                fail("row " + row);
              }
            }
          }
        }
        assertThat(row).isEqualTo(300_000);
      }
    }
  }

  @Test
  void parquetVectorsAreHeldToTheirLength() throws Exception {
    Path file = dir.resolve("v.parquet");
    List<ColumnType> types = List.of(new ColumnType("v", Shape.VECTOR, DType.FLOAT32, 5));
    try (Batch batch = Values.random(5, 10, false, types);
        Sink sink = Sinks.create(file, types, false)) {
      sink.write(batch);
      sink.commit();
    }
    // The same declaration over rows that do not keep it.
    Path lying = dir.resolve("lying.parquet");
    try (var duckdb = java.sql.DriverManager.getConnection("jdbc:duckdb:");
        var statement = duckdb.createStatement()) {
      String declaration;
      try (var rows =
          statement.executeQuery(
              "SELECT decode(value) FROM parquet_kv_metadata("
                  + DuckDb.text(file.toString())
                  + ") WHERE decode(key) = 'ARROW:schema'")) {
        rows.next();
        declaration = rows.getString(1);
      }
      statement.execute(
          "COPY (SELECT [i::FLOAT, 1, 2, 3, 4][:CASE WHEN i = 3 THEN 4 ELSE 5 END] AS v FROM range(9) r(i)) TO "
              + DuckDb.text(lying.toString())
              + " (FORMAT parquet, KV_METADATA {'ARROW:schema': "
              + DuckDb.text(declaration)
              + "})");
    }
    try (Source source = Sources.open(lying.toString())) {
      assertThat(source.schema()).isEqualTo(types);
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, 9))
          .withMessage(
              lying + ": column 'v' row 3: found 4 elements, expected 5 as the file's schema says");
    }
  }

  @Test
  void damagedParquetIsDataNotACrash() throws IOException {
    byte[] whole = Files.readAllBytes(DATA.resolve("parquet-rs/all.parquet"));
    for (int length : new int[] {8, 100, whole.length / 2, whole.length - 1}) {
      Path file = dir.resolve("cut" + length + ".parquet");
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Sources.open(file.toString()))
          .withMessageStartingWith(file.toString());
    }
  }

  @Test
  void textThatIsNotUtf8IsNotGuessed() throws IOException {
    Path file = dir.resolve("t.arrow");
    List<ColumnType> types = List.of(new ColumnType("t", Shape.SCALAR, DType.TEXT, 1));
    try (Batch batch =
            new Batch(
                0,
                2,
                List.of(
                    new TextColumn(
                        "t", 2, List.of("fine", "XYZZY"), io.lanewise.batch.Validity.ALL)),
                () -> {});
        Sink sink = Sinks.create(file, types, false)) {
      sink.write(batch);
      sink.commit();
    }
    byte[] bytes = Files.readAllBytes(file);
    String latin = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes[latin.indexOf("XYZZY") + 2] = (byte) 0xFF;
    Files.write(file, bytes);
    try (Source source = Sources.open(file.toString())) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, 5))
          .withMessage(file + ": column 't' row 1: found bytes that are not UTF-8, expected text");
    }
  }
}
