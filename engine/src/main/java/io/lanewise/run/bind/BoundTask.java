package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.objective.Binding;
import io.lanewise.objective.BlockMeans;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
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
import io.lanewise.run.group.Binning;
import io.lanewise.run.group.MomentLayout;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A task whose objective, parameters and columns have been found and fit each other. Immutable:
/// what follows from all rows, edges of bins and means over blocks, makes another one of it, and
/// what a run has seen is in its state.
public final class BoundTask {
  private final Task task;
  private final Objective objective;
  private final SequencedMap<String, SetBinding> sets;
  private final Binding binding;
  private final List<Bins> by;
  private final Map<Bins, Set<String>> ungroupedSets;
  private final List<Output> outputs;
  private final MomentLayout layout;
  private final Policy policy;

  /// The bins whose edges are known, those that follow from the data once they have been read.
  private final Map<Bins, Binning> binnings;

  private BoundTask(BoundTask of, Binding binding, Map<Bins, Binning> binnings) {
    task = of.task;
    objective = of.objective;
    sets = of.sets;
    this.binding = binding;
    by = of.by;
    ungroupedSets = of.ungroupedSets;
    outputs = of.outputs;
    layout = of.layout;
    policy = of.policy;
    this.binnings = Map.copyOf(binnings);
  }

  /// @param unrequested what the objective is bound to, without the outputs that are asked for
  /// @param ungroupedSets for each of the bins, the sets that they do not put into groups
  /// @throws IllegalArgumentException if parameters and columns do not fit the objective
  public BoundTask(
      Task task,
      Objective objective,
      SequencedMap<String, SetBinding> sets,
      Binding unrequested,
      List<Bins> by,
      Map<Bins, Set<String>> ungroupedSets,
      Policy policy) {
    this.task = task;
    this.objective = objective;
    this.sets = sets;
    this.by = by;
    this.ungroupedSets = ungroupedSets;
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
    layout = new MomentLayout(statistics, outputs, outputsWithQuantiles(), quantiles());
    Map<Bins, Binning> known = new LinkedHashMap<>();
    for (Bins bins : by) {
      if (!bins.edgesDependOnData()) {
        known.put(bins, Binning.of(bins));
      }
    }
    binnings = Map.copyOf(known);
    // Parameters and shapes that do not fit are found here, before any data is read.
    sets.keySet().forEach(this::probe);
  }

  /// What is wrong with the first column that was taken only because no other has its shape, if
  /// there is one.
  public Optional<String> unnamed() {
    for (SetBinding set : sets.values()) {
      for (Role role : set.set().roles()) {
        boolean named =
            task.columns().containsKey(role.name())
                || task.columns().containsKey(set.set().name() + "." + role.name());
        for (ColumnType column : set.columns().getOrDefault(role.name(), List.of())) {
          if (!named && !role.isCalled(column.name()) && !role.isKnownAs(column.name())) {
            return Optional.of(
                "found column '%s' for role '%s' by its shape alone, expected one of that name"
                    .formatted(column.name(), role.name()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// The quantiles to report.
  public List<Double> quantiles() {
    List<Double> asked = task.quantiles();
    if (asked != null) {
      return asked;
    }
    return objective instanceof RowObjective rows ? rows.quantiles() : List.of();
  }

  /// The outputs whose quantiles are reported; none if no quantile is.
  private List<Output> outputsWithQuantiles() {
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
  public BlockMeans.@Nullable Request blockMeans() {
    return objective instanceof Transform transform ? transform.blockMeans(binding) : null;
  }

  /// The same with the means that [#blockMeans] asks for.
  public BoundTask withBlockMeans(BlockMeans means) {
    return new BoundTask(this, binding.withBlockMeans(means), binnings);
  }

  /// The same with edges for bins that follow from the data.
  public BoundTask withEdges(Bins bins, Binning binning) {
    Map<Bins, Binning> known = new LinkedHashMap<>(binnings);
    known.put(bins, binning);
    return new BoundTask(this, binding, known);
  }

  /// These bins with their edges.
  public Binning binning(Bins bins) {
    return Objects.requireNonNull(binnings.get(bins));
  }

  /// The bins with their edges, in the order of [#by].
  public List<Binning> binnings() {
    return by.stream().map(this::binning).toList();
  }

  private void probe(String set) {
    if (objective instanceof SampleMetric metric) {
      metric.newState(binding);
    } else {
      function(set);
    }
  }

  public Task task() {
    return task;
  }

  public Objective objective() {
    return objective;
  }

  public Descriptor descriptor() {
    return objective.descriptor();
  }

  public Binding binding() {
    return binding;
  }

  public SequencedMap<String, SetBinding> sets() {
    return sets;
  }

  public List<Bins> by() {
    return by;
  }

  /// The sets that a column does not put into groups: their rows count in each group. Only a sample
  /// metric has any.
  public Set<String> ungroupedSets(Bins bins) {
    return ungroupedSets.getOrDefault(bins, Set.of());
  }

  public Policy policy() {
    return policy;
  }

  public MomentLayout layout() {
    return layout;
  }

  /// The outputs computed for rows of a set.
  public List<Output> outputs(String set) {
    return outputs.stream().filter(o -> o.set().equals(set)).toList();
  }

  /// How many elements a row of a vector output holds.
  public int width(Output output) {
    return objective.width(binding, output);
  }

  /// Whether the outputs of a set differ in their numbers of rows.
  public boolean writesTables() {
    return objective instanceof SampleMetric metric && metric.writesTables(binding);
  }

  /// The names of the measures it will give.
  public List<String> measures() {
    return objective instanceof SampleMetric metric ? metric.measures(binding) : layout.names();
  }

  /// What a row objective or transform says of its results over all rows.
  public Conclusion conclude(List<Measure> measures, List<Breakdown> breakdowns) {
    return switch (objective) {
      case RowObjective rows -> rows.conclude(binding, measures, breakdowns);
      case Transform transform -> transform.conclude(binding, measures, breakdowns);
      case SampleMetric metric -> Conclusion.NONE;
    };
  }

  /// A function for the rows of a set, for one worker.
  public RowFunction function(String set) {
    return switch (objective) {
      case RowObjective rows -> rows.bind(binding, set);
      case Transform transform -> transform.bind(binding, set);
      case SampleMetric metric -> throw new IllegalStateException(metric.descriptor().id());
    };
  }

  /// The sets that read data set `dataSet`, with their columns.
  public SequencedMap<String, SetBinding> setsOn(String dataSet) {
    SequencedMap<String, SetBinding> result = new LinkedHashMap<>();
    sets.forEach((name, set) -> {
      if (dataSet.equals(task.data().get(name))) {
        result.put(name, set);
      }
    });
    return result;
  }
}
