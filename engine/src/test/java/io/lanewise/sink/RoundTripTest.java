package io.lanewise.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.VectorColumn;
import io.lanewise.source.Cursor;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import io.lanewise.source.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a sink writes, the reader of that format gives back, value by value.
class RoundTripTest {
  @TempDir Path dir;

  /// Writes a batch cut into pieces of at most `piece` rows.
  static void write(Path out, Batch batch, List<ColumnType> types, int piece) {
    try (Sink sink = Sinks.create(out, types, false)) {
      for (int at = 0; at < batch.rows(); at += piece) {
        int from = at;
        int count = Math.min(piece, batch.rows() - at);
        List<Column> columns =
            batch.columns().values().stream().map(column -> column.slice(from, count)).toList();
        sink.write(new Batch(at, count, columns, () -> {}));
      }
      sink.commit();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "arrow,0",
    "arrow,1",
    "arrow,1000",
    "arrows,0",
    "arrows,1",
    "arrows,1000",
    "parquet,0",
    "parquet,1",
    "parquet,1000"
  })
  void everyShapeAndTypeWithNulls(String extension, int rows) throws Exception {
    Path file = dir.resolve("it's \"a\" [0] ünicode *." + extension);
    List<ColumnType> types = Values.types(false);
    try (Batch batch = Values.random(rows + 7, rows, true, types)) {
      write(file, batch, types, 101);
      Map<String, List<@Nullable Object>> expected = Values.of(batch);
      try (Source source = Sources.open(file.toString())) {
        assertThat(source.schema()).isEqualTo(types);
        assertThat(source.unsupported()).isEmpty();
        assertThat(source.rowCount(List.of())).hasValue(rows);
        for (int batchRows : List.of(7, 65536)) {
          assertThat(Values.read(source, batchRows)).isEqualTo(expected);
        }
        assertThat(Values.read(source, List.of("v1"), 1).get("v1")).isEqualTo(expected.get("v1"));
      }
    }
    assertThat(Files.list(dir)).containsExactly(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  void npzHoldsEveryNumber(int rows) throws Exception {
    Path file = dir.resolve("a b'c.npz");
    List<ColumnType> types = Values.types(true);
    try (Batch batch = Values.random(rows, rows, false, types)) {
      write(file, batch, types, 64);
      try (Source source = Sources.open(file.toString())) {
        assertThat(source.schema()).isEqualTo(types);
        assertThat(source.rowCount(List.of())).hasValue(rows);
        for (int batchRows : List.of(7, 65536)) {
          assertThat(Values.read(source, batchRows)).isEqualTo(Values.of(batch));
        }
        assertThat(misaligned(source)).isEmpty();
      }
    }
    assertThat(Files.list(dir)).containsExactly(file);
  }

  /// The arrays whose numbers do not begin at a multiple of 64.
  private static List<String> misaligned(Source source) {
    List<String> names = new ArrayList<>();
    for (ColumnType type : source.schema()) {
      try (Cursor cursor = source.read(List.of(type.name()), 10);
          Batch batch = cursor.next()) {
        if (batch == null) {
          continue;
        }
        long address =
            switch (batch.column(type.name())) {
              case ScalarColumn scalar -> scalar.data().address();
              case VectorColumn vector -> vector.data().address();
              case null, default -> 1;
            };
        if (address % 64 != 0) {
          names.add(type.name());
        }
      }
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  void npyHoldsOneColumnOfAnyNumber(int rows) {
    int n = 0;
    for (ColumnType type : Values.types(true)) {
      Path file = dir.resolve(n++ + ".npy");
      try (Batch batch = Values.random(n, rows, false, List.of(type))) {
        write(file, batch, List.of(type), 33);
        try (Source source = Sources.open(file.toString())) {
          assertThat(source.schema())
              .containsExactly(new ColumnType("data", type.shape(), type.type(), type.width()));
          assertThat(source.rowCount(List.of("data"))).hasValue(rows);
          for (int batchRows : List.of(1, 7, 65536)) {
            assertThat(Values.read(source, batchRows).get("data"))
                .isEqualTo(Values.of(batch).get(type.name()));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void csvHoldsAllButSequences(int rows) {
    Path file = dir.resolve("it's a [1].csv");
    List<ColumnType> types =
        Values.types(false).stream().filter(type -> type.shape() != Shape.SEQUENCE).toList();
    try (Batch batch = Values.random(rows, rows, rows > 1, types)) {
      write(file, batch, types, 64);
      try (Source source = Sources.open(file.toString())) {
        assertThat(source.schema().stream().map(ColumnType::name))
            .isEqualTo(types.stream().map(ColumnType::name).toList());
        Map<String, List<@Nullable Object>> found = Values.read(source, 7);
        Map<String, List<@Nullable Object>> expected = Values.of(batch);
        for (ColumnType type : types) {
          assertThat(found.get(type.name()))
              .as(type.name())
              .isEqualTo(
                  expected.get(type.name()).stream().map(value -> asCsv(value, type)).toList());
        }
      }
    }
  }

  /// CSV has int64, float64 and text only, and no null rows of vectors.
  private static @Nullable Object asCsv(@Nullable Object value, ColumnType type) {
    if (type.shape() == Shape.VECTOR) {
      ColumnType element = new ColumnType(type.name(), Shape.SCALAR, type.type(), 1);
      List<@Nullable Object> wide = new ArrayList<>();
      for (int i = 0; i < type.width(); i++) {
        wide.add(asCsv(value == null ? null : ((List<?>) value).get(i), element));
      }
      return wide;
    }
    return switch (value) {
      case null -> null;
      case Float f -> Double.parseDouble(Float.toString(f));
      case Integer i -> (long) i;
      default -> value;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrow", "arrows", "parquet", "npz", "csv"})
  void theSameRowsGiveTheSameBytes(String extension) throws IOException {
    List<ColumnType> types =
        List.of(
            new ColumnType("x", Shape.VECTOR, DType.FLOAT32, 3),
            new ColumnType("y", Shape.SCALAR, DType.INT64, 1));
    Path one = dir.resolve("one." + extension);
    Path two = dir.resolve("two." + extension);
    try (Batch batch = Values.random(1, 5000, false, types)) {
      write(one, batch, types, 512);
      write(two, batch, types, 512);
    }
    assertThat(two).hasSameBinaryContentAs(one);
    if (extension.equals("npz")) {
      // Zip times have a resolution of two seconds, which the test is too fast for.
      try (ZipFile zip = new ZipFile(one.toFile())) {
        assertThat(zip.stream().map(ZipEntry::getTimeLocal))
            .containsOnly(LocalDateTime.of(1980, 1, 1, 0, 0, 2));
      }
    }
  }
}
