package io.lanewise.source;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The context of a batch under construction: the place of its rows, for messages, and the memory
/// of columns that must be converted.
final class Scratch implements AutoCloseable {
  private final String file;
  private final long firstRow;
  private final Set<String> keys;
  private @Nullable Arena arena;

  /// @param keys the columns that were asked for as keys of groups
  Scratch(String file, long firstRow, Set<String> keys) {
    this.file = file;
    this.firstRow = firstRow;
    this.keys = keys;
  }

  Scratch(String file, long firstRow) {
    this(file, firstRow, Set.of());
  }

  /// Whether the column is a key of groups.
  boolean isKey(String column) {
    return keys.contains(column);
  }

  /// Off-heap memory that lives as long as the batch. Most batches need none, and an arena that
  /// several threads may use costs tens of microseconds, so it is made on demand.
  MemorySegment allocate(long bytes) {
    Arena owner = arena;
    if (owner == null) {
      owner = Arena.ofShared();
      arena = owner;
    }
    return owner.allocate(Math.max(bytes, 1), 64).asSlice(0, bytes);
  }

  /// The exception for a value that cannot be used.
  ///
  /// @param row the row within the batch
  DataException unusable(String column, long row, String problem) {
    return new DataException(
        "%s: column '%s' row %d".formatted(file, column, firstRow + row), problem);
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
    }
  }
}
