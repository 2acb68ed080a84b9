package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.lanewise.batch.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What DuckDB would make of a Parquet or CSV file, and what is made of it here.
class DuckDbFilesTest {
  private static final Path FAULTS = Path.of("src/test/resources/io/lanewise/source/faults");

  @TempDir Path dir;

  private Path csv(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  private static List<Object> values(Path file, String column) {
    try (Source source = Sources.open(file.toString())) {
      return Values.read(source, List.of(column), 10).get(column);
    }
  }

  private static String type(Path file, String column) {
    try (Source source = Sources.open(file.toString())) {
      return source.schema().stream()
          .filter(type -> type.name().equals(column))
          .map(ColumnType::signature)
          .findFirst()
          .orElse("none");
    }
  }

  @Test
  void columnsWhoseNamesDifferByCaseKeepTheirNames() {
    Path file = FAULTS.resolve("case.parquet");
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.schema())
          .extracting(ColumnType::name)
          .containsExactly("logprob", "Mask", "mask");
    }
    assertThat(values(file, "Mask")).isEqualTo(List.of(List.of(1L, 1L, 1L)));
    assertThat(values(file, "mask")).isEqualTo(List.of(List.of(1L, 1L, 0L)));
  }

  @Test
  void metadataThatClaimsMillionsOfEntriesIsRefusedBeforeMemoryIsSetAside() {
    Path file = FAULTS.resolve("mem6g.parquet");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()))
        .withMessage(
            file
                + ": found metadata with a list of 14680063 entries, expected at most the 473 bytes"
                + " that are left");
  }

  /// Every cut and every damaged byte of a footer is either refused or walked to its end.
  @Test
  void footersAreWalkedWithinTheirBytes() throws IOException {
    byte[] file = Files.readAllBytes(FAULTS.resolve("case.parquet"));
    int length =
        java.nio.ByteBuffer.wrap(file)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .getInt(file.length - 8);
    byte[] footer = Arrays.copyOfRange(file, file.length - 8 - length, file.length - 8);
    ParquetFooter.check("-", footer);
    int refused = 0;
    for (int at = 0; at < footer.length; at++) {
      for (int value : new int[] {0, 0x19, 0x1C, 0x7F, 0xF9, 0xFF}) {
        byte[] damaged = footer.clone();
        damaged[at] = (byte) value;
        try {
          ParquetFooter.check("-", damaged);
        } catch (DataException e) {
          refused++;
        }
      }
      byte[] cut = Arrays.copyOf(footer, at);
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> ParquetFooter.check("-", cut));
    }
    assertThat(refused).isGreaterThan(footer.length / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"~.csv", "w[0].csv", "a*b?.csv", "it's.csv", "[!x].csv", "{a,b}.csv"})
  void namesThatDuckDbWouldTakeForPatterns(String name) throws IOException {
    csv("w0.csv", "a\n5\n");
    csv("aXbY.csv", "a\n6\n");
    assertThat(values(csv(name, "a\n7\n"), "a")).isEqualTo(List.of(7L));
  }

  @Test
  void numbersThatDuckDbTakesForText() throws IOException {
    Path file =
        csv(
            "s.csv",
            """
            a;b;c;d;e;f
             1 ;1,5;x;NA;+inf;1_000
            2;-2,25;y;N/A;1e3;2
            NULL; ,5 ;NA;;-Infinity;3
            """);
    assertThat(values(file, "a")).isEqualTo(Arrays.asList(1L, 2L, null));
    assertThat(values(file, "b")).isEqualTo(List.of(1.5, -2.25, 0.5));
    // Among texts the same words are texts, and only an empty cell is missing.
    assertThat(values(file, "c")).isEqualTo(List.of("x", "y", "NA"));
    assertThat(values(file, "d")).isEqualTo(Arrays.asList("NA", "N/A", null));
    assertThat(values(file, "e"))
        .isEqualTo(List.of(Double.POSITIVE_INFINITY, 1000.0, Double.NEGATIVE_INFINITY));
    assertThat(type(file, "f")).isEqualTo("text");
  }

  /// Python's `float` takes none of these, NumPy and pandas neither.
  @ParameterizedTest
  @ValueSource(strings = {"0x10", "0X1f", "0b11", "-0x1", " 0x10", "1_000"})
  void wholeNumbersInAnotherNotationAreText(String cell) throws IOException {
    for (String other : List.of("3", "0.5")) {
      for (List<String> cells : List.of(List.of(cell, other), List.of(other, cell))) {
        Path file = csv("p.csv", "A,a\n1," + String.join("\n2,", cells) + "\n");
        assertThat(type(file, "A")).isEqualTo("int64");
        assertThat(type(file, "a")).as("%s", cells).isEqualTo("text");
      }
    }
  }

  /// DuckDB takes the blank in the last row for an empty cell.
  @ParameterizedTest
  @CsvSource({"'a,b\r\nx,1\r ,2\r\n', 2", "'a,b\nx,1\n\"p\rq\",2\ry,3\n', 4", "'a,b\nx,1\r', 2"})
  void linesThatEndInTwoWaysAreRefused(String content, int line) throws IOException {
    Path file = csv("m.csv", content);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()))
        .withMessageStartingWith(file + ": line " + line + ": found a carriage return alone");
  }

  @Test
  void linesWithAndWithoutCarriageReturnsAreRefused() throws IOException {
    Path file = csv("m.csv", "a,b\nx,1\r\n ,2\n");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()))
        .withMessageStartingWith(file + ": line 2: found another line end than the header's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\rx,1\r ,2\r", "a,b\r\nx,1\r\n ,2\r\n"})
  void linesMayEndInEachWay(String content) throws IOException {
    assertThat(values(csv("m.csv", content), "a")).isEqualTo(List.of("x", " "));
  }

  @Test
  void aDecimalCommaNeedsAnotherSeparator() throws IOException {
    Path file = csv("c.csv", "a,b\n\"1,5\",1\n\"2,5\",2\n");
    assertThat(type(file, "a")).isEqualTo("text");
  }

  @Test
  void vectorsOfColumnsWithMissingCells() throws IOException {
    Path file = csv("v.csv", "x[0],x[1]\n1.5,NA\n 2 ,3\n");
    assertThat(type(file, "x")).isEqualTo("float64[2]");
    assertThat(values(file, "x")).isEqualTo(List.of(Arrays.asList(1.5, null), List.of(2.0, 3.0)));
  }

  @Test
  void theFirstCellThatIsNoNumberIsKnown() throws IOException {
    Path file = csv("bad.csv", "a,b\n1,1.5\n2,abc\n3,def\n");
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.firstNonNumber("b")).contains("line 3: found 'abc'");
      assertThat(source.firstNonNumber("a")).isEmpty();
    }
  }

  /// Lines as an editor counts them: the header has two, an empty one follows, and a quoted cell
  /// has three.
  @Test
  void theLineOfACellIsTheFiles() throws IOException {
    Path file = csv("lines.csv", "a,\"b\nb\"\n\n1,1.5\n\"x\r\ny\nz\",2\n\n\"p\nq\",abc\n3,def\n");
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.firstNonNumber("b\nb")).contains("line 10: found 'abc'");
      assertThat(source.firstNonNumber("a")).contains("line 5: found 'x\r\ny\nz'");
    }
    // Where there is one column, an empty line is a row.
    Path one = csv("one.csv", "a\n1\n\n2\nx\n");
    try (Source source = Sources.open(one.toString())) {
      assertThat(source.firstNonNumber("a")).contains("line 5: found 'x'");
    }
  }

  /// 2^63 and 2^64 - 1 as float64 would be 9223372036854775808 and 18446744073709551616.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          id\\n1\\n9223372036854775808\\n       | column 'id' line 3: found 9223372036854775808 among
          id\\n-9223372036854775809\\n7\\n      | column 'id' line 2: found -9223372036854775809 among
          id,t\\n1,"x\\ny"\\n18446744073709551615,z\\n | column 'id' line 4: found 18446744073709551615 among
          id\\n1\\nNA\\n 36893488147419103232\\n | column 'id' line 4: found 36893488147419103232 among
          id\\nnan\\n9223372036854775808\\n     | column 'id' line 3: found 9223372036854775808 among
          id[0],id[1]\\n1,2\\n3,9223372036854775808\\n | column 'id[1]' line 3: found 9223372036854775808 among
          """)
  void wholeNumbersBeyondInt64AreNotRounded(String text, String problem) throws IOException {
    Path file = csv("large.csv", text.replace("\\n", "\n"));
    try (Source source = Sources.open(file.toString())) {
      String column = source.schema().getFirst().name();
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, List.of(column), 10))
          .withMessageStartingWith(file + ": " + problem)
          .withMessageContaining("expected int64, 9223372036854775807 at most");
    }
  }

  @Test
  void largeNumbersWithAPointOrAnExponentAreFloats() throws IOException {
    Path file =
        csv(
            "f.csv",
            "a,b,c\n1e300,18446744073709551615,9223372036854775807\n2,0.5,-9223372036854775808\n");
    assertThat(values(file, "a")).isEqualTo(List.of(1e300, 2.0));
    assertThat(values(file, "b")).isEqualTo(List.of(0x1p64, 0.5));
    assertThat(values(file, "c")).isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE));
  }

  /// Nothing of a file goes missing unsaid.
  @Test
  void columnsOfParquetThatCannotBeReadAreListedWithTheirTypes() throws Exception {
    Path file = dir.resolve("odd.parquet");
    try (Connection connection =
            new DuckDBDriver().connect("jdbc:duckdb:", new java.util.Properties());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT 1.5::FLOAT AS x, 'ab'::BLOB AS image, MAP {'k': 1} AS tags,"
              + " {'a': 1, 'b': 2.0::DOUBLE} AS pair, [['p']] AS words) TO '%s' (FORMAT parquet)"
                  .formatted(file));
    }
    try (Source source = Sources.open(file.toString())) {
      assertThat(source.schema()).extracting(ColumnType::name).containsExactly("x");
      assertThat(source.unsupported())
          .extracting(Unsupported::name, Unsupported::type)
          .containsExactlyInAnyOrder(
              tuple("image", "Binary"),
              tuple("tags", "Map(false)"),
              tuple("pair", "Struct"),
              tuple("words", "List"));
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> source.read(List.of("tags"), 10))
          .withMessageStartingWith(file + ": column 'tags': found Map(false), expected numbers");
    }
  }

  @Test
  void whatDuckDbSaysNeverStandsAlone() throws IOException {
    byte[] whole = Files.readAllBytes(FAULTS.resolve("case.parquet"));
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, 4, 60, (byte) 0x55);
    Path file = Files.write(dir.resolve("damaged.parquet"), damaged);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> {
          try (Source source = Sources.open(file.toString())) {
            Values.read(source, 10);
          }
        })
        .withMessageStartingWith(file + ": found a Parquet file that cannot be read, expected");
  }
}
