package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.Rows;
import io.lanewise.run.bind.SetBinding;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Refuses numbers that the meaning of their role excludes, such as a probability above 1.
final class RangeCheck {
  private RangeCheck() {}

  /// @throws IllegalArgumentException for the first such number of a role, with its place
  static void check(SetBinding binding, Rows rows) {
    for (Role role : binding.set().roles()) {
      if (role.range() == Range.ANY
          || role.range() == Range.LOGIT
          || !binding.types().containsKey(role.name())) {
        continue;
      }
      MemorySegment vectors = rows.vectors().get(role.name());
      SequenceColumn sequence = rows.sequences().get(role.name());
      if (vectors != null) {
        vectors(binding, role, rows, vectors);
      } else if (sequence != null) {
        sequences(role.range(), rows, sequence);
      }
    }
  }

  private static void vectors(SetBinding binding, Role role, Rows rows, MemorySegment data) {
    int width = rows.width(role.name());
    long count = (long) rows.count() * width;
    long from = 0;
    while (from < count) {
      long next = role.range().firstOutside(rows.type(), data, from, count - from);
      if (next < 0) {
        return;
      }
      long at = from + next;
      int row = (int) (at / width);
      if (!rows.isNull(row)) {
        List<ColumnType> columns = binding.columns().getOrDefault(role.name(), List.of());
        throw role.range()
            .outside(
                columns.size() == 1 ? columns.getFirst().name() : role.name(),
                rows.firstInFile() + row,
                width == 1 ? -1 : at % width,
                rows.element(data, at));
      }
      from = at + 1;
    }
  }

  private static void sequences(Range range, Rows rows, SequenceColumn column) {
    for (int i = 0; i < rows.count(); i++) {
      long from = 0;
      long length = rows.isNull(i) ? 0 : column.length(i);
      while (from < length) {
        long start = column.start(i) + from;
        long next = range.firstOutside(column.type(), column.data(), start, length - from);
        if (next < 0) {
          break;
        }
        if (column.elements().isValid(start + next)) {
          throw range.outside(
              column.name(),
              rows.firstInFile() + i,
              from + next,
              rows.element(column.data(), start + next));
        }
        from += next + 1;
      }
    }
  }
}
