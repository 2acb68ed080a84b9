package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.batch.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
