package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.objective.Output;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.DataException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What a sample metric has seen, of all rows and of each group. Its rows arrive in their order,
/// one batch at a time.
final class SampleState {
  private final BoundTask task;
  private final SampleMetric.State state;
  private final List<SampleGroups> groups = new ArrayList<>();
  private final SequencedMap<String, Side> sides = new LinkedHashMap<>();
  private long nanos;

  SampleState(BoundTask task, SampleMetric metric) {
    this.task = task;
    state = metric.newState(task.binding());
    task.by().forEach(bins -> groups.add(new SampleGroups(task, metric, bins)));
    task.sets().forEach((set, binding) -> sides.put(set, new Side(task, binding)));
  }

  /// One set of rows: how they are read, what became of them, and the batch that was read last.
  private static final class Side {
    final SetBinding binding;
    final RowsReader reader;
    final RowScreen screen;

    /// The rows that were left out, by number.
    final BitSet leftOut = new BitSet();

    RowCounts counts = RowCounts.NONE;
    @Nullable Checked checked;

    Side(BoundTask task, SetBinding binding) {
      this.binding = binding;
      reader = new RowsReader(binding);
      // A whole-set statistic of NaN says nothing.
      screen = new RowScreen(task.task().name(), task.policy(), false);
    }
  }

  /// The rows of a batch, which may be added.
  ///
  /// @param found what becomes of them
  /// @param groups the number of each row's group, for each of the groups
  private record Checked(Rows rows, RowCounts found, List<int[]> groups) {}

  /// What is wrong with the rows that were read.
  private record Faults(
      SetBinding binding, Batch batch, Rows rows, RowsReader reader, boolean allFinite)
      implements RowScreen.Faults {
    @Override
    public boolean none() {
      return allFinite && reader.nulls() == 0;
    }

    @Override
    public boolean isNull(int row) {
      return reader.nulls() > 0 && reader.isNull(row);
    }

    @Override
    public boolean isNonFinite(int row) {
      return !allFinite && RowsReader.firstNonFinite(binding, rows, row) != null;
    }

    @Override
    public String describeNull(int row) {
      return RowsReader.firstNull(binding, batch, row);
    }

    @Override
    public String describeNonFinite(int row) {
      return String.valueOf(RowsReader.firstNonFinite(binding, rows, row));
    }
  }

  private Side side(String set) {
    return Objects.requireNonNull(sides.get(set));
  }

  /// Reads the rows of a batch of a set. Nothing of them is counted, whatever is wrong with them,
  /// until [#add].
  void read(String set, Batch batch) {
    long start = System.nanoTime();
    Side side = side(set);
    side.checked = null;
    Rows rows = side.reader.read(batch);
    try {
      RangeCheck.check(side.binding, rows);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          batch.file(), "'%s': %s".formatted(task.task().name(), e.getMessage()), e);
    }
    RowCounts found =
        side.screen.screen(
            batch,
            new Faults(
                side.binding, batch, rows, side.reader, RowsReader.allFinite(side.binding, rows)));
    List<int[]> numbers = groups.stream().map(by -> by.numbers(set, batch)).toList();
    side.checked = new Checked(rows, found, numbers);
    nanos += System.nanoTime() - start;
  }

  /// Adds the rows of a set that were read last.
  void add(String set) {
    long start = System.nanoTime();
    Side side = side(set);
    Checked last = Objects.requireNonNull(side.checked);
    side.checked = null;
    Rows rows = last.rows;
    RowScreen screen = side.screen;
    int first = Math.toIntExact(side.counts.read());
    for (int i = 0; screen.anyExcluded() && i < rows.count(); i++) {
      if (screen.excluded()[i]) {
        side.leftOut.set(first + i);
      }
    }
    Rows used = screen.anyExcluded() ? select(rows, used(screen, (int) last.found.used())) : rows;
    state.update(set, used);
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).update(set, last.groups.get(i), rows, used, screen);
    }
    side.counts = side.counts.plus(last.found);
    nanos += System.nanoTime() - start;
  }

  /// The rows of the last batch that are used.
  private static int[] used(RowScreen screen, int count) {
    int[] indices = new int[count];
    int row = 0;
    for (int i = 0; i < count; i++) {
      while (screen.excluded()[row]) {
        row++;
      }
      indices[i] = row++;
    }
    return indices;
  }

  /// Some of the rows, in their order.
  static Rows select(Rows rows, int[] indices) {
    Map<String, MemorySegment> vectors = new LinkedHashMap<>();
    rows.vectors()
        .forEach((role, data) ->
            vectors.put(
                role, select(data, indices, (long) rows.width(role) * rows.type().bytes())));
    Map<String, ScalarColumn> integers = new LinkedHashMap<>();
    rows.integers()
        .forEach((role, column) ->
            integers.put(
                role,
                new ScalarColumn(
                    column.name(),
                    column.type(),
                    indices.length,
                    select(column.data(), indices, column.type().bytes()),
                    Validity.ALL)));
    Map<String, TextColumn> texts = new LinkedHashMap<>();
    rows.texts()
        .forEach((role, column) ->
            texts.put(
                role,
                new TextColumn(
                    column.name(),
                    indices.length,
                    Arrays.stream(indices).mapToObj(column.values()::get).toList(),
                    Validity.ALL)));
    return new Rows(
        rows.first(),
        rows.firstInFile(),
        indices.length,
        rows.type(),
        vectors,
        rows.widths(),
        Map.of(),
        integers,
        new boolean[0],
        texts);
  }

  private static MemorySegment select(MemorySegment data, int[] indices, long row) {
    MemorySegment out =
        MemorySegment.ofArray(new long[Math.toIntExact((indices.length * row + 7) / 8)]);
    long to = 0;
    for (int i : indices) {
      MemorySegment.copy(data, i * row, out, to, row);
      to += row;
    }
    return out;
  }

  /// Adds what another one has seen, as if its rows had followed.
  void merge(SampleState later) {
    state.merge(later.state);
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).merge(later.groups.get(i));
    }
    later.sides.forEach((set, other) -> {
      Side side = side(set);
      int first = Math.toIntExact(side.counts.read());
      other.leftOut.stream().forEach(row -> side.leftOut.set(first + row));
      side.counts = side.counts.plus(other.counts);
    });
    nanos += later.nanos;
  }

  /// Names what has been seen.
  void fields(StateFields fields) {
    sides.forEach(
        (set, side) -> side.counts = RowCountFields.of(fields.part("rows").part(set), side.counts));
    nanos = fields.count("nanoseconds", nanos);
    state.fields(fields.part("state"));
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).fields(fields.part("by-" + i));
    }
  }

  /// The measures once more for each group.
  ///
  /// @param overall the measures over all rows
  List<Breakdown> breakdowns(List<Measure> overall) {
    return groups.stream().map(by -> by.finish(overall)).toList();
  }

  /// The rows of a set with the outputs of its rows, null for those that were left out. A metric
  /// whose outputs are tables of other lengths gives them itself.
  List<Batch> rows(String set, SampleMetric.Finished finished) {
    if (task.outputs(set).stream().noneMatch(o -> finished.rows().containsKey(o.name()))) {
      return state.outputs(set);
    }
    int count = Math.toIntExact(side(set).counts.read());
    BitSet left = side(set).leftOut;
    boolean[] out = new boolean[count];
    left.stream().forEach(i -> out[i] = true);
    Validity validity = left.isEmpty() ? Validity.ALL : Bitmaps.valid(out, count);
    List<Column> columns = new ArrayList<>();
    for (Output output : task.outputs(set)) {
      double[] values = finished.rows().get(output.name());
      if (values == null || values.length != count - left.cardinality()) {
        throw new IllegalStateException("output '" + output.name() + "'");
      }
      double[] all = new double[count];
      int next = 0;
      for (int i = 0; i < count; i++) {
        all[i] = out[i] ? 0 : values[next++];
      }
      MemorySegment memory = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_DOUBLE, all);
      columns.add(new ScalarColumn(output.name(), DType.FLOAT64, count, memory, validity));
    }
    return List.of(new Batch(0, count, columns, () -> {}));
  }

  SampleMetric.Finished finish() {
    return state.finish();
  }

  SequencedMap<String, RowCounts> counts() {
    SequencedMap<String, RowCounts> counts = new LinkedHashMap<>();
    sides.forEach((set, side) -> counts.put(set, side.counts));
    return counts;
  }

  double seconds() {
    return nanos * 1e-9;
  }
}
