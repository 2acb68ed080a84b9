package io.lanewise.objective.sample;

import io.lanewise.batch.DType;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// All rows of a set, within the memory that there may be.
final class KeptRows {
  private final int dim;
  private final Workers workers;
  private final List<RowBlock> blocks = new ArrayList<>();
  private long count;
  private long bytes;

  KeptRows(int dim, Workers workers) {
    this.dim = dim;
    this.workers = workers;
  }

  /// Appends rows `from` to `to` of memory.
  ///
  /// @throws IllegalArgumentException if that takes more memory than there may be, or the rows are
  ///   of another type than those before
  void append(DType type, MemorySegment x, int from, int to) {
    for (int r = from; r < to; ) {
      if (blocks.isEmpty() || blocks.getLast().rows() == RowBlock.CAPACITY) {
        bytes += (long) RowBlock.CAPACITY * dim * type.bytes();
        workers.require(bytes);
        blocks.add(new RowBlock(type, dim));
      }
      if (blocks.getLast().type() != type) {
        throw new IllegalArgumentException(
            "rows: found %s after %s, expected one type".formatted(type, blocks.getLast().type()));
      }
      r += blocks.getLast().append(x, r, to);
    }
    count += to - from;
  }

  void append(KeptRows later) {
    for (RowBlock block : later.blocks) {
      append(block.type(), block.from(0), 0, block.rows());
    }
  }

  int dim() {
    return dim;
  }

  int count() {
    return Math.toIntExact(count);
  }

  double element(int row, int j) {
    return blocks.get(row / RowBlock.CAPACITY).element(row % RowBlock.CAPACITY, j);
  }

  /// Hands over the first `count` of the chosen rows, one by one.
  void forEach(int[] chosen, int count, Taker taker) {
    for (int i = 0; i < count; i++) {
      RowBlock block = blocks.get(chosen[i] / RowBlock.CAPACITY);
      int row = chosen[i] % RowBlock.CAPACITY;
      taker.take(block.type(), block.from(0), row, row + 1);
    }
  }

  /// Takes rows `from` to `to` of memory.
  @FunctionalInterface
  interface Taker {
    void take(DType type, MemorySegment x, int from, int to);
  }
}
