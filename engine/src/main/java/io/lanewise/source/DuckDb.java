package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/// One file as DuckDB reads it, in the [FolderDatabase] of its folder. It hands its results over as
/// Arrow batches, which are not copied.
///
/// Of this package only these two classes touch DuckDB, which not everybody has.
final class DuckDb implements AutoCloseable {
  private static final int MOST_WORDS = 300;

  private static final Pattern C_STREAM_ERROR =
      Pattern.compile("^(?:\\[errno -?\\d+] )?\\w+\\{errno=-?\\d+, message=(.*)}$", Pattern.DOTALL);

  private final String place;
  private final String what;
  private final Reading reading;
  private final FolderDatabase database;
  private final BufferAllocator allocator = new RootAllocator();
  private boolean closed;

  private DuckDb(String place, String what, Reading reading, FolderDatabase database) {
    this.place = place;
    this.what = what;
    this.reading = reading;
    this.database = database;
  }

  /// Opens a file.
  ///
  /// @param what the kind of file, for the sentence that names the missing artifact
  static DuckDb open(Path file, Reading reading, String what) {
    String place = file.toString();
    try {
      return new DuckDb(place, what, reading, FolderDatabase.of(file, reading));
    } catch (NoClassDefFoundError e) {
      throw new DataException(
          place,
          ("found %s; add org.duckdb:duckdb_jdbc and org.apache.arrow:arrow-c-data to the class path"
                  + " to read it")
              .formatted(what),
          e);
    } catch (SQLException e) {
      throw damaged(place, what, reading, e);
    }
  }

  /// Starts the database of a file's folder and asks it something, so that all classes are there.
  static void prepare(Path file) {
    try {
      open(file, Reading.DEFAULT, "").schema("SELECT 1");
    } catch (RuntimeException e) {
      // Whoever opens the file is told.
    }
  }

  /// The literal of a file's name. DuckDB takes names for patterns, and a leading `~` for the home
  /// folder; this names one file, whatever its name.
  static String file(Path file) {
    return text(escaped(file));
  }

  private static String escaped(Path file) {
    return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
  }

  /// A text literal.
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /// A column name.
  static String name(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  /// The Arrow schema of a query's result.
  ArrowSchema schema(String query) {
    try (Connection connection = database.forQuestions();
        Statement statement = connection.createStatement();
        DuckDBResultSet result = run(statement, "SELECT * FROM (" + query + ") LIMIT 0");
        ArrowReader reader = export(result, 1)) {
      return ArrowSchema.of(place, reader.getVectorSchemaRoot().getSchema()).withoutBytes();
    } catch (SQLException | IOException e) {
      throw damaged(e);
    }
  }

  /// The rows of a query, each as one object.
  <T> List<T> rows(String query, RowMapper<T> mapper) {
    try (Connection connection = database.forQuestions();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<T> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(mapper.map(result));
      }
      return rows;
    } catch (SQLException e) {
      throw damaged(e);
    }
  }

  /// Makes an object of a row.
  interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /// The rows of a query as column chunks.
  ///
  /// @param columns the columns as the result has them
  /// @param adapt what becomes of a chunk's columns
  ChunkCursor.Chunks chunks(
      String query,
      List<ColumnType> columns,
      int batchRows,
      Function<List<ColumnChunk>, List<ColumnChunk>> adapt) {
    try {
      return new Chunks(database.forPass(), query, columns, batchRows, adapt);
    } catch (SQLException | IOException e) {
      throw damaged(reason(query, e));
    }
  }

  /// Why a stream could not begin: its error is lost on the way, so the first row is asked for once
  /// more without streaming.
  private Exception reason(String query, Exception lost) {
    try (Connection connection = database.forQuestions();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM (" + query + ") LIMIT 1")) {
      result.next();
      return lost;
    } catch (SQLException e) {
      return e;
    }
  }

  private final class Chunks implements ChunkCursor.Chunks {
    private final Connection own;
    private final Statement statement;
    private final DuckDBResultSet result;
    private final ArrowReader reader;
    private final ArrowSchema schema;
    private final List<ColumnType> columns;
    private final Function<List<ColumnChunk>, List<ColumnChunk>> adapt;

    Chunks(
        Connection own,
        String query,
        List<ColumnType> columns,
        int batchRows,
        Function<List<ColumnChunk>, List<ColumnChunk>> adapt)
        throws SQLException, IOException {
      this.own = own;
      this.columns = columns;
      this.adapt = adapt;
      boolean done = false;
      try {
        this.statement = own.createStatement();
        this.result = run(statement, query);
        this.reader = export(result, batchRows);
        this.schema = ArrowSchema.of(place, reader.getVectorSchemaRoot().getSchema());
        done = true;
      } finally {
        if (!done) {
          own.close();
        }
      }
    }

    @Override
    public @Nullable Chunk next() {
      try {
        if (!reader.loadNextBatch()) {
          return null;
        }
        // Unloading takes hold of the buffers without copying; the reader may then go on.
        ArrowRecordBatch batch = new VectorUnloader(reader.getVectorSchemaRoot()).getRecordBatch();
        return chunk(batch);
      } catch (IOException e) {
        throw damaged(e);
      }
    }

    private Chunk chunk(ArrowRecordBatch batch) {
      Arena views = Arena.ofShared();
      Runnable free =
          () -> {
            views.close();
            batch.close();
          };
      boolean done = false;
      try {
        Chunk chunk =
            new Chunk(
                batch.getLength(),
                adapt.apply(
                    ArrowBody.columns(
                        place, schema, columns, new BatchParts(batch, views), Map.of())),
                free);
        done = true;
        return chunk;
      } finally {
        if (!done) {
          free.run();
        }
      }
    }

    @Override
    public void close() {
      try (own;
          statement;
          result;
          reader) {
        // Closes what was opened, last first.
      } catch (SQLException | IOException e) {
        throw damaged(e);
      }
    }
  }

  private static DuckDBResultSet run(Statement statement, String query) throws SQLException {
    return (DuckDBResultSet) statement.executeQuery(query);
  }

  private ArrowReader export(DuckDBResultSet result, int batchRows) throws SQLException {
    return (ArrowReader) result.arrowExportStream(allocator, batchRows);
  }

  private DataException damaged(Exception e) {
    database.checkSound();
    return damaged(place, what, reading, e);
  }

  /// What DuckDB could not do, with its own words behind ours and without the paragraphs of advice
  /// on its options that follow.
  private static DataException damaged(String place, String what, Reading reading, Exception e) {
    String message = String.valueOf(e.getMessage()).strip();
    if (message.endsWith("Invalid result set") || message.contains("Out of Memory")) {
      // The first is all that is left of an error at the start of a stream.
      return new DataException(
          place,
          "found %s that DuckDB cannot begin to read in %d bytes, expected a row group to fit; give more --memory"
              .formatted(what, Math.max(FolderDatabase.LEAST_MEMORY, reading.memoryBytes())),
          e);
    }
    String words = wordsOf(message);
    return new DataException(
        place,
        "found %s that cannot be read, expected a complete one; DuckDB says: %s"
            .formatted(
                what, words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "…" : words),
        e);
  }

  /// What a message says without what only programmers read: paragraphs of advice, names of
  /// classes, and the envelope that Arrow's C stream puts around a message of the other side.
  private static String wordsOf(String message) {
    Matcher envelope = C_STREAM_ERROR.matcher(message);
    String inner = envelope.find() ? envelope.group(1) : message;
    int advice = inner.indexOf("\n\n");
    return (advice < 0 ? inner : inner.substring(0, advice))
        .strip()
        .replace('\n', ' ')
        .replaceAll("\\b[A-Z]\\w*(Exception|Error): ", "");
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (allocator) {
      database.release();
    } catch (SQLException e) {
      throw damaged(e);
    }
  }
}
