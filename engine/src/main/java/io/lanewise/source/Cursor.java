package io.lanewise.source;

import io.lanewise.batch.Batch;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One pass over the rows of a [Source], in order. Not thread-safe; the batches are.
public interface Cursor extends AutoCloseable {
  /// The next batch, or null after the last. Batches of zero rows are not returned.
  ///
  /// @throws DataException if the file does not hold what its schema says
  @Nullable Batch next();

  /// Requests columns as keys of groups, before the first batch. Unsigned 64-bit integers then come
  /// as [io.lanewise.batch.ScalarColumn#unsigned] instead of being refused beyond int64.
  void keys(Set<String> columns);

  /// Frees what the pass holds. Batches that it returned stay valid until they are closed.
  @Override
  void close();
}
