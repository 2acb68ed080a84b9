package io.lanewise.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/// Parquet files: the footer and the headers of pages are hit more often than the data. The other
/// reader is DuckDB too, but asked for rows one by one.
final class ParquetTarget implements Target {
  private static final String COLUMNS =
      "SELECT i AS id, (i * 0.5)::FLOAT AS x, i / 3.0::DOUBLE AS y, 'label ' || (i % 3) AS label,"
          + " CASE WHEN i % 4 = 0 THEN NULL ELSE i::SMALLINT END AS nulls, i % 2 = 0 AS bit,"
          + " [i::FLOAT, NULL, 2] AS list, range(i % 3) AS lengths FROM range(12) t(i)";

  private final List<byte[]> seeds = new ArrayList<>();
  private final OpenFolder folder = new OpenFolder();
  private @Nullable Connection reader;

  ParquetTarget() throws IOException {
    Path file = Files.createTempFile("lanewise-fuzz", ".parquet");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      // With one thread, the same bytes each time.
      statement.execute("SET threads=1");
      for (String options :
          List.of("COMPRESSION uncompressed", "COMPRESSION snappy", "COMPRESSION zstd")) {
        for (String version : List.of("", ", PARQUET_VERSION v2")) {
          statement.execute(
              "COPY (%s) TO '%s' (FORMAT parquet, %s%s)"
                  .formatted(COLUMNS, file, options, version));
          seeds.add(Files.readAllBytes(file));
        }
      }
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      Files.delete(file);
    }
    seeds.add(Files.readAllBytes(Path.of("../data/interop/parquet-rs/all.parquet")));
  }

  private static Connection connect() throws SQLException {
    return new DuckDBDriver().connect("jdbc:duckdb:", new java.util.Properties());
  }

  @Override
  public String name() {
    return "parquet";
  }

  @Override
  public byte[] mutant(Random random) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    int footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 8);
    int begin = bytes.length - 8 - footer;
    int damages = 1 + random.nextInt(2);
    for (int i = 0; i < damages; i++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3, 4 -> bytes[begin + random.nextInt(footer)] = (byte) random.nextInt();
        case 5, 6 -> Damage.number(bytes, begin, bytes.length - 8, random);
        case 7, 8, 9 -> Damage.number(bytes, 4, begin, random);
        case 10 -> Damage.number(bytes, bytes.length - 8, bytes.length - 4, random);
        default -> {
          if (i + 1 == damages) {
            return Damage.pieces(bytes, random);
          }
        }
      }
    }
    return bytes;
  }

  @Override
  public Rows read(Path file, Random random) {
    folder.keep(file);
    return Rows.read(file, random.nextBoolean() ? 100 : 4, false);
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) throws IOException {
    Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
    ours.columns().keySet().forEach(name -> columns.put(name, new ArrayList<>()));
    List<String> theirs = new ArrayList<>();
    try (Statement statement = reader().createStatement()) {
      try (ResultSet result =
          statement.executeQuery("SELECT * FROM read_parquet('%s')".formatted(file))) {
        ResultSetMetaData names = result.getMetaData();
        for (int i = 1; i <= names.getColumnCount(); i++) {
          theirs.add(names.getColumnName(i));
        }
        if (!theirs.containsAll(columns.keySet())) {
          // DuckDB gives columns whose names differ only by case other names.
          return null;
        }
        while (result.next()) {
          for (int i = 1; i <= names.getColumnCount(); i++) {
            List<@Nullable Object> values = columns.get(names.getColumnName(i));
            if (values != null) {
              values.add(value(result.getObject(i)));
            }
          }
        }
      }
    } catch (SQLException e) {
      closeReader();
      throw new IOException(e);
    }
    return Rows.of(columns);
  }

  /// One database for all files, until it refuses one: it may have broken.
  private Connection reader() throws SQLException {
    Connection open = reader;
    if (open == null) {
      open = connect();
      reader = open;
      try (Statement statement = open.createStatement()) {
        statement.execute("SET memory_limit='256MB'");
        statement.execute("SET temp_directory=''");
        // All files have one name.
        statement.execute("SET enable_external_file_cache=false");
      }
    }
    return open;
  }

  private void closeReader() throws IOException {
    Connection open = reader;
    reader = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    folder.close();
    try {
      closeReader();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

  private static @Nullable Object value(@Nullable Object object) throws SQLException {
    return switch (object) {
      case null -> null;
      case Boolean bit -> bit ? 1 : 0;
      // As DuckDB writes them; Java leaves out what is 0 at the end.
      case LocalTime time -> TIME.format(time);
      case java.sql.Array array -> {
        List<@Nullable Object> values = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          values.add(value(element));
        }
        yield values;
      }
      default -> object;
    };
  }
}
