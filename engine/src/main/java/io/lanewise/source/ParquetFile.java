package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// A Parquet file, read by DuckDB (`org.duckdb:duckdb_jdbc`, optional) in the file's row order.
///
/// Parquet knows lists, but none of fixed length. Writers that come from Arrow leave their own
/// schema in the file, and where that says that a list has a fixed length, the column is a vector,
/// and each row is held to it as it is read. Other lists are sequences;
/// [io.lanewise.batch.SequenceColumn#asVector] makes vectors of those that turn out even.
public final class ParquetFile implements Source {
  private final String name;
  private final DuckDb database;
  private final String table;
  private final ArrowSchema stored;
  private final List<ColumnType> schema;
  private final long rows;

  private ParquetFile(Path path, DuckDb database) {
    this.name = path.toString();
    this.database = database;
    this.table = "read_parquet(" + DuckDb.text(name) + ", hive_partitioning=false)";
    this.stored = database.schema("SELECT * FROM " + table);
    Map<String, ColumnType> vectors = declaredVectors();
    this.schema =
        stored.columns().stream()
            .map(column -> {
              ColumnType vector = vectors.get(column.name());
              return vector != null
                      && column.shape() == Shape.SEQUENCE
                      && vector.type() == column.type()
                  ? vector
                  : column;
            })
            .toList();
    this.rows = database.rows("SELECT count(*) FROM " + table, row -> row.getLong(1)).getFirst();
    database.endQuestions();
  }

  /// Opens a Parquet file.
  ///
  /// @throws DataException if it is not one, is damaged, or DuckDB is absent
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static ParquetFile open(Path path) {
    Mapping.checkReadable(path);
    DuckDb database = DuckDb.open(path, "a Parquet file");
    try {
      return new ParquetFile(path, database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// The vectors of the Arrow schema that a writer may have left in the file. It is a hint: if it
  /// cannot be understood, lists simply stay sequences.
  private Map<String, ColumnType> declaredVectors() {
    String query =
        "SELECT decode(value) FROM parquet_kv_metadata(%s) WHERE decode(key) = 'ARROW:schema'"
            .formatted(DuckDb.text(name));
    Map<String, ColumnType> vectors = new HashMap<>();
    try {
      for (String encoded : database.rows(query, row -> row.getString(1))) {
        byte[] message = Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.US_ASCII));
        ArrowMessage.parsePrefixed(name, MemorySegment.ofArray(message)).schema().columns().stream()
            .filter(column -> column.shape() == Shape.VECTOR)
            .forEach(column -> vectors.put(column.name(), column));
      }
    } catch (DataException | IllegalArgumentException _) {
      vectors.clear();
    }
    return vectors;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "parquet";
  }

  @Override
  public List<ColumnType> schema() {
    return schema;
  }

  @Override
  public List<Unsupported> unsupported() {
    return stored.unsupported();
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    Projection.of(this, columns);
    return OptionalLong.of(rows);
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    List<ColumnType> wanted = Projection.of(this, columns, batchRows);
    String query =
        wanted.stream()
            .map(column -> DuckDb.name(column.name()))
            .collect(Collectors.joining(", ", "SELECT ", " FROM " + table));
    return new ChunkCursor(
        name,
        batchRows,
        database.chunks(
            query,
            stored.columns().stream().filter(column -> columns.contains(column.name())).toList(),
            batchRows,
            blocks -> even(wanted, blocks)));
  }

  /// Turns the lists that are declared even into vectors.
  private static List<Block> even(List<ColumnType> wanted, List<Block> blocks) {
    return java.util.stream.IntStream.range(0, blocks.size())
        .mapToObj(i ->
            wanted.get(i).shape() == Shape.VECTOR && blocks.get(i) instanceof SequenceBlock list
                ? new Block.Even(list, wanted.get(i).width())
                : blocks.get(i))
        .toList();
  }

  @Override
  public void close() {
    database.close();
  }
}
