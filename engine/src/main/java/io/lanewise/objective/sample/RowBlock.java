package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.lanewise.batch.DType;
import io.lanewise.kernel.CrossProducts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Some rows of a set in memory of their own. Memory grows with the rows: there may be thousands of
/// sets, each of a few rows.
final class RowBlock {
  /// How many rows there can be.
  static final int CAPACITY = CrossProducts.DEPTH;

  private final DType type;
  private final int dim;
  private MemorySegment data = MemorySegment.NULL;
  private int room;
  private int rows;

  RowBlock(DType type, int dim) {
    this.type = type;
    this.dim = dim;
  }

  DType type() {
    return type;
  }

  int rows() {
    return rows;
  }

  boolean takes(DType other) {
    return rows < CAPACITY && type == other;
  }

  /// Appends rows `from` on, as many as there is room for.
  ///
  /// @return how many that was
  int append(MemorySegment x, int from, int to) {
    int taken = Math.min(CAPACITY - rows, to - from);
    long row = (long) dim * type.bytes();
    if (rows + taken > room) {
      room = Math.clamp(2L * room, rows + taken, CAPACITY);
      MemorySegment larger = Arena.ofAuto().allocate(room * row, 64);
      MemorySegment.copy(data, 0, larger, 0, rows * row);
      data = larger;
    }
    MemorySegment.copy(x, from * row, data, rows * row, taken * row);
    rows += taken;
    return taken;
  }

  /// Rows `from` on.
  MemorySegment from(int from) {
    return data.asSlice((long) from * dim * type.bytes());
  }

  double element(int row, int j) {
    long at = (long) row * dim + j;
    return switch (type) {
      case FLOAT32 -> data.getAtIndex(JAVA_FLOAT, at);
      case FLOAT64 -> data.getAtIndex(JAVA_DOUBLE, at);
      case INT32, INT64, TEXT -> throw type.notFloat();
    };
  }
}
