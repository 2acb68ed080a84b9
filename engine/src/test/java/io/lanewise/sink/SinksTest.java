package io.lanewise.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.source.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files appear whole or not at all.
class SinksTest {
  private static final ColumnType X = new ColumnType("x", Shape.VECTOR, DType.FLOAT32, 3);
  private static final ColumnType LIST = new ColumnType("l", Shape.SEQUENCE, DType.FLOAT32, 0);
  private static final ColumnType TEXT = new ColumnType("t", Shape.SCALAR, DType.TEXT, 1);

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"arrow", "arrows", "parquet", "npz", "npy", "csv"})
  void withoutACommitNothingIsLeft(String extension) throws IOException {
    Path out = dir.resolve("out." + extension);
    try (Sink sink = Sinks.create(out, List.of(X), false);
        Batch batch = Values.random(1, 100, false, List.of(X))) {
      sink.write(batch);
      assertThat(out).doesNotExist();
    }
    assertThat(Files.list(dir)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrow", "arrows", "parquet", "npz", "npy", "csv"})
  void anExistingFileIsReplacedOnlyWhenAsked(String extension) throws IOException {
    Path out = dir.resolve("out." + extension);
    Files.writeString(out, "precious");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> Sinks.create(out, List.of(X), false))
        .withMessage(out + ": found an existing file, expected none unless it is to be replaced")
        .withCauseInstanceOf(FileAlreadyExistsException.class);
    try (Sink sink = Sinks.create(out, List.of(X), true);
        Batch batch = Values.random(1, 100, false, List.of(X))) {
      sink.write(batch);
      assertThat(out).hasContent("precious");
      sink.commit();
      assertThat(Files.size(out)).isNotEqualTo(8);
    }
    assertThat(Files.list(dir)).containsExactly(out);
  }

  @Test
  void aFileMadeMeanwhileIsNotReplaced() throws IOException {
    Path out = dir.resolve("out.npy");
    try (Sink sink = Sinks.create(out, List.of(X), false)) {
      Files.writeString(out, "precious");
      assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(sink::commit);
    }
    assertThat(out).hasContent("precious");
    assertThat(Files.list(dir)).containsExactly(out);
  }

  @Test
  void whatCannotBeWrittenIsRefusedBeforeWorkStarts() throws IOException {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sinks.create(dir.resolve("out.json"), List.of(X), false))
        .withMessage(
            dir.resolve("out.json") + ": found extension '.json', expected " + Sinks.EXTENSIONS);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sinks.create(dir.resolve("out.npy"), List.of(X, TEXT), false))
        .withMessageContaining("found 2 columns, expected one");
    for (ColumnType type : List.of(LIST, TEXT)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> Sinks.create(dir.resolve("out.npz"), List.of(X, type), false))
          .withMessageContaining("column '" + type.name() + "': found " + type.signature());
    }
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sinks.create(dir.resolve("out.csv"), List.of(LIST), false));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sinks.create(dir.resolve("out.arrow"), List.of(X, X), false));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> Sinks.create(dir.resolve("none/out.arrow"), List.of(X), false));
    assertThat(Files.list(dir)).isEmpty();
  }

  @Test
  void batchesMustHaveTheSinksColumns() {
    ColumnType narrow = new ColumnType("x", Shape.VECTOR, DType.FLOAT32, 2);
    try (Sink sink = Sinks.create(dir.resolve("out.arrow"), List.of(X), false);
        Batch other = Values.random(1, 10, false, List.of(narrow));
        Batch none = Values.random(1, 10, false, List.of(TEXT))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> sink.write(other))
          .withMessageContaining("column 'x': found float32[2], expected float32[3]");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> sink.write(none))
          .withMessageContaining("column 'x': found no such column");
    }
  }

  @Test
  void numpyHasNoNulls() {
    try (Sink sink = Sinks.create(dir.resolve("out.npz"), List.of(X), false);
        Batch batch = Values.random(1, 100, true, List.of(X))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> sink.write(batch))
          .withMessageContaining("found null, expected none: NumPy has no nulls");
    }
  }

  /// A reader has a whole row group in memory: wide rows make groups of fewer rows.
  @Test
  void rowGroupsOfParquetAreBoundedInBytes() throws Exception {
    ColumnType wide = new ColumnType("w", Shape.VECTOR, DType.FLOAT64, 1024);
    Path out = dir.resolve("wide.parquet");
    try (Sink sink = Sinks.create(out, List.of(wide), false);
        Batch batch = Values.random(1, 1000, false, List.of(wide))) {
      for (int i = 0; i < 5; i++) {
        sink.write(batch);
      }
      sink.commit();
    }
    try (Connection duckdb = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement statement = duckdb.createStatement();
        ResultSet groups =
            statement.executeQuery(
                "SELECT count(*), max(row_group_num_rows), max(total_uncompressed_size)"
                    + " FROM parquet_metadata('%s')".formatted(out))) {
      groups.next();
      // A group ends with the first batch that fills it.
      assertThat(groups.getLong(1)).isEqualTo(2);
      assertThat(groups.getLong(2)).isEqualTo(3000);
      assertThat(groups.getLong(3)).isBetween(16L << 20, 26L << 20);
    }
  }
}
