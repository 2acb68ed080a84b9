package io.lanewise.source;

import io.lanewise.batch.Column;
import io.lanewise.batch.SequenceColumn;

/// One column of a [Chunk], from which batches are cut. Data that a file stores as the engine needs
/// it is cut without copying. Other data is widened only for the rows of a batch, so that memory
/// stays bounded.
sealed interface ColumnChunk
    permits NumberChunk,
        FortranChunk,
        SequenceChunk,
        TextChunk,
        KeyChunk,
        TextViewChunk,
        LookupChunk,
        ListViewChunk,
        UnicodeChunk,
        ColumnChunk.Shifted,
        ColumnChunk.Even {
  /// Rows `[from, from + count)`.
  ///
  /// @throws DataException if a value cannot be represented
  Column cut(long from, int count, Scratch scratch);

  /// A chunk whose row 0 is row `by` of another.
  record Shifted(ColumnChunk of, long by) implements ColumnChunk {
    @Override
    public Column cut(long from, int count, Scratch scratch) {
      return of.cut(by + from, count, scratch);
    }
  }

  /// Lists that are declared to be of one length, as vectors.
  record Even(SequenceChunk lists, int width) implements ColumnChunk {
    @Override
    public Column cut(long from, int count, Scratch scratch) {
      SequenceColumn column = (SequenceColumn) lists.cut(from, count, scratch);
      int ragged = column.firstRowNotOfLength(width);
      if (ragged >= 0) {
        throw scratch.unusable(
            column.name(),
            ragged,
            "found %d elements, expected %d as the file's schema says"
                .formatted(column.length(ragged), width));
      }
      return column.asVector(width);
    }
  }
}
