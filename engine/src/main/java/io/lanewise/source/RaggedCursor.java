package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One pass over rows some of whose columns are sequences kept as values and offsets. Each array is
/// read in step with the rows, so that memory is bounded by the batch.
final class RaggedCursor implements Cursor {
  private final String file;
  private final int batchRows;
  private final long rows;
  private final @Nullable Cursor others;
  private final List<Part> parts = new ArrayList<>();
  private long at;

  /// @param names the columns that are not ragged
  RaggedCursor(Source source, List<String> names, List<Ragged> ragged, int batchRows) {
    this.file = source.name();
    this.batchRows = batchRows;
    this.rows = Ragged.rowCount(source, names, ragged).orElseThrow();
    boolean done = false;
    try {
      others = names.isEmpty() ? null : source.read(names, batchRows);
      for (Ragged column : ragged) {
        parts.add(new Part(source, column, batchRows));
      }
      done = true;
    } finally {
      if (!done) {
        parts.forEach(Part::close);
      }
    }
  }

  /// An array that is read bit by bit.
  private static final class Array {
    private final Cursor cursor;
    private @Nullable Batch batch;
    private int at;

    Array(Source source, String column, int batchRows) {
      cursor = source.read(List.of(column), batchRows);
    }

    /// The next elements, at most `most` and at least one; null at the end. Valid until the next
    /// call.
    @Nullable ScalarColumn next(long most) {
      Batch current = batch;
      if (current == null || at == current.rows()) {
        release();
        current = cursor.next();
        batch = current;
        at = 0;
      }
      if (current == null
          || !(current.columns().firstEntry().getValue() instanceof ScalarColumn column)) {
        return null;
      }
      int count = (int) Math.min(most, current.rows() - at);
      ScalarColumn next = column.slice(at, count);
      at += count;
      return next;
    }

    private void release() {
      if (batch != null) {
        batch.close();
        batch = null;
      }
    }

    void close() {
      release();
      cursor.close();
    }
  }

  /// The arrays of one column.
  private static final class Part {
    private final String file;
    private final Ragged column;
    private final long elements;
    private final Array values;
    private final Array offsets;
    private long last;

    Part(Source source, Ragged column, int batchRows) {
      this.file = source.name();
      this.column = column;
      this.elements = source.rowCount(List.of(column.values())).orElseThrow();
      this.values = new Array(source, column.values(), Math.max(batchRows, 1024));
      this.offsets = new Array(source, column.offsets(), Math.max(batchRows, 1024));
      long[] first = new long[1];
      fill(first, 0, 0);
      if (first[0] != 0) {
        throw bad(0, first[0], "0, where the first sequence begins");
      }
    }

    private DataException bad(long row, long found, String expected) {
      return new DataException(
          "%s: column '%s' row %d".formatted(file, column.offsets(), row),
          "found %d, expected %s".formatted(found, expected));
    }

    /// Offsets `into[from], …`, the first of which is that of row `row`.
    private void fill(long[] into, int from, long row) {
      int at = from;
      while (at < into.length) {
        ScalarColumn next = offsets.next(into.length - at);
        if (next == null) {
          throw new DataException(
              file, "found fewer offsets in '%s' than before".formatted(column.offsets()));
        }
        for (int i = 0; i < next.rows(); i++, at++) {
          if (!next.validity().isValid(i)) {
            throw new DataException(
                "%s: column '%s' row %d".formatted(file, column.offsets(), row + at - from),
                "found null, expected an offset");
          }
          into[at] = next.getLong(i);
        }
      }
    }

    /// @param row the first row
    /// @param isLast whether no row follows
    SequenceColumn next(long row, int count, boolean isLast, Arena arena) {
      long[] ends = new long[count + 1];
      ends[0] = last;
      fill(ends, 1, row + 1);
      for (int i = 1; i <= count; i++) {
        if (ends[i] < ends[i - 1] || ends[i] > elements) {
          throw bad(
              row + i,
              ends[i],
              "%d to %d, no less than the offset before and no more than there are values"
                  .formatted(ends[i - 1], elements));
        }
      }
      if (isLast && ends[count] != elements) {
        throw bad(row + count, ends[count], "%d, the number of values".formatted(elements));
      }
      last = ends[count];
      long total = last - ends[0];
      int width = column.column().type().bytes();
      MemorySegment data = arena.allocate(Math.max(1, total * width), 64);
      MemorySegment valid = arena.allocate(Math.max(1, (total + 7) >>> 3)).fill((byte) 0xFF);
      boolean anyNull = false;
      for (long done = 0; done < total; ) {
        ScalarColumn next = values.next(total - done);
        if (next == null) {
          throw new DataException(
              file, "found fewer values in '%s' than before".formatted(column.values()));
        }
        MemorySegment.copy(next.data(), 0, data, done * width, (long) next.rows() * width);
        for (int i = 0; !next.validity().isAll() && i < next.rows(); i++) {
          if (!next.validity().isValid(i)) {
            anyNull = true;
            long bit = done + i;
            byte old = valid.get(JAVA_BYTE, bit >>> 3);
            valid.set(JAVA_BYTE, bit >>> 3, (byte) (old & ~(1 << (bit & 7))));
          }
        }
        done += next.rows();
      }
      long start = ends[0];
      for (int i = 0; i <= count; i++) {
        ends[i] -= start;
      }
      return new SequenceColumn(
          column.column().name(),
          column.column().type(),
          count,
          ends,
          0,
          data.asSlice(0, total * width),
          Validity.ALL,
          anyNull ? new Validity(valid, 0) : Validity.ALL);
    }

    void close() {
      values.close();
      offsets.close();
    }
  }

  @Override
  public void keys(Set<String> columns) {
    if (others != null) {
      others.keys(columns);
    }
  }

  @Override
  public @Nullable Batch next() {
    Batch batch = others == null ? null : others.next();
    int count = batch == null ? (int) Math.min(batchRows, rows - at) : batch.rows();
    if (count == 0 || (others != null && batch == null)) {
      return null;
    }
    Arena arena = Arena.ofShared();
    boolean done = false;
    try {
      List<Column> columns = new ArrayList<>();
      if (batch != null) {
        columns.addAll(batch.columns().values());
      }
      for (Part part : parts) {
        columns.add(part.next(at, count, at + count == rows, arena));
      }
      Batch whole =
          batch == null
              ? new Batch(file, at, count, columns, arena::close)
              : batch.withColumns(columns, arena::close);
      at += count;
      done = true;
      return whole;
    } finally {
      if (!done) {
        arena.close();
        if (batch != null) {
          batch.close();
        }
      }
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.close();
    }
    parts.forEach(Part::close);
  }
}
