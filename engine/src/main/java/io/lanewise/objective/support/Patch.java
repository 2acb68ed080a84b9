package io.lanewise.objective.support;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A part of a batch of vectors that is worked on at once: some whole rows, or a part of one row.
/// Temporary data for it stays in the first two levels of the cache.
///
/// @param row the first row in the batch
/// @param rows the number of rows; 1 where `columns` are not all columns
/// @param column the first column
/// @param columns the number of columns
public record Patch(int row, int rows, int column, int columns) {
  /// Bytes of a vector role in a patch: small compared with a batch, large compared with the cost
  /// of a call.
  private static final int BYTES = 32 * 1024;

  /// All of a batch.
  public static Patch all(int count, int width) {
    return new Patch(0, count, 0, width);
  }

  /// Patches that cover `count` rows of `width` elements, in order.
  public static List<Patch> of(int count, int width, DType type) {
    int most = BYTES / type.bytes();
    if (width <= most) {
      return wholeRows(count, width, type);
    }
    List<Patch> patches = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < width; column += most) {
        patches.add(new Patch(row, 1, column, Math.min(most, width - column)));
      }
    }
    return patches;
  }

  /// The same of whole rows, however long one is.
  public static List<Patch> wholeRows(int count, int width, DType type) {
    int rows = Math.max(1, BYTES / type.bytes() / Math.max(1, width));
    List<Patch> patches = new ArrayList<>();
    for (int row = 0; row < count; row += rows) {
      patches.add(new Patch(row, Math.min(rows, count - row), 0, width));
    }
    return patches;
  }

  /// The number of elements.
  public long elements() {
    return (long) rows * columns;
  }

  /// This part of a batch's memory with `width` elements a row.
  public MemorySegment of(MemorySegment memory, int width, DType type) {
    return memory.asSlice(((long) row * width + column) * type.bytes(), elements() * type.bytes());
  }
}
