package io.lanewise.source;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Cuts chunks, however large, into batches of at most so many rows. Every format is read through
/// it.
final class ChunkCursor implements Cursor {
  /// Where chunks come from: one format's way of reading.
  interface Chunks extends AutoCloseable {
    /// The next chunk, or null after the last.
    @Nullable Chunk next();

    @Override
    default void close() {}
  }

  private final String file;
  private final Runnable checkUnchanged;
  private final int batchRows;
  private final Chunks chunks;
  private @Nullable Chunk chunk;
  private long at;
  private long firstRow;
  private boolean ended;
  private boolean closed;
  private Set<String> keys = Set.of();

  /// @param checkUnchanged throws if the file is no longer the one that was opened
  ChunkCursor(String file, Runnable checkUnchanged, int batchRows, Chunks chunks) {
    this.file = file;
    this.checkUnchanged = checkUnchanged;
    this.batchRows = batchRows;
    this.chunks = chunks;
  }

  @Override
  public void keys(Set<String> columns) {
    keys = Set.copyOf(columns);
  }

  @Override
  public @Nullable Batch next() {
    if (closed) {
      throw new IllegalStateException(file + ": this pass over the rows has been closed");
    }
    checkUnchanged.run();
    Chunk current = chunk;
    while (current == null || at == current.rows()) {
      letGo();
      // A pipe that has ended must not be asked again: it would wait for a writer that is done.
      current = ended ? null : chunks.next();
      if (current == null) {
        ended = true;
        return null;
      }
      chunk = current;
      at = 0;
    }
    int count = (int) Math.min(batchRows, current.rows() - at);
    Batch batch = cut(current, count);
    at += count;
    firstRow += count;
    return batch;
  }

  private Batch cut(Chunk from, int count) {
    Scratch scratch = new Scratch(file, firstRow, keys);
    boolean done = false;
    try {
      List<Column> columns = new ArrayList<>(from.columns().size());
      for (ColumnChunk chunk : from.columns()) {
        columns.add(chunk.cut(at, count, scratch));
      }
      from.retain();
      done = true;
      long first = at;
      return new Batch(
          file,
          firstRow,
          count,
          columns,
          () -> {
            try {
              from.check(first, first + count);
            } finally {
              scratch.close();
              from.release();
            }
          });
    } finally {
      if (!done) {
        scratch.close();
      }
    }
  }

  private void letGo() {
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      letGo();
      chunks.close();
    }
  }
}
