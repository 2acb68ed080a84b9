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
import io.lanewise.plan.Policy;
import io.lanewise.result.RowCounts;
import io.lanewise.source.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one worker has seen of the rows of one set of a row objective or transform: its moments,
/// groups and counts. States of different workers merge in any order to the same digits.
final class RowState {
  private final BoundTask evaluator;
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
  private boolean[] left = new boolean[0];
  private boolean[] nonFiniteRow = new boolean[0];
  private boolean anyNonFinite;
  private long read;
  private long used;
  private long nulls;
  private long nonFinite;
  private long empty;
  private long nanos;

  /// Rows with a weight other than 0, for each role of weights.
  private final SequencedMap<String, Long> weighted = new LinkedHashMap<>();

  RowState(BoundTask evaluator, String set, SetBinding binding) {
    this.evaluator = evaluator;
    this.set = set;
    this.binding = binding;
    reader = new RowsReader(binding);
    function = evaluator.function(set);
    outputs = evaluator.outputs(set);
    for (Role role : binding.set().roles()) {
      if (role.range() == Range.WEIGHT && binding.types().containsKey(role.name())) {
        weighted.put(role.name(), 0L);
      }
    }
    moments = evaluator.layout().newMoments(set);
    evaluator
        .binnings()
        .forEach(binning ->
            groupings.add(new Grouping(binning, evaluator.policy(), evaluator.layout())));
  }

  /// Evaluates the rows of a batch and adds them.
  ///
  /// @return gives the per-row outputs, until the next call
  Supplier<Batch> update(Batch batch) {
    long start = System.nanoTime();
    Rows rows = reader.read(batch);
    RowOutputs out = outputsFor(rows);
    try {
      RangeCheck.check(binding, rows);
      function.evaluate(rows, out);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          batch.file(), "'%s': %s".formatted(evaluator.task().name(), e.getMessage()), e);
    }
    weighted.replaceAll((role, count) -> count + countWeighted(rows, role));
    boolean anyLeft = leaveOut(batch, rows, out);
    add(batch, out, rows.count(), anyLeft);
    nanos += System.nanoTime() - start;
    return () -> asBatch(batch, rows, out, anyLeft);
  }

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
      if (count == 0 && used > 0) {
        throw new DataException(
            "evaluation '%s'".formatted(evaluator.task().name()),
            "column '%s': found weight 0 in all %d rows, expected more than 0 in some"
                .formatted(
                    binding.columns().getOrDefault(role, List.of()).getFirst().name(), used));
      }
    });
  }

  private RowOutputs outputsFor(Rows rows) {
    Map<String, MemorySegment> vectors = new LinkedHashMap<>();
    for (Output output : outputs) {
      if (output.isVector()) {
        long elements = (long) rows.count() * evaluator.width(output);
        vectors.put(
            output.name(),
            scratch
                .computeIfAbsent(output.name(), name -> new Scratch())
                .bytes(elements * rows.type().bytes()));
      } else if (numbers.getOrDefault(output.name(), new double[0]).length < rows.count()) {
        numbers.put(output.name(), new double[rows.count()]);
      }
    }
    return new RowOutputs(numbers, vectors);
  }

  /// Marks the rows that are not to be used, as the policy says.
  private boolean leaveOut(Batch batch, Rows rows, RowOutputs out) {
    if (left.length < rows.count()) {
      left = new boolean[rows.count()];
      nonFiniteRow = new boolean[rows.count()];
    }
    boolean any = false;
    anyNonFinite = false;
    boolean clean = vectorsFinite(rows, out);
    if (clean && reader.nulls() == 0 && out.empty().isEmpty() && numbersFinite(rows, out)) {
      return false;
    }
    for (int i = 0; i < rows.count(); i++) {
      left[i] = false;
      nonFiniteRow[i] = false;
      if (reader.nulls() > 0 && reader.isNull(i)) {
        nulls++;
        if (evaluator.policy() == Policy.FAIL) {
          throw bad(batch, i, RowsReader.firstNull(binding, batch, i));
        }
        left[i] = true;
        any = true;
        continue;
      }
      if (out.empty().get(i)) {
        empty++;
        left[i] = true;
        any = true;
        continue;
      }
      String culprit = nonFiniteOutput(out, i, clean);
      if (culprit != null) {
        nonFinite++;
        nonFiniteRow[i] = true;
        anyNonFinite = true;
        if (evaluator.policy() == Policy.FAIL) {
          String input = RowsReader.firstNonFinite(binding, rows, i);
          throw bad(batch, i, input == null ? culprit + " from finite input" : input);
        }
        left[i] = evaluator.policy() == Policy.SKIP;
        any |= left[i];
      }
    }
    return any;
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
        int width = evaluator.width(output);
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

  private DataException bad(Batch batch, int row, String found) {
    return new DataException(
        batch.file(),
        "row %d of '%s': %s, policy is %s"
            .formatted(
                batch.firstRowInFile() + row, evaluator.task().name(), found, evaluator.policy()));
  }

  private void add(Batch batch, RowOutputs out, int count, boolean anyLeft) {
    double[][] columns =
        evaluator.layout().outputs(set).stream().map(numbers::get).toArray(double[][]::new);
    read += count;
    int from = 0;
    while (from < count) {
      int to = from;
      while (to < count && !(anyLeft && left[to])) {
        to++;
      }
      moments.add(columns, from, to);
      used += to - from;
      from = to + 1;
    }
    Function<String, Moments> newMoments = evaluator.layout()::newMoments;
    for (Grouping grouping : groupings) {
      int[] numbers = grouping.numbers(batch);
      sorted.sort(numbers, count, anyLeft ? left : null);
      double[][] values = sorted.gather(columns);
      for (int run = 0; run < sorted.runs(); run++) {
        Grouping.Group group = grouping.numbered(sorted.group(run));
        int rows = sorted.end(run) - sorted.start(run);
        group.read += rows;
        group.used += rows;
        group
            .moments
            .computeIfAbsent(set, newMoments)
            .add(values, sorted.start(run), sorted.end(run));
      }
      if (anyLeft || anyNonFinite) {
        count(grouping, numbers, out, count, anyLeft);
      }
    }
  }

  /// Counts the rows that are left out, and those that are not finite.
  private void count(Grouping grouping, int[] numbers, RowOutputs out, int count, boolean anyLeft) {
    for (int i = 0; i < count; i++) {
      Grouping.Group group = grouping.numbered(numbers[i]);
      if (anyLeft && left[i]) {
        group.read++;
        if (reader.isNull(i)) {
          group.nulls++;
        } else if (out.empty().get(i)) {
          group.empty++;
        }
      }
      if (anyNonFinite && nonFiniteRow[i]) {
        group.nonFinite++;
      }
    }
  }

  private Batch asBatch(Batch batch, Rows rows, RowOutputs out, boolean anyLeft) {
    Validity validity = anyLeft ? Bitmaps.valid(left, rows.count()) : Validity.ALL;
    List<Column> columns = new ArrayList<>();
    for (Output output : outputs) {
      if (output.isVector()) {
        columns.add(
            new VectorColumn(
                output.name(),
                rows.type(),
                rows.count(),
                evaluator.width(output),
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
    moments.merge(other.moments);
    for (int i = 0; i < groupings.size(); i++) {
      groupings.get(i).requireSameKind(other.groupings.get(i));
      groupings.get(i).merge(other.groupings.get(i));
    }
    read += other.read;
    used += other.used;
    nulls += other.nulls;
    nonFinite += other.nonFinite;
    empty += other.empty;
    other.weighted.forEach((role, count) -> weighted.merge(role, count, Long::sum));
    nanos += other.nanos;
  }

  /// Names what has been seen.
  void fields(StateFields fields) {
    read = fields.count("read", read);
    used = fields.count("used", used);
    nulls = fields.count("nulls", nulls);
    nonFinite = fields.count("non-finite", nonFinite);
    empty = fields.count("empty", empty);
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
    return new RowCounts(read, used, nulls, nonFinite, empty);
  }

  double seconds() {
    return nanos * 1e-9;
  }
}
