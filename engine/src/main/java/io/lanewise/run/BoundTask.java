package io.lanewise.run;

import io.lanewise.objective.Binding;
import io.lanewise.objective.BlockMeans;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Output;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A task whose objective, parameters and columns have been found and fit each other. Immutable;
/// what it has seen is in its states. (What follows from all rows, edges of bins and means over
/// blocks, is told once before.)
final class BoundTask {
  private final Task task;
  private final Objective objective;
  private final SequencedMap<String, SetBinding> sets;
  private Binding binding;
  private final List<Bins> by;
  private final Map<Bins, Set<String>> whole;
  private final List<Output> outputs;
  private final MomentLayout layout;
  private final Policy policy;

  /// The bins with their edges, in the order of `by`; those that need to see the data first are
  /// missing until [#place].
  private final Map<Bins, Binning> binnings = new LinkedHashMap<>();

  BoundTask(
      Task task,
      Objective objective,
      SequencedMap<String, SetBinding> sets,
      Binding unrequested,
      List<Bins> by,
      Map<Bins, Set<String>> whole,
      Policy policy) {
    this.task = task;
    this.objective = objective;
    this.sets = sets;
    this.by = by;
    this.whole = whole;
    this.policy = policy;
    sets.forEach((name, set) -> set.set().requireChoices(role -> unrequested.has(name, role)));
    List<Statistic> statistics =
        switch (objective) {
          case RowObjective rows -> rows.statistics(unrequested);
          case Transform transform -> transform.statistics(unrequested);
          case SampleMetric metric -> List.of();
        };
    Set<String> requested = new LinkedHashSet<>(task.outputs());
    statistics.forEach(s -> requested.addAll(s.outputs()));
    outputs =
        objective.descriptor().outputs().stream()
            .filter(o -> o.always() || requested.contains(o.name()))
            .filter(o -> sets.containsKey(o.set()))
            .toList();
    outputs.forEach(o -> requested.add(o.name()));
    binding =
        new Binding(
            unrequested.parameters(),
            unrequested.roles(),
            unrequested.rowCounts(),
            Set.copyOf(requested),
            unrequested.kernels(),
            unrequested.workers());
    layout = new MomentLayout(statistics, outputs, spreads(), quantiles());
    for (Bins bins : by) {
      if (!bins.edgesDependOnData()) {
        place(bins, Binning.of(bins));
      }
    }
    // Parameters and shapes that do not fit are found here, before any data is read.
    sets.keySet().forEach(this::probe);
  }

  /// The quantiles to report.
  List<Double> quantiles() {
    List<Double> asked = task.quantiles();
    if (asked != null) {
      return asked;
    }
    return objective instanceof RowObjective rows ? rows.quantiles() : List.of();
  }

  /// The outputs whose quantiles are reported; none if no quantile is.
  private List<Output> spreads() {
    if (quantiles().isEmpty()) {
      return List.of();
    }
    return switch (objective) {
      case RowObjective rows -> {
        List<String> names = rows.spreadOutputs(binding);
        yield outputs.stream().filter(o -> names.contains(o.name())).toList();
      }
      case Transform transform ->
          outputs.stream().filter(o -> o.always() && !o.isVector()).toList();
      case SampleMetric metric ->
          throw new IllegalArgumentException(
              "quantiles: found %s, expected none for a sample metric".formatted(quantiles()));
    };
  }

  /// What a transform asks for of all rows; null for nothing.
  BlockMeans.@Nullable Request blockMeans() {
    return objective instanceof Transform transform ? transform.blockMeans(binding) : null;
  }

  /// Gives a transform what it asked for, before any row is transformed.
  void know(BlockMeans means) {
    binding = binding.withBlockMeans(means);
  }

  /// Gives bins their edges, before any row is read.
  void place(Bins bins, Binning binning) {
    binnings.put(bins, binning);
  }

  /// These bins with their edges.
  Binning binning(Bins bins) {
    return Objects.requireNonNull(binnings.get(bins));
  }

  /// The bins with their edges, in the order of [#by].
  List<Binning> binnings() {
    return by.stream().map(this::binning).toList();
  }

  private void probe(String set) {
    if (objective instanceof SampleMetric metric) {
      metric.newState(binding);
    } else {
      function(set);
    }
  }

  Task task() {
    return task;
  }

  Objective objective() {
    return objective;
  }

  Descriptor descriptor() {
    return objective.descriptor();
  }

  Binding binding() {
    return binding;
  }

  SequencedMap<String, SetBinding> sets() {
    return sets;
  }

  List<Bins> by() {
    return by;
  }

  /// The sets that a column does not put into groups: their rows count in each group. Only a sample
  /// metric has any.
  Set<String> whole(Bins bins) {
    return whole.getOrDefault(bins, Set.of());
  }

  Policy policy() {
    return policy;
  }

  MomentLayout layout() {
    return layout;
  }

  /// The outputs computed for rows of a set.
  List<Output> outputs(String set) {
    return outputs.stream().filter(o -> o.set().equals(set)).toList();
  }

  /// How many elements a row of a vector output holds.
  int width(Output output) {
    return objective.width(binding, output);
  }

  /// Whether the outputs of a set differ in their numbers of rows.
  boolean writesTables() {
    return objective instanceof SampleMetric metric && metric.writesTables(binding);
  }

  /// The names of the measures it will give.
  List<String> measures() {
    return objective instanceof SampleMetric metric ? metric.measures(binding) : layout.names();
  }

  /// What a row objective or transform says of its results over all rows.
  Conclusion conclude(List<Measure> measures, List<Breakdown> breakdowns) {
    return switch (objective) {
      case RowObjective rows -> rows.conclude(binding, measures, breakdowns);
      case Transform transform -> transform.conclude(binding, measures, breakdowns);
      case SampleMetric metric -> Conclusion.NONE;
    };
  }

  /// A function for the rows of a set, for one worker.
  RowFunction function(String set) {
    return switch (objective) {
      case RowObjective rows -> rows.bind(binding, set);
      case Transform transform -> transform.bind(binding, set);
      case SampleMetric metric -> throw new IllegalStateException(metric.descriptor().id());
    };
  }

  /// Which columns of a batch a pass over data set `dataSet` has to read for this task, by set.
  Map<String, SetBinding> setsOn(String dataSet) {
    SequencedMap<String, SetBinding> result = new LinkedHashMap<>();
    sets.forEach((name, set) -> {
      if (dataSet.equals(task.data().get(name))) {
        result.put(name, set);
      }
    });
    return result;
  }
}
