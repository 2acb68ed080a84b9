package io.lanewise.source;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/// An in-memory DuckDB that may read the files of one folder and nothing else: no network, no
/// extensions, no other paths.
///
/// To start one takes tens of milliseconds and a few threads, so all files of a folder that are
/// open at the same time share it, each with connections of its own. It ends with the last of them.
final class FolderDatabase {
  /// DuckDB itself takes that much.
  static final long LEAST_MEMORY = 256L << 20;

  private static final Map<Key, FolderDatabase> OPEN = new HashMap<>();

  /// Whether this process has looked for what killed ones left.
  private static boolean swept;

  private final Key key;
  private final DuckDBConnection passes;
  private final DuckDBConnection questions;

  /// Guarded by [#OPEN], as are all starts and ends.
  private int users;

  private record Key(Path folder, long memoryBytes) {}

  private FolderDatabase(Key key, DuckDBConnection passes, DuckDBConnection questions) {
    this.key = key;
    this.passes = passes;
    this.questions = questions;
  }

  /// The database of a file's folder, started if there is none. It must be released.
  static FolderDatabase of(Path file, Reading reading) throws SQLException {
    Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
    Key key = new Key(folder, Math.max(LEAST_MEMORY, reading.memoryBytes()));
    synchronized (OPEN) {
      FolderDatabase database = OPEN.get(key);
      if (database == null) {
        database = start(key);
        OPEN.put(key, database);
      }
      database.users++;
      return database;
    }
  }

  private static FolderDatabase start(Key key) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("jdbc_stream_results", "true");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("preserve_insertion_order", "true");
    properties.setProperty("temp_directory", "");
    properties.setProperty("memory_limit", key.memoryBytes + "B");
    properties.setProperty(
        "threads", String.valueOf(Math.min(4, Runtime.getRuntime().availableProcessors())));
    if (!swept) {
      swept = true;
      LeftLibraries.sweep(Path.of(System.getProperty("java.io.tmpdir")));
    }
    DuckDBConnection passes =
        new DuckDBDriver().connect("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
    boolean done = false;
    try {
      // A connection takes over the settings of the one that it is made from.
      DuckDBConnection questions = passes.duplicate();
      try (Statement statement = questions.createStatement()) {
        for (String setting :
            List.of(
                "SESSION jdbc_stream_results=false",
                // A file that changes must not be read from memory.
                "enable_external_file_cache=false",
                "allowed_directories=[%s]".formatted(DuckDb.text(key.folder.toString())),
                "enable_external_access=false",
                "lock_configuration=true")) {
          statement.execute("SET " + setting);
        }
      }
      done = true;
      return new FolderDatabase(key, passes, questions);
    } finally {
      if (!done) {
        // Ends the database, whatever other connections it has.
        passes.close();
      }
    }
  }

  /// A new connection for small results, which are kept in memory whole.
  Connection forQuestions() throws SQLException {
    return questions.duplicate();
  }

  /// A new connection whose results arrive as they are produced. The price is that an error at the
  /// start loses its message, so questions do without.
  Connection forPass() throws SQLException {
    return passes.duplicate();
  }

  /// To be called after an error: some of them make a database useless. Files that are opened from
  /// now on get another one then.
  void checkSound() {
    try (Connection connection = questions.duplicate();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    } catch (SQLException e) {
      synchronized (OPEN) {
        OPEN.remove(key, this);
      }
    }
  }

  /// To be called once for each time that [#of] gave it.
  void release() throws SQLException {
    synchronized (OPEN) {
      users--;
      if (users == 0) {
        OPEN.remove(key, this);
        try (passes;
            questions) {
          // Both end.
        }
      }
    }
  }
}
