package io.lanewise.source;

import io.lanewise.batch.Batch;
import org.jspecify.annotations.Nullable;

/// One pass over the rows of a [Source], in order. Not thread-safe; the batches are.
public interface Cursor extends AutoCloseable {
  /// The next batch, or null after the last. Batches of zero rows are not returned.
  ///
  /// @throws DataException if the file does not hold what its schema says
  @Nullable Batch next();

  /// Frees what the pass holds. Batches handed out stay valid until they are closed.
  @Override
  void close();
}
