package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/// A Parquet file, compressed with ZSTD, written by DuckDB (`org.duckdb:duckdb_jdbc`, optional).
///
/// DuckDB pulls its input, so batches are spooled as an Arrow stream beside the output and handed
/// over at the end. The file carries its Arrow schema, as those of other Arrow writers do, so that
/// vectors are known to be vectors when it is read again.
public final class ParquetSink implements Sink {
  private final Columns columns;
  private final StagedFile file;
  private final Path spool;
  private final ArrowSink.Writer writer;

  /// Bytes of a row group before compression. A reader has a whole one in memory; DuckDB's default
  /// counts rows, and 122 880 rows of 256 numbers take 126 MB a column.
  private static final long GROUP_BYTES = 16L << 20;

  /// DuckDB works on so many rows at a time.
  private static final long GROUP_UNIT = 2048;

  private static final long MOST_GROUP_ROWS = 122_880;

  private long rows;

  ParquetSink(Path out, List<ColumnType> schema, boolean replace) {
    String name = out.toString();
    this.columns = new Columns(name, schema);
    // Whether DuckDB is there is found out before work starts, not after.
    try (Connection probe = connect()) {
      probe.isValid(0);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          name
              + ": found no DuckDB; add org.duckdb:duckdb_jdbc and org.apache.arrow:arrow-c-data to"
              + " the class path to write Parquet",
          e);
    } catch (SQLException e) {
      throw failed(out, e);
    }
    this.file = new StagedFile(out, replace);
    this.spool = file.spool();
    this.writer = new ArrowSink.Writer(spool, columns, true);
  }

  private static DuckDBConnection connect() throws SQLException {
    Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
    if (connection instanceof DuckDBConnection duckdb) {
      return duckdb;
    }
    throw new SQLException("found no DuckDB connection");
  }

  @Override
  public void write(Batch batch) {
    writer.write(batch);
    rows += batch.rows();
  }

  /// The rows of a group, from what the rows took in the spool.
  private long groupRows() throws IOException {
    double rowBytes = (double) Files.size(spool) / Math.max(1, rows);
    long units = (long) (GROUP_BYTES / Math.max(1, rowBytes)) / GROUP_UNIT;
    return Math.clamp(units * GROUP_UNIT, GROUP_UNIT, MOST_GROUP_ROWS);
  }

  @Override
  public void commit() {
    writer.end();
    try (BufferAllocator allocator = new RootAllocator();
        FileChannel channel = FileChannel.open(spool, StandardOpenOption.READ);
        ArrowStreamReader reader = new ArrowStreamReader(channel, allocator);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        DuckDBConnection connection = connect();
        Statement statement = connection.createStatement()) {
      Data.exportArrayStream(allocator, reader, stream);
      connection.registerArrowStream("rows", stream);
      // One thread: the order of row groups must not depend on who is first.
      for (String sql :
          List.of(
              "SET autoinstall_known_extensions=false",
              "SET autoload_known_extensions=false",
              "SET temp_directory=''",
              "SET threads=1",
              "SET allowed_paths=[" + text(file.partial().toString()) + "]",
              "SET enable_external_access=false",
              "COPY (SELECT * FROM rows) TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d, KV_METADATA {'ARROW:schema': %s})"
                  .formatted(text(file.partial().toString()), groupRows(), text(arrowSchema())))) {
        statement.execute(sql);
      }
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    } catch (SQLException e) {
      throw failed(file.target(), e);
    }
    file.commit();
  }

  private static UncheckedIOException failed(Path out, SQLException e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("none");
    return new UncheckedIOException(
        "%s: found an error of DuckDB (%s), expected to write it".formatted(out, reason),
        new IOException(e));
  }

  private String arrowSchema() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    MessageSerializer.serialize(
        new WriteChannel(Channels.newChannel(bytes)), ArrowRows.schema(columns.types()));
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  @Override
  public void close() {
    try (file;
        writer) {
      // Closes the spool, then removes it and what was not committed.
    }
  }
}
