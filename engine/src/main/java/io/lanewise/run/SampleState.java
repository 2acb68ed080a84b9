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
import io.lanewise.plan.Policy;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
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

/// What a sample metric has seen, of all rows and of each group. Its rows arrive in their order,
/// one batch at a time.
final class SampleState {
  private final BoundTask evaluator;
  private final SampleMetric.State state;
  private final List<SampleGroups> groups = new ArrayList<>();
  private final Map<String, RowsReader> readers = new LinkedHashMap<>();
  private final Map<String, RowCounts> counts = new LinkedHashMap<>();

  /// For each set the rows that were left out, by number.
  private final Map<String, BitSet> leftOut = new LinkedHashMap<>();

  private long nanos;

  SampleState(BoundTask evaluator, SampleMetric metric) {
    this.evaluator = evaluator;
    state = metric.newState(evaluator.binding());
    evaluator.by().forEach(bins -> groups.add(new SampleGroups(evaluator, metric, bins)));
    evaluator
        .sets()
        .forEach((set, binding) -> {
          readers.put(set, new RowsReader(binding));
          counts.put(set, RowCounts.NONE);
        });
  }

  /// Adds the rows of a batch to a set.
  void update(String set, SetBinding binding, Batch batch) {
    long start = System.nanoTime();
    RowsReader reader = readers.get(set);
    if (reader == null) {
      throw new IllegalStateException(set);
    }
    Rows rows = reader.read(batch);
    try {
      RangeCheck.check(binding, rows);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          batch.file(), "'%s': %s".formatted(evaluator.task().name(), e.getMessage()), e);
    }
    boolean[] keep = new boolean[rows.count()];
    int kept = 0;
    long nonFinite = 0;
    BitSet left = leftOut.computeIfAbsent(set, name -> new BitSet());
    int before = Math.toIntExact(counts.getOrDefault(set, RowCounts.NONE).read());
    boolean clean = RowsReader.allFinite(binding, rows);
    for (int i = 0; i < rows.count(); i++) {
      boolean isNull = reader.nulls() > 0 && reader.isNull(i);
      String found = clean || isNull ? null : RowsReader.firstNonFinite(binding, rows, i);
      if ((isNull || found != null) && evaluator.policy() == Policy.FAIL) {
        throw new DataException(
            batch.file(),
            "row %d of '%s': %s, policy is %s"
                .formatted(
                    batch.firstRowInFile() + i,
                    evaluator.task().name(),
                    isNull ? RowsReader.firstNull(binding, batch, i) : found,
                    evaluator.policy()));
      }
      nonFinite += found == null ? 0 : 1;
      // A whole-set statistic of NaN says nothing, so 'propagate' is 'skip' here.
      keep[i] = !isNull && found == null;
      kept += keep[i] ? 1 : 0;
      if (!keep[i]) {
        left.set(before + i);
      }
    }
    Rows used = kept == rows.count() ? rows : select(rows, indices(keep, kept));
    state.update(set, used);
    for (SampleGroups by : groups) {
      by.update(set, batch, rows, used, keep, reader);
    }
    counts.merge(
        set, new RowCounts(rows.count(), kept, reader.nulls(), nonFinite), RowCounts::plus);
    nanos += System.nanoTime() - start;
  }

  private static int[] indices(boolean[] keep, int kept) {
    int[] indices = new int[kept];
    int to = 0;
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        indices[to++] = i;
      }
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
    later.counts.forEach((set, rows) -> counts.merge(set, rows, RowCounts::plus));
    nanos += later.nanos;
  }

  /// Names what has been seen.
  void fields(StateFields fields) {
    counts.replaceAll((set, rows) -> fields(fields.part("rows").part(set), rows));
    nanos = fields.count("nanoseconds", nanos);
    state.fields(fields.part("state"));
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).fields(fields.part("by-" + i));
    }
  }

  static RowCounts fields(StateFields fields, RowCounts rows) {
    return new RowCounts(
        fields.count("read", rows.read()),
        fields.count("used", rows.used()),
        fields.count("nulls", rows.nulls()),
        fields.count("non-finite", rows.nonFinite()),
        fields.count("empty", rows.empty()));
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
    if (evaluator.outputs(set).stream().noneMatch(o -> finished.rows().containsKey(o.name()))) {
      return state.outputs(set);
    }
    int count = Math.toIntExact(counts.getOrDefault(set, RowCounts.NONE).read());
    BitSet left = leftOut.getOrDefault(set, new BitSet());
    boolean[] out = new boolean[count];
    left.stream().forEach(i -> out[i] = true);
    Validity validity = left.isEmpty() ? Validity.ALL : Bitmaps.valid(out, count);
    List<Column> columns = new ArrayList<>();
    for (Output output : evaluator.outputs(set)) {
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

  Map<String, RowCounts> counts() {
    return counts;
  }

  double seconds() {
    return nanos * 1e-9;
  }
}
