package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import java.nio.file.Path;
import java.util.List;

/// A NumPy `.npy` file: one column, scalars as one dimension, vectors as two.
public final class NpySink implements Sink {
  private final Columns columns;
  private final StagedFile file;
  private final NpyArray array;

  NpySink(Path out, List<ColumnType> schema, boolean replace) {
    String name = out.toString();
    this.columns = new Columns(name, schema);
    if (schema.size() != 1) {
      throw new IllegalArgumentException(
          "%s: found %d columns, expected one; .npz holds several".formatted(name, schema.size()));
    }
    NpyArray.checkType(name, schema.getFirst());
    this.file = new StagedFile(out, replace);
    this.array = new NpyArray(name, schema.getFirst(), file.partial());
  }

  @Override
  public void write(Batch batch) {
    array.write(columns.of(batch).getFirst());
  }

  @Override
  public void commit() {
    array.finish();
    file.commit();
  }

  @Override
  public void close() {
    try (file;
        array) {
      // Closes the array, then removes what was not committed.
    }
  }
}
