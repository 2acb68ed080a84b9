package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.result.RowCounts;
import io.lanewise.source.DataException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a sample metric has seen. Its rows arrive in their order, one batch at a time.
final class SampleState {
  private final Evaluator evaluator;
  private final SampleMetric.State state;
  private final Map<String, RowsReader> readers = new LinkedHashMap<>();
  private final Map<String, RowCounts> counts = new LinkedHashMap<>();
  private long nanos;

  SampleState(Evaluator evaluator, SampleMetric metric) {
    this.evaluator = evaluator;
    state = metric.newState(evaluator.binding());
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
    boolean[] keep = new boolean[rows.count()];
    int kept = 0;
    long nonFinite = 0;
    boolean clean = RowsReader.allFinite(rows);
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
                    isNull ? "found null" : found,
                    evaluator.policy()));
      }
      nonFinite += found == null ? 0 : 1;
      // A whole-set statistic of NaN says nothing, so 'propagate' is 'skip' here.
      keep[i] = !isNull && found == null;
      kept += keep[i] ? 1 : 0;
    }
    state.update(set, kept == rows.count() ? rows : compact(rows, keep, kept));
    counts.merge(
        set, new RowCounts(rows.count(), kept, reader.nulls(), nonFinite), RowCounts::plus);
    nanos += System.nanoTime() - start;
  }

  private static Rows compact(Rows rows, boolean[] keep, int kept) {
    Map<String, MemorySegment> vectors = new LinkedHashMap<>();
    rows.vectors()
        .forEach((role, data) ->
            vectors.put(
                role, compact(data, keep, kept, (long) rows.width(role) * rows.type().bytes())));
    Map<String, io.lanewise.batch.ScalarColumn> integers = new LinkedHashMap<>();
    rows.integers()
        .forEach((role, column) ->
            integers.put(
                role,
                new io.lanewise.batch.ScalarColumn(
                    column.name(),
                    column.type(),
                    kept,
                    compact(column.data(), keep, kept, column.type().bytes()),
                    io.lanewise.batch.Validity.ALL)));
    return new Rows(rows.first(), kept, rows.type(), vectors, rows.widths(), Map.of(), integers);
  }

  private static MemorySegment compact(MemorySegment data, boolean[] keep, int kept, long row) {
    MemorySegment out = MemorySegment.ofArray(new long[Math.toIntExact((kept * row + 7) / 8)]);
    long to = 0;
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        MemorySegment.copy(data, i * row, out, to, row);
        to += row;
      }
    }
    return out;
  }

  SampleMetric.Finished finish() {
    return state.finish();
  }

  /// The rows of the outputs of a set.
  Batch outputs(String set) {
    return state.outputs(set);
  }

  Map<String, RowCounts> counts() {
    return counts;
  }

  double seconds() {
    return nanos * 1e-9;
  }
}
