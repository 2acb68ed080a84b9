package io.lanewise.source;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Consecutive rows as the file groups them: a record batch, or a whole array. Batches cut from it
/// share it, and the last one that is closed frees it.
final class Chunk {
  private final long rows;
  private final List<ColumnChunk> columns;
  private final Runnable free;
  private final Check check;
  private final AtomicInteger holders = new AtomicInteger(1);

  /// What is done with rows that have been read, by the thread that read them.
  interface Check {
    /// Looks at rows, and lets go of them.
    ///
    /// @param from the first row within the chunk
    /// @param to the row behind the last
    /// @throws DataException if they are not what they should be
    void rows(long from, long to);
  }

  /// A chunk held once, by the caller.
  Chunk(long rows, List<ColumnChunk> columns, Runnable free) {
    this(rows, columns, (from, to) -> {}, free);
  }

  /// The same, whose rows are checked once they have been read.
  Chunk(long rows, List<ColumnChunk> columns, Check check, Runnable free) {
    this.rows = rows;
    this.columns = columns;
    this.check = check;
    this.free = free;
  }

  void check(long from, long to) {
    check.rows(from, to);
  }

  long rows() {
    return rows;
  }

  List<ColumnChunk> columns() {
    return columns;
  }

  void retain() {
    holders.incrementAndGet();
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      free.run();
    }
  }
}
