package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.plan.Bins;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.Description;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// What one pass over a data set reads: columns of equal length, for everything that uses them.
/// Columns of different lengths, which an `.npz` may have, are read in separate passes.
final class Reads {
  /// The most bytes of a batch: enough to make the overhead of the loop small, few enough to stay
  /// in the second-level cache.
  private static final long BATCH_BYTES = 512 * 1024;

  private static final int MAX_BATCH_ROWS = 65_536;

  private final Description data;
  private final OptionalLong rows;
  private final SequencedSet<String> columns = new LinkedHashSet<>();
  private final Set<String> keys = new HashSet<>();
  private final List<Feed> feeds = new ArrayList<>();

  private Reads(Description data, OptionalLong rows) {
    this.data = data;
    this.rows = rows;
  }

  /// What the runs need of a data set.
  ///
  /// @param files where the per-row outputs of each run go
  static List<Reads> of(Description data, SequencedMap<TaskRun, RowFiles> files) {
    SequencedMap<OptionalLong, Reads> reads = new LinkedHashMap<>();
    files.forEach((run, rowFiles) ->
        run.task()
            .setsOn(data.name())
            .forEach((set, binding) -> {
              List<String> wanted = columns(data, run.task(), binding);
              reads
                  .computeIfAbsent(data.rowCount(wanted), rows -> new Reads(data, rows))
                  .add(run.task(), binding, wanted, run.feed(set, rowFiles));
            }));
    return List.copyOf(reads.values());
  }

  private static List<String> columns(Description data, BoundTask task, SetBinding binding) {
    SequencedSet<String> columns = new LinkedHashSet<>(binding.columnNames());
    task.by().stream()
        .map(Bins::column)
        .filter(name -> data.schema().stream().anyMatch(c -> c.name().equals(name)))
        .forEach(columns::add);
    return List.copyOf(columns);
  }

  private void add(BoundTask task, SetBinding binding, List<String> wanted, Feed feed) {
    columns.addAll(wanted);
    keys.addAll(binding.idColumns());
    task.by().forEach(bins -> keys.add(bins.column()));
    feeds.add(feed);
  }

  /// The data set.
  Description data() {
    return data;
  }

  /// The number of rows, for progress; -1 if unknown.
  long rows() {
    return rows.orElse(-1);
  }

  /// The columns.
  List<String> columns() {
    return List.copyOf(columns);
  }

  /// Those of the columns that rows are told apart by.
  Set<String> keys() {
    return keys;
  }

  /// What takes the rows.
  List<Feed> feeds() {
    return feeds;
  }

  /// The default number of rows in a batch.
  int batchRows() {
    long rowBytes = 0;
    for (ColumnType column : data.schema()) {
      if (columns.contains(column.name())) {
        // A sequence's length is not known; 256 elements are as good a guess as any.
        rowBytes += (long) column.type().bytes() * (column.width() == 0 ? 256 : column.width());
      }
    }
    return Math.clamp(BATCH_BYTES / Math.max(rowBytes, 1), 1, MAX_BATCH_ROWS);
  }
}
