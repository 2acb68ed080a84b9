package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.objective.Output;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.StateFields;
import io.lanewise.result.RowCounts;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.run.group.GroupSort;
import io.lanewise.run.group.Grouping;
import io.lanewise.run.group.Moments;
import io.lanewise.source.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What one worker has seen of the rows of one set of a row objective or transform: its moments,
/// groups and counts. States of different workers merge in any order to the same digits.
final class RowState {
  private final BoundTask task;
  private final String set;
  private final SetBinding binding;
  private final RowsReader reader;
  private final RowFunction function;
  private final List<Output> outputs;
  private final Map<String, double[]> numbers = new LinkedHashMap<>();
  private final Map<String, Scratch> scratch = new HashMap<>();
  private final Moments moments;
  private final List<Grouping> groupings = new ArrayList<>();
  private final GroupSort sorted = new GroupSort();
  private final RowScreen screen;
  private RowCounts counts = RowCounts.NONE;
  private long nanos;
  private @Nullable Evaluated evaluated;

  /// Rows with a weight other than 0, for each role of weights.
  private final SequencedMap<String, Long> weighted = new LinkedHashMap<>();

  RowState(BoundTask task, String set) {
    this.task = task;
    this.set = set;
    this.binding = Objects.requireNonNull(task.sets().get(set));
    reader = new RowsReader(binding);
    function = task.function(set);
    outputs = task.outputs(set);
    screen = new RowScreen(task.task().name(), task.policy(), true);
    for (Role role : binding.set().roles()) {
      if (role.range() == Range.WEIGHT && binding.types().containsKey(role.name())) {
        weighted.put(role.name(), 0L);
      }
    }
    moments = task.layout().newMoments(set);
    task.binnings()
        .forEach(binning -> groupings.add(new Grouping(binning, task.policy(), task.layout())));
  }

  /// Evaluates the rows of a batch. Nothing of them is counted, whatever is wrong with them, until
  /// [#add].
  void evaluate(Batch batch) {
    long start = System.nanoTime();
    evaluated = null;
    Rows rows = reader.read(batch);
    RowOutputs out = outputsFor(rows);
    try {
      RangeCheck.check(binding, rows);
      function.evaluate(rows, out);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          batch.file(), "'%s': %s".formatted(task.task().name(), e.getMessage()), e);
    }
    RowCounts found = screen.screen(batch, new Faults(batch, rows, out));
    List<int[]> groups = groupings.stream().map(grouping -> grouping.numbers(batch)).toList();
    evaluated = new Evaluated(batch, rows, out, found, groups);
    nanos += System.nanoTime() - start;
  }

  /// Counts in the rows that were evaluated last.
  void add() {
    long start = System.nanoTime();
    Evaluated last = Objects.requireNonNull(evaluated);
    weighted.replaceAll((role, count) -> count + countWeighted(last.rows, role));
    counts = counts.plus(last.found);
    add(last.rows.count(), last.groups);
    nanos += System.nanoTime() - start;
  }

  /// The per-row outputs of the rows that were evaluated last; valid until the next ones are.
  Batch outputs() {
    Evaluated last = Objects.requireNonNull(evaluated);
    return asBatch(last.batch, last.rows, last.out);
  }

  /// A batch and what was computed of it.
  ///
  /// @param found what becomes of its rows
  /// @param groups the number of each row's group, for each grouping
  private record Evaluated(
      Batch batch, Rows rows, RowOutputs out, RowCounts found, List<int[]> groups) {}

  private static long countWeighted(Rows rows, String role) {
    MemorySegment data = rows.vector(role);
    long count = 0;
    for (int i = 0; i < rows.count(); i++) {
      count += rows.element(data, i) != 0 && !rows.isNull(i) ? 1 : 0;
    }
    return count;
  }

  /// Refuses weights that are all 0: a mean with them is of nothing.
  void requireWeights() {
    weighted.forEach((role, count) -> {
      if (count == 0 && counts.used() > 0) {
        throw new DataException(
            "evaluation '%s'".formatted(task.task().name()),
            "column '%s': found weight 0 in all %d rows, expected more than 0 in some"
                .formatted(
                    binding.columns().getOrDefault(role, List.of()).getFirst().name(),
                    counts.used()));
      }
    });
  }

  private RowOutputs outputsFor(Rows rows) {
    Map<String, MemorySegment> vectors = new LinkedHashMap<>();
    for (Output output : outputs) {
      if (output.isVector()) {
        long elements = (long) rows.count() * task.width(output);
        vectors.put(
            output.name(),
            scratch
                .computeIfAbsent(output.name(), name -> new Scratch())
                .bytes(elements * rows.type().bytes()));
      } else {
        numbers.compute(
            output.name(),
            (name, values) ->
                values == null || values.length < rows.count() ? new double[rows.count()] : values);
      }
    }
    return new RowOutputs(numbers, vectors);
  }

  /// What is wrong with rows and what was computed of them.
  private final class Faults implements RowScreen.Faults {
    private final Batch batch;
    private final Rows rows;
    private final RowOutputs out;
    private final boolean vectorsFinite;

    Faults(Batch batch, Rows rows, RowOutputs out) {
      this.batch = batch;
      this.rows = rows;
      this.out = out;
      vectorsFinite = vectorsFinite(rows, out);
    }

    @Override
    public boolean none() {
      return vectorsFinite
          && reader.nulls() == 0
          && out.empty().isEmpty()
          && numbersFinite(rows, out);
    }

    @Override
    public boolean isNull(int row) {
      return reader.nulls() > 0 && reader.isNull(row);
    }

    @Override
    public boolean isEmpty(int row) {
      return out.empty().get(row);
    }

    @Override
    public boolean isNonFinite(int row) {
      return nonFiniteOutput(out, row, vectorsFinite) != null;
    }

    @Override
    public String describeNull(int row) {
      return RowsReader.firstNull(binding, batch, row);
    }

    @Override
    public String describeNonFinite(int row) {
      String input = RowsReader.firstNonFinite(binding, rows, row);
      return input == null
          ? nonFiniteOutput(out, row, vectorsFinite) + " from finite input"
          : input;
    }
  }

  private boolean vectorsFinite(Rows rows, RowOutputs out) {
    for (Output output : outputs) {
      if (output.isVector()) {
        MemorySegment values = out.vector(output.name());
        if (RowsReader.firstNonFinite(rows.type(), values) >= 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean numbersFinite(Rows rows, RowOutputs out) {
    for (double[] values : out.numbers().values()) {
      for (int i = 0; i < rows.count(); i++) {
        if (!Double.isFinite(values[i])) {
          return false;
        }
      }
    }
    return true;
  }

  private @Nullable String nonFiniteOutput(RowOutputs out, int i, boolean vectorsFinite) {
    for (Output output : outputs) {
      if (!output.isVector() && !Double.isFinite(out.number(output.name())[i])) {
        return "'%s': found %s".formatted(output.name(), out.number(output.name())[i]);
      }
    }
    for (Output output : outputs) {
      if (output.isVector() && !vectorsFinite) {
        int width = task.width(output);
        long bytes = (long) width * binding.type().bytes();
        long at =
            RowsReader.firstNonFinite(
                binding.type(), out.vector(output.name()).asSlice(i * bytes, bytes));
        if (at >= 0) {
          return "'%s' element %d: found NaN or infinity".formatted(output.name(), at);
        }
      }
    }
    return null;
  }

  private void add(int count, List<int[]> groups) {
    double[][] columns =
        task.layout().outputs(set).stream().map(numbers::get).toArray(double[][]::new);
    boolean[] excluded = screen.excluded();
    int from = 0;
    while (from < count) {
      int to = screen.anyExcluded() ? from : count;
      while (to < count && !excluded[to]) {
        to++;
      }
      moments.add(columns, from, to);
      from = to + 1;
    }
    for (int g = 0; g < groupings.size(); g++) {
      Grouping grouping = groupings.get(g);
      int[] groupOf = groups.get(g);
      sorted.sort(groupOf, count, screen.anyExcluded() ? excluded : null);
      double[][] values = sorted.gather(columns);
      for (int run = 0; run < sorted.runs(); run++) {
        grouping.add(
            grouping.numbered(sorted.group(run)), set, values, sorted.start(run), sorted.end(run));
      }
      for (int i = 0; screen.anyFault() && i < count; i++) {
        grouping.numbered(groupOf[i]).addFault(screen.fate(i));
      }
    }
  }

  private Batch asBatch(Batch batch, Rows rows, RowOutputs out) {
    Validity validity =
        screen.anyExcluded() ? Bitmaps.valid(screen.excluded(), rows.count()) : Validity.ALL;
    List<Column> columns = new ArrayList<>();
    for (Output output : outputs) {
      if (output.isVector()) {
        columns.add(
            new VectorColumn(
                output.name(),
                rows.type(),
                rows.count(),
                task.width(output),
                out.vector(output.name()),
                validity,
                Validity.ALL));
      } else {
        columns.add(
            new ScalarColumn(
                output.name(),
                output.integral() ? DType.INT64 : DType.FLOAT64,
                rows.count(),
                offHeap(output, out.number(output.name()), rows.count()),
                validity));
      }
    }
    return new Batch(batch.file(), batch.firstRow(), rows.count(), columns, () -> {});
  }

  private MemorySegment offHeap(Output output, double[] values, int count) {
    MemorySegment memory =
        scratch
            .computeIfAbsent(output.name(), name -> new Scratch())
            .bytes((long) count * Double.BYTES);
    if (output.integral()) {
      for (int i = 0; i < count; i++) {
        memory.setAtIndex(ValueLayout.JAVA_LONG, i, (long) values[i]);
      }
    } else {
      MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_DOUBLE, 0, count);
    }
    return memory;
  }

  /// Adds what another worker has seen.
  void merge(RowState other) {
    for (int i = 0; i < groupings.size(); i++) {
      groupings.get(i).requireSameKind(other.groupings.get(i));
    }
    moments.merge(other.moments);
    for (int i = 0; i < groupings.size(); i++) {
      groupings.get(i).merge(other.groupings.get(i));
    }
    counts = counts.plus(other.counts);
    other.weighted.forEach((role, count) -> weighted.merge(role, count, Long::sum));
    nanos += other.nanos;
  }

  /// Names what has been seen.
  void fields(StateFields fields) {
    counts = RowCountFields.of(fields, counts);
    weighted.replaceAll((role, count) -> fields.count("weighted-" + role, count));
    nanos = fields.count("nanoseconds", nanos);
    Moments.fields(fields.part("moments"), List.of(moments));
    for (int i = 0; i < groupings.size(); i++) {
      groupings.get(i).fields(fields.part("by-" + i), List.of(set));
    }
  }

  Moments moments() {
    return moments;
  }

  List<Grouping> groupings() {
    return groupings;
  }

  RowCounts counts() {
    return counts;
  }

  double seconds() {
    return nanos * 1e-9;
  }
}
