package io.lanewise.source;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Consecutive rows as the file groups them: a record batch, a whole array. Batches cut from it
/// share it; the last to let go frees it.
final class Chunk {
  private final long rows;
  private final List<Block> blocks;
  private final Runnable free;
  private final AtomicInteger holders = new AtomicInteger(1);

  /// A chunk held once, by the caller.
  Chunk(long rows, List<Block> blocks, Runnable free) {
    this.rows = rows;
    this.blocks = blocks;
    this.free = free;
  }

  long rows() {
    return rows;
  }

  List<Block> blocks() {
    return blocks;
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
