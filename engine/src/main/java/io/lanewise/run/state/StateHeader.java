package io.lanewise.run.state;

import io.lanewise.batch.ColumnType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Workers;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Model;
import io.lanewise.plan.Models;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Provenance;
import io.lanewise.result.Version;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.DataException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// The header of a state file: everything needed to rebuild the states, and the provenance of the
/// rows.
///
/// @param version the Lanewise that wrote it
/// @param title the plan's
/// @param policy the plan's
/// @param precision the plan's
/// @param facts the plan's
/// @param checks the plan's
/// @param evaluations what was evaluated
/// @param inputs the files by data set
/// @param runs the runs that read them
public record StateHeader(
    String version,
    String title,
    Policy policy,
    Precision precision,
    SequencedMap<String, String> facts,
    List<Check> checks,
    List<Bound> evaluations,
    Map<String, List<Provenance.InputFile>> inputs,
    List<Provenance.Run> runs) {
  /// An evaluation and the columns it was bound to.
  ///
  /// @param task with all parameters and the data set of each set
  /// @param sets the columns in the roles of each set
  /// @param ungroupedSets for each column of `by`, the sets it does not group
  public record Bound(
      Task task, SequencedMap<String, SetBinding> sets, List<Set<String>> ungroupedSets) {}

  /// The same, if this Lanewise can read it. What a number means is written in the objective, which
  /// may differ between versions.
  StateHeader requireVersion(String place) {
    if (!version.equals(Version.TEXT)) {
      throw new DataException(
          place,
          "found a state of Lanewise %s, expected one of %s".formatted(version, Version.TEXT));
    }
    return this;
  }

  /// Whether no rows of a data set came through a pipe.
  public boolean isFromFiles(String dataSet) {
    return inputs.getOrDefault(dataSet, List.of()).stream().allMatch(file -> file.bytes() >= 0);
  }

  /// Whether an evaluation reads rows of a data set.
  public boolean reads(String dataSet) {
    return evaluations.stream().anyMatch(bound -> bound.task.data().containsValue(dataSet));
  }

  public static StateHeader of(Plan plan, List<BoundTask> tasks, Provenance provenance) {
    List<Bound> bound = new ArrayList<>();
    for (BoundTask task : tasks) {
      Task stored =
          Task.of(task.descriptor().id())
              .named(task.task().name())
              .on(task.task().data())
              .outputs(task.task().outputs())
              .quantiles(task.quantiles());
      Model model = task.task().model();
      if (model != null) {
        stored = stored.of(model, task.task().evaluation());
      }
      for (var parameter : task.binding().parameters().asText().entrySet()) {
        stored = stored.parameter(parameter.getKey(), parameter.getValue());
      }
      for (Bins bins : task.by()) {
        stored = stored.by(bins);
      }
      bound.add(
          new Bound(stored, task.sets(), task.by().stream().map(task::ungroupedSets).toList()));
    }
    return new StateHeader(
        provenance.version(),
        plan.title(),
        plan.options().policy(),
        plan.options().precision(),
        plan.facts(),
        plan.checks(),
        bound,
        provenance.inputs(),
        provenance.runs().isEmpty() ? List.of(provenance.run()) : provenance.runs());
  }

  /// The plan that this came from; its files are those that were read.
  public Plan plan(Options options) {
    SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    inputs.forEach(
        (name, files) -> data.put(name, files.stream().map(Provenance.InputFile::path).toList()));
    return new Plan(
        title,
        data,
        Models.none(),
        evaluations.stream().map(Bound::task).toList(),
        checks,
        facts,
        options.toBuilder().policy(policy).precision(precision).build());
  }

  /// The evaluations, bound as they were.
  ///
  /// @throws DataException if they do not fit the objectives of this Lanewise
  public List<BoundTask> tasks(String place, Workers workers) {
    List<BoundTask> result = new ArrayList<>();
    for (Bound bound : evaluations) {
      String here = "%s: evaluation '%s'".formatted(place, bound.task.name());
      try {
        BoundTask task = task(here, bound, workers);
        StateSupport.requireStorable(task);
        result.add(task);
      } catch (IllegalArgumentException e) {
        throw new DataException(here, String.valueOf(e.getMessage()), e);
      } catch (ArithmeticException | NegativeArraySizeException | OutOfMemoryError e) {
        // No run has written such a width: its own state would not have fitted either.
        throw new DataException(
            here, "found columns too wide for the memory, expected narrower ones", e);
      }
    }
    return result;
  }

  private BoundTask task(String place, Bound bound, Workers workers) {
    Objective objective = Objectives.get(bound.task.objective());
    Descriptor descriptor = objective.descriptor();
    Map<String, Map<String, ColumnType>> roles = new LinkedHashMap<>();
    Map<String, OptionalLong> rowCounts = new LinkedHashMap<>();
    for (RowSet set : descriptor.sets()) {
      SetBinding binding = bound.sets.get(set.name());
      if (binding != null) {
        roles.put(set.name(), binding.types());
        rowCounts.put(set.name(), OptionalLong.empty());
      } else if (set.required()) {
        throw new DataException(place, "found no set '%s', expected it".formatted(set.name()));
      }
    }
    Binding binding =
        new Binding(
            new Parameters(descriptor.parameters(), bound.task.parameters(), ParameterFile::expand),
            roles,
            rowCounts,
            Set.of(),
            Kernels.active().in(precision),
            workers);
    Map<Bins, Set<String>> ungrouped = new LinkedHashMap<>();
    for (int i = 0; i < bound.ungroupedSets.size(); i++) {
      ungrouped.put(bound.task.by().get(i), bound.ungroupedSets.get(i));
    }
    return new BoundTask(
        bound.task, objective, bound.sets, binding, bound.task.by(), ungrouped, policy);
  }

  /// The same with what the other headers warn of as well.
  ///
  /// @param others of the same plan, as [#requireSame] finds
  public StateHeader withWarningsOf(Collection<StateHeader> others) {
    List<Bound> all = new ArrayList<>();
    for (int i = 0; i < evaluations.size(); i++) {
      Bound bound = evaluations.get(i);
      SequencedMap<String, SetBinding> sets = new LinkedHashMap<>();
      for (Map.Entry<String, SetBinding> set : bound.sets.entrySet()) {
        SetBinding binding = set.getValue();
        for (StateHeader other : others) {
          binding =
              binding.withWarnings(
                  other.evaluations.get(i).sets.getOrDefault(set.getKey(), binding).warnings());
        }
        sets.put(set.getKey(), binding);
      }
      all.add(new Bound(bound.task, sets, bound.ungroupedSets));
    }
    return new StateHeader(version, title, policy, precision, facts, checks, all, inputs, runs);
  }

  /// Refuses another state unless it has the same plan over columns of the same types, and comes
  /// from the same version of Lanewise.
  ///
  /// @throws IllegalArgumentException naming the first difference
  public void requireSame(String place, StateHeader other, String otherPlace) {
    SequencedMap<String, String> mine = identity();
    SequencedMap<String, String> theirs = other.identity();
    SequencedSet<String> keys = new LinkedHashSet<>(mine.sequencedKeySet());
    keys.addAll(theirs.sequencedKeySet());
    for (String key : keys) {
      String expected = mine.getOrDefault(key, "nothing");
      String found = theirs.getOrDefault(key, "nothing");
      if (!expected.equals(found)) {
        throw new IllegalArgumentException(
            "%s: %s: found %s, expected %s as in %s"
                .formatted(otherPlace, key, found, expected, place));
      }
    }
  }

  /// What must be equal for states to be merged, by its name.
  private SequencedMap<String, String> identity() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    all.put("title", quoted(title));
    all.put("policy", policy.toString());
    all.put("precision", precision.toString());
    all.put("evaluations", evaluations.stream().map(e -> e.task.name()).toList().toString());
    for (Bound bound : evaluations) {
      String place = "evaluation '%s', ".formatted(bound.task.name());
      all.put(place + "objective", quoted(bound.task.objective()));
      bound
          .task
          .parameters()
          .forEach((name, text) -> all.put(place + "parameter " + quoted(name), quoted(text)));
      all.put(place + "model", String.valueOf(bound.task.model()));
      all.put(place + "outputs", bound.task.outputs().toString());
      all.put(place + "quantiles", String.valueOf(bound.task.quantiles()));
      for (int i = 0; i < bound.task.by().size(); i++) {
        all.put(
            place + "by " + quoted(bound.task.by().get(i).column()),
            bound.task.by().get(i) + ", whole sets " + bound.ungroupedSets.get(i));
      }
      bound.sets.forEach((set, binding) -> {
        all.put(
            place + "data of set " + quoted(set), quoted(bound.task.data().getOrDefault(set, "")));
        binding
            .types()
            .forEach((role, type) ->
                all.put(
                    "%srole '%s.%s'".formatted(place, set, role),
                    "column '%s' of %s, seen as %s of %s"
                        .formatted(
                            binding.columnTexts().getOrDefault(role, ""),
                            type.signature(),
                            type.shape(),
                            binding.type())));
      });
    }
    for (int i = 0; i < checks.size(); i++) {
      all.put("check %d".formatted(i + 1), checks.get(i).toString());
    }
    facts.forEach((name, text) -> all.put("fact " + quoted(name), quoted(text)));
    return all;
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
