package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private final FileStamp stamp;
  private final DuckDb database;
  private final String table;
  private final List<ColumnType> stored;
  private final List<Unsupported> unsupported;

  /// How each column is selected: DuckDB gives columns whose names differ only by case other names.
  private final Map<String, String> expressions = new HashMap<>();

  private final List<ColumnType> schema;
  private final long rows;

  private ParquetFile(Path path, DuckDb database) {
    this.name = path.toString();
    this.stamp = FileStamp.of(path);
    this.database = database;
    this.table = "read_parquet(" + DuckDb.file(path) + ", hive_partitioning=false)";
    ArrowSchema renamed = database.schema("SELECT * FROM " + table);
    List<String> own = names(path);
    if (own.size() != renamed.fields().size()) {
      throw new DataException(
          name,
          "found %d columns, expected %d as in its schema"
              .formatted(renamed.fields().size(), own.size()));
    }
    Map<String, String> ownNames = new HashMap<>();
    for (int i = 0; i < own.size(); i++) {
      String renamedTo = ArrowSchema.nameOf(renamed.fields().get(i));
      ownNames.put(renamedTo, own.get(i));
      expressions.put(own.get(i), DuckDb.name(renamedTo));
    }
    if (expressions.size() != own.size()) {
      throw new DataException(
          name, "found two columns of one name among %s, expected each name once".formatted(own));
    }
    this.stored =
        renamed.columns().stream()
            .map(column ->
                new ColumnType(
                    ownNames.getOrDefault(column.name(), column.name()),
                    column.shape(),
                    column.type(),
                    column.width()))
            .toList();
    this.unsupported =
        renamed.unsupported().stream()
            .map(column ->
                new Unsupported(ownNames.getOrDefault(column.name(), column.name()), column.type()))
            .toList();
    Map<String, ColumnType> vectors = declaredVectors(path);
    this.schema =
        stored.stream()
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
  }

  /// Opens a Parquet file.
  ///
  /// @throws DataException if it is not one, is damaged, or DuckDB is absent
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static ParquetFile open(Path path, Reading reading) {
    Mapping.checkReadable(path);
    DuckDb database = DuckDb.open(path, reading, "a Parquet file");
    try {
      ParquetFooter.check(path);
      return new ParquetFile(path, database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// The names of the columns as the file has them, in its order. The schema lists each node before
  /// its children.
  private List<String> names(Path path) {
    record Node(String name, long children) {}
    List<Node> nodes =
        database.rows(
            "SELECT name, coalesce(num_children, 0) FROM parquet_schema(" + DuckDb.file(path) + ")",
            row -> new Node(row.getString(1), row.getLong(2)));
    List<String> names = new ArrayList<>();
    long inside = 0;
    for (Node node : nodes.subList(Math.min(1, nodes.size()), nodes.size())) {
      if (inside == 0) {
        names.add(node.name);
      } else {
        inside--;
      }
      inside += node.children;
    }
    return names;
  }

  /// The vectors of the Arrow schema that a writer may have left in the file. It is a hint: if it
  /// cannot be understood, lists simply stay sequences.
  private Map<String, ColumnType> declaredVectors(Path path) {
    String query =
        "SELECT decode(value) FROM parquet_kv_metadata(%s) WHERE decode(key) = 'ARROW:schema'"
            .formatted(DuckDb.file(path));
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
    return unsupported;
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
            .map(column -> expressions.get(column.name()) + " AS " + DuckDb.name(column.name()))
            .collect(Collectors.joining(", ", "SELECT ", " FROM " + table));
    return new ChunkCursor(
        name,
        stamp::checkUnchanged,
        batchRows,
        database.chunks(
            query,
            stored.stream().filter(column -> columns.contains(column.name())).toList(),
            batchRows,
            chunks -> even(wanted, chunks)));
  }

  /// Turns the lists that are declared even into vectors.
  private static List<ColumnChunk> even(List<ColumnType> wanted, List<ColumnChunk> chunks) {
    return java.util.stream.IntStream.range(0, chunks.size())
        .mapToObj(i ->
            wanted.get(i).shape() == Shape.VECTOR && chunks.get(i) instanceof SequenceChunk list
                ? new ColumnChunk.Even(list, wanted.get(i).width())
                : chunks.get(i))
        .toList();
  }

  @Override
  public void checkUnchanged() {
    stamp.checkUnchanged();
  }

  @Override
  public void close() {
    database.close();
  }
}
