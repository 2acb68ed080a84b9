package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;

/// An Arrow IPC file or stream: one record batch for each batch written.
public final class ArrowSink implements Sink {
  private final StagedFile file;
  private final Writer writer;

  /// @param stream whether to write the streaming format instead of the file format
  ArrowSink(Path out, List<ColumnType> schema, boolean replace, boolean stream) {
    Columns columns = new Columns(out.toString(), schema);
    this.file = new StagedFile(out, replace);
    this.writer = new Writer(file.partial(), columns, stream);
  }

  /// Batches to Arrow IPC, whatever becomes of the file.
  static final class Writer implements AutoCloseable {
    private final Path path;
    private final Columns columns;
    private final BufferAllocator allocator = new RootAllocator();
    private final FileChannel channel;
    private final VectorSchemaRoot root;
    private final ArrowWriter arrow;

    Writer(Path path, Columns columns, boolean stream) {
      this.path = path;
      this.columns = columns;
      this.channel = StagedFile.create(path);
      this.root = VectorSchemaRoot.create(ArrowRows.schema(columns.types()), allocator);
      this.arrow =
          stream
              ? new ArrowStreamWriter(root, null, channel)
              : new ArrowFileWriter(root, null, channel);
      try {
        arrow.start();
      } catch (IOException e) {
        throw StagedFile.failed(path, e);
      }
    }

    void write(Batch batch) {
      write(columns.of(batch), batch.rows());
    }

    private void write(List<Column> rows, int count) {
      if (count > 1 && !ArrowRows.fits(rows, count)) {
        int half = count / 2;
        write(rows.stream().map(column -> column.slice(0, half)).toList(), half);
        write(rows.stream().map(column -> column.slice(half, count - half)).toList(), count - half);
        return;
      }
      try {
        ArrowRows.load(root, allocator, rows, count);
        arrow.writeBatch();
        root.clear();
      } catch (IOException e) {
        throw StagedFile.failed(path, e);
      }
    }

    void end() {
      try {
        arrow.end();
      } catch (IOException e) {
        throw StagedFile.failed(path, e);
      }
    }

    @Override
    public void close() {
      // The writer's own close would end the file; that is for `end` to do.
      root.close();
      allocator.close();
      try {
        channel.close();
      } catch (IOException e) {
        throw StagedFile.failed(path, e);
      }
    }
  }

  @Override
  public void write(Batch batch) {
    writer.write(batch);
  }

  @Override
  public void commit() {
    writer.end();
    file.commit();
  }

  @Override
  public void close() {
    try (file;
        writer) {
      // Closes the writer, then removes what was not committed.
    }
  }
}
