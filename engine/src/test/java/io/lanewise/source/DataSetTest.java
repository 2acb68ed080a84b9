package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.VectorColumn;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several files as one.
class DataSetTest {
  private static final ColumnType X = new ColumnType("x", Shape.VECTOR, DType.FLOAT32, 3);
  private static final ColumnType Y = new ColumnType("y", Shape.SCALAR, DType.INT64, 1);

  @TempDir Path dir;

  private Map<String, List<@Nullable Object>> write(
      String name, long seed, int rows, ColumnType... types) {
    Path file = dir.resolve(name);
    try (Batch batch = Values.random(seed, rows, false, List.of(types));
        Sink sink = Sinks.create(file, List.of(types), false)) {
      sink.write(batch);
      sink.commit();
      return Values.of(batch);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 20})
  void rowsAreCountedThroughAllFiles(int files) {
    List<@Nullable Object> expected = new ArrayList<>();
    String[] extensions = {".arrow", ".npz", ".arrows"};
    for (int i = 0; i < files; i++) {
      expected.addAll(
          write("part%02d%s".formatted(i, extensions[i % 3]), i, i % 5 == 1 ? 0 : 10 + i, X, Y)
              .get("x"));
    }
    try (DataSet data = DataSet.of("samples", List.of(dir + "/part*"))) {
      assertThat(data.schema()).containsExactly(X, Y);
      assertThat(data.files()).hasSize(files);
      assertThat(data.rowCount(List.of("x"))).hasValue(expected.size());
      List<@Nullable Object> found = new ArrayList<>();
      List<Batch> open = new ArrayList<>();
      try (Cursor cursor = data.read(List.of("x"), 4)) {
        for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
          assertThat(batch.firstRow()).isEqualTo(found.size());
          assertThat(batch.place("x", 1))
              .isEqualTo(batch.file() + ": column 'x' row " + (batch.firstRowInFile() + 1));
          found.addAll(Values.of(batch).get("x"));
          open.add(batch);
        }
      }
      // Batches outlive the pass, and the file that it opened for them.
      assertThat(Values.of(open.getFirst()).get("x")).isEqualTo(found.subList(0, 4));
      open.forEach(Batch::close);
      assertThat(found).isEqualTo(expected);
      assertThat(open.getLast().file())
          .endsWith("part%02d%s".formatted(files - 1, extensions[(files - 1) % 3]));
      assertThat(open.getLast().firstRowInFile()).isLessThan(open.getLast().firstRow());
    }
  }

  @Test
  void provenance() throws IOException {
    write("a.arrow", 1, 5, Y);
    try (DataSet data = DataSet.of(dir.resolve("a.arrow").toString())) {
      FileInfo info = data.files().getFirst();
      assertThat(info.path()).isEqualTo(dir.resolve("a.arrow").toString());
      assertThat(info.format()).isEqualTo("arrow-file");
      assertThat(info.rows()).hasValue(5);
      assertThat(info.bytes()).hasValue(Files.size(dir.resolve("a.arrow")));
      assertThat(info.sha256().orElseThrow()).hasSize(64).matches("[0-9a-f]+");
    }
  }

  /// Each file's own numbers are the oracle: float32 and int32 become wider without rounding.
  @Test
  void theWiderTypeWins() {
    Shape[] shapes = {Shape.VECTOR, Shape.SEQUENCE, Shape.VECTOR};
    for (int i = 0; i < 3; i++) {
      int width = shapes[i] == Shape.VECTOR ? 3 : 0;
      DType floats = i == 1 ? DType.FLOAT64 : DType.FLOAT32;
      DType integers = i == 2 ? DType.INT64 : DType.INT32;
      write(
          "wide%d.arrow".formatted(i),
          i,
          7,
          new ColumnType("x", shapes[i], floats, width),
          new ColumnType("y", Shape.SCALAR, integers, 1));
    }
    List<String> found = new ArrayList<>();
    List<String> stored = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      try (DataSet one = DataSet.of(dir + "/wide%d.arrow".formatted(i))) {
        stored.addAll(numbers(one));
      }
    }
    try (DataSet all = DataSet.of("samples", List.of(dir + "/wide*.arrow"))) {
      assertThat(all.schema())
          .extracting(ColumnType::signature)
          .containsExactly("list<float64>", "int64");
      found.addAll(numbers(all));
    }
    assertThat(found).hasSize(21).isEqualTo(stored);
  }

  private static List<String> numbers(DataSet data) {
    List<String> rows = new ArrayList<>();
    try (Cursor cursor = data.read(List.of("x", "y"), 4)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          SequenceColumn x =
              open.column("x") instanceof VectorColumn v
                  ? v.asSequence()
                  : (SequenceColumn) open.column("x");
          ScalarColumn y = (ScalarColumn) open.column("y");
          for (int i = 0; i < open.rows(); i++) {
            StringBuilder row = new StringBuilder().append(y.getLong(i)).append(':');
            for (long k = x.start(i); k < x.start(i) + x.length(i); k++) {
              row.append(' ')
                  .append(
                      x.type() == DType.FLOAT32
                          ? (double) x.data().get(JAVA_FLOAT_UNALIGNED, 4 * k)
                          : x.data().get(JAVA_DOUBLE_UNALIGNED, 8 * k));
            }
            rows.add(row.toString());
          }
        }
      }
    }
    return rows;
  }

  @Test
  void integersBesideFloatsAreFloats() throws IOException {
    String[] files = {csv("a", "1\n-9007199254740992\n"), csv("b", "0.5\n"), csv("c", "7\n")};
    try (DataSet data = DataSet.of("rows", List.of(files))) {
      assertThat(data.widenings().get("x"))
          .contains("found int64 in " + files[0] + " and float64 in " + files[1]);
      List<@Nullable Object> found = new ArrayList<>();
      try (Cursor cursor = data.read(List.of("x"), 4)) {
        for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
          found.addAll(Values.of(batch).get("x"));
          batch.close();
        }
      }
      assertThat(found).containsExactly(1.0, -9007199254740992.0, 0.5, 7.0);
    }
  }

  /// Python: `int(float(n)) != n` for each.
  @ParameterizedTest
  @ValueSource(longs = {9007199254740993L, -9007199254740993L, Long.MAX_VALUE})
  void integersThatNoFloatHoldsAreRefusedBesideFloats(long value) throws IOException {
    String floats = csv("a", "0.5\n");
    String integers = csv("b", "7\n" + value + "\n");
    try (DataSet data = DataSet.of("rows", List.of(floats, integers));
        Cursor cursor = data.read(List.of("x"), 4)) {
      Batch first = cursor.next();
      assertThat(first).isNotNull();
      first.close();
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(cursor::next)
          .withMessageStartingWith(integers + ": column 'x' row 1: found " + value + ", expected");
    }
  }

  private String csv(String name, String cells) throws IOException {
    return Files.writeString(dir.resolve(name + ".csv"), "x\n" + cells).toString();
  }

  @Test
  void filesThatDisagreeAreBothNamed() {
    write("a.arrow", 1, 5, X, Y);
    write("b.arrow", 1, 5, X, new ColumnType("y", Shape.VECTOR, DType.INT64, 2));
    write("c.arrow", 1, 5, X);
    String a = dir.resolve("a.arrow").toString();
    String b = dir.resolve("b.arrow").toString();
    String c = dir.resolve("c.arrow").toString();
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> DataSet.of("samples", List.of(a, b)))
        .withMessage(b + ": column 'y': found int64[2], expected int64 as in " + a);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> DataSet.of("samples", List.of(a, c)))
        .withMessage(c + ": column 'y': found no such column, expected int64 as in " + a);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> DataSet.of("samples", List.of(c, a)))
        .withMessage(a + ": column 'y': found int64, expected no such column as in " + c);
  }

  @Test
  void globs() throws IOException {
    Files.createDirectories(dir.resolve("deep/er"));
    write("a1.arrow", 1, 1, Y);
    write("a[1].arrow", 1, 2, Y);
    write("deep/er/b.arrow", 1, 3, Y);
    write(".hidden.arrow", 1, 4, Y);
    assertThat(files(dir + "/*.arrow")).containsExactly("a1.arrow", "a[1].arrow");
    assertThat(files(dir + "/a[1].arrow")).containsExactly("a[1].arrow");
    assertThat(files(dir + "/**.arrow"))
        .containsExactly("a1.arrow", "a[1].arrow", "deep/er/b.arrow");
    assertThat(files(dir + "/deep/*/?.arrow", dir + "/a1.arrow"))
        .containsExactly("deep/er/b.arrow", "a1.arrow");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> files(dir + "/*.npy"))
        .withMessage(dir + "/*.npy: found no file that matches, expected at least one");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> files(dir + "/none/*.npy"));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> files(dir + "/*.arrow", dir + "/a1.arrow"))
        .withMessageContaining("twice");
  }

  private List<String> files(String... patterns) {
    try (DataSet data = DataSet.of("samples", List.of(patterns))) {
      return data.files().stream()
          .map(info -> dir.relativize(Path.of(info.path())).toString())
          .toList();
    }
  }
}
