package io.lanewise.run;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Output;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// A task whose objective, parameters and columns have been found and fit each other. Immutable;
/// what it has seen is in its states.
final class Evaluator {
  private final Task task;
  private final Objective objective;
  private final SequencedMap<String, SetBinding> sets;
  private final Binding binding;
  private final List<Bins> by;
  private final List<Output> outputs;
  private final MomentLayout layout;
  private final Policy policy;

  Evaluator(
      Task task,
      Objective objective,
      SequencedMap<String, SetBinding> sets,
      Binding unrequested,
      List<Bins> by,
      Policy policy) {
    this.task = task;
    this.objective = objective;
    this.sets = sets;
    this.by = by;
    this.policy = policy;
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
    layout = new MomentLayout(statistics, outputs);
    // Parameters and shapes that do not fit are found here, before any data is read.
    sets.keySet().forEach(this::probe);
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

  /// The names of the measures it will give.
  List<String> measures() {
    return objective instanceof SampleMetric metric
        ? metric.measures(binding)
        : layout.statistics().stream().map(Statistic::name).toList();
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
