package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that others wrote, element by element. The rules that their values follow are those of
/// `data/interop/generate.py` and `generate.mjs`.
class InteropTest {
  private static final Path DATA = Path.of("../data/interop");

  private static Source open(String file) {
    return Sources.open(DATA.resolve(file).toString());
  }

  // NumPy

  /// Element k in C order, as a value of the type that `dtype` is widened to.
  private static Object element(String dtype, long k) {
    long value =
        switch (dtype.charAt(0)) {
          case 'b' -> k % 3 == 0 ? 1 : 0;
          case 'u' -> 3 * k;
          default -> 3 * k - 7;
        };
    return switch (dtype) {
      case "f2", "f4" -> (Object) (float) value;
      case "f8" -> (double) value;
      case "u4", "i8", "u8" -> value;
      default -> (int) value;
    };
  }

  private static List<@Nullable Object> rows(String dtype, int rows, int width) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      int row = r;
      values.add(
          width == 0
              ? element(dtype, r)
              : IntStream.range(0, width).mapToObj(c -> element(dtype, row * width + c)).toList());
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"stored,1", "stored,3", "stored,65536", "deflated,1", "deflated,3", "deflated,65536"})
  void numpyArraysOfEveryTypeAndOrder(String file, int batchRows) {
    try (Source source = open("numpy/" + file + ".npz")) {
      assertThat(source.format()).isEqualTo("npz");
      assertThat(source.schema()).hasSize(21 * 3);
      assertThat(source.rowCount(List.of())).hasValue(7);
      Map<String, List<@Nullable Object>> found = Values.read(source, batchRows);
      for (ColumnType column : source.schema()) {
        String dtype = column.name().replaceAll("le_|be_|_.$", "");
        boolean scalar = column.name().endsWith("_1");
        assertThat(column.shape()).isEqualTo(scalar ? Shape.SCALAR : Shape.VECTOR);
        assertThat(found.get(column.name()))
            .as(column.name())
            .isEqualTo(rows(dtype, 7, scalar ? 0 : 4));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c_f4,f4,7,4",
    "f_f8,f8,7,4",
    "c_3d_f4,f4,5,6",
    "f_3d_f4,f4,5,6",
    "f_4d_be_i2,i2,3,12",
    "empty_f4,f4,0,4",
    "version2_f4,f4,7,4",
    "version3_f4,f4,7,4"
  })
  void numpyShapesAndVersions(String file, String dtype, int rows, int width) {
    try (Source source = open("numpy/" + file + ".npy")) {
      assertThat(source.rowCount(List.of("data"))).hasValue(rows);
      for (int batchRows : List.of(1, 2, 65536)) {
        assertThat(Values.read(source, batchRows))
            .containsExactly(entry("data", rows(dtype, rows, width)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "text_be"})
  void numpyText(String file) {
    try (Source source = open("numpy/" + file + ".npy")) {
      assertThat(Values.read(source, 3))
          .containsExactly(entry("data", List.of("a", "λ-wise", "", "\uD83D\uDE00 x")));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bad_object,an object array which holds Python pickles",
    "bad_structured,a structured array",
    "bad_unicode_structured,a structured array",
    "bad_complex,an array of complex numbers ('<c8')",
    "bad_bytes,an array of byte strings ('|S2')",
    "bad_time,an array of dates and times ('<M8[ns]'; numpy.datetime_as_string(x) makes texts of them)",
    "bad_width0,at least one element a row"
  })
  void numpyArraysThatAreNoNumbersAreNamed(String file, String words) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> open("numpy/" + file + ".npy"))
        .withMessageStartingWith(DATA + "/numpy/" + file + ".npy: found ")
        .satisfies(e -> assertThat(e.getMessage().replace(",", "")).contains(words));
  }

  @Test
  void numpyUint64BeyondInt64NamesTheRow() {
    try (Source source = open("numpy/huge_u8.npy")) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, 10))
          .withMessage(
              DATA
                  + "/numpy/huge_u8.npy: column 'data' row 1: found 9223372036854775808, expected at"
                  + " most 9223372036854775807, the largest int64");
    }
  }

  @Test
  void aNumpyArrayWithoutDimensionsIsNoRow() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> open("numpy/scalar_f8.npy"))
        .withMessage(
            DATA
                + "/numpy/scalar_f8.npy: found an array without dimensions, expected at least one;"
                + " save numpy.atleast_1d(x)");
  }

  @Test
  void numpyArraysReadTogetherMustHaveOneLength() {
    try (Source source = open("numpy/mixed.npz")) {
      assertThat(source.schema())
          .containsExactly(
              new ColumnType("x y", Shape.VECTOR, DType.FLOAT32, 4),
              new ColumnType("label", Shape.SCALAR, DType.TEXT, 1),
              new ColumnType("short", Shape.SCALAR, DType.INT64, 1));
      // A number is no row: it would be taken for a data set of one.
      assertThat(source.unsupported())
          .containsExactlyInAnyOrder(
              new Unsupported("meta", "object array, which holds Python pickles"),
              new Unsupported("dim", "array without dimensions"));
      assertThat(source.rowCount(List.of())).isEmpty();
      assertThat(source.rowCount(List.of("short"))).hasValue(3);
      assertThat(Values.read(source, List.of("label", "x y"), 2))
          .containsEntry("x y", rows("f4", 7, 4))
          .containsEntry("label", List.of("a", "b", "a", "b", "a", "b", "c"));
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> source.read(List.of("short", "x y"), 10))
          .withMessage(
              DATA
                  + "/numpy/mixed.npz: found columns of different lengths ('x y' 7, 'short' 3 rows),"
                  + " expected one length");
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> source.read(List.of("meta"), 10))
          .withMessageContaining("column 'meta': found object array, which holds Python pickles");
    }
  }

  // Arrow and Parquet

  private static IntFunction<@Nullable Object> rule(String name) {
    return switch (name.replace("?", "")) {
      case "f16", "f32" -> r -> (float) (3 * r - 7);
      case "f64" -> r -> (double) (3 * r - 7);
      case "i8", "i16", "i32" -> r -> 3 * r - 7;
      case "i64" -> r -> (long) (3 * r - 7);
      case "u8", "u16" -> r -> 3 * r;
      case "u32", "u64" -> r -> (long) (3 * r);
      case "bool" -> r -> r % 3 == 0 ? 1 : 0;
      case "time" -> "1970-01-01T00:00:00.%03d"::formatted;
      case "text", "label" -> r -> "label " + r % 3;
      case "list" ->
          r -> IntStream.range(0, r % 4).mapToObj(j -> (Object) (float) (10 * r + j)).toList();
      case "vector" ->
          name.endsWith("?")
              ? r -> List.of(10.0 * r, 10.0 * r + 1)
              : r -> List.of(10f * r, 10f * r + 1, 10f * r + 2);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Map<String, List<@Nullable Object>> expected(List<ColumnType> schema) {
    Map<String, List<@Nullable Object>> expected = new LinkedHashMap<>();
    for (ColumnType column : schema) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int r = 0; r < 23; r++) {
        boolean isNull = column.name().endsWith("?") && r % 5 == 4;
        values.add(isNull ? null : rule(column.name()).apply(r));
      }
      expected.put(column.name(), values);
    }
    return expected;
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrow-js/all.arrow", "arrow-js/all.arrows", "parquet-rs/all.parquet"})
  void arrowAndParquetOfEveryType(String file) {
    try (Source source = open(file)) {
      assertThat(source.rowCount(List.of())).hasValue(23);
      assertThat(source.schema())
          .hasSize(file.endsWith("parquet") ? 15 : 18)
          .contains(
              new ColumnType("vector", Shape.VECTOR, DType.FLOAT32, 3),
              new ColumnType("vector?", Shape.VECTOR, DType.FLOAT64, 2),
              new ColumnType("list?", Shape.SEQUENCE, DType.FLOAT32, 0));
      for (int batchRows : List.of(1, 7, 65536)) {
        assertThat(Values.read(source, batchRows)).isEqualTo(expected(source.schema()));
      }
    }
  }

  @Test
  void emptyArrowFile() {
    try (Source source = open("arrow-js/empty.arrow")) {
      assertThat(source.rowCount(List.of())).hasValue(0);
      assertThat(Values.read(source, 10)).isEqualTo(Map.of("f32", List.of(), "vector", List.of()));
    }
  }
}
