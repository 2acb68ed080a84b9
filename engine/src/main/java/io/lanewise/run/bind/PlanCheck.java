package io.lanewise.run.bind;

import io.lanewise.batch.Names;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.NoiseLevels;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Check;
import io.lanewise.plan.Models;
import io.lanewise.plan.Plan;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks up every name of a plan that can be looked up without a file. Each mistake is a
/// [PlanException] with its path.
public final class PlanCheck {
  private final List<Descriptor> objectives;

  /// @param objectives those that a plan may name
  public PlanCheck(List<Descriptor> objectives) {
    this.objectives = List.copyOf(objectives);
  }

  /// The id of an objective by its id or alias; a name that nobody knows stays as it is.
  public String idOf(String name) {
    Descriptor found = find(name);
    return found == null ? name : found.id();
  }

  private @Nullable Descriptor find(String name) {
    for (Descriptor objective : objectives) {
      if (objective.id().equals(name) || objective.aliases().contains(name)) {
        return objective;
      }
    }
    return null;
  }

  /// Checks the names of a plan.
  ///
  /// @throws PlanException for the first mistake
  public void check(Set<String> dataSets, List<Task> tasks, List<Check> checks, Set<String> facts) {
    if (tasks.isEmpty()) {
      throw new PlanException("evaluate", "plan: found no evaluations, expected at least one");
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      Task task = tasks.get(i);
      String path = path(tasks, i);
      if (names.contains(task.name())) {
        throw new PlanException(
            path,
            "evaluation '%s': found the name a second time, expected another 'name'"
                .formatted(task.name()));
      }
      names.add(task.name());
      try {
        new TaskCheck(task, descriptor(task), dataSets).check();
      } catch (PlanException e) {
        throw new PlanException(
            place(task), path + (e.path().isEmpty() ? "" : "." + e.path()), e.problem(), e);
      }
    }
    for (int i = 0; i < checks.size(); i++) {
      String evaluation = checks.get(i).evaluation();
      if (tasks.stream().noneMatch(task -> task.evaluation().equals(evaluation))) {
        throw unknown("checks[%d]".formatted(i), "evaluation", checks.get(i).evaluation(), names);
      }
    }
    for (String fact : facts) {
      if (!Plan.FACTS.contains(fact)) {
        throw unknown("facts." + fact, "fact", fact, Plan.FACTS);
      }
    }
  }

  /// The path of a task. Those that are one evaluation of several models follow one another.
  static String path(List<Task> tasks, int index) {
    int evaluation = 0;
    for (int i = 1; i <= index; i++) {
      Task task = tasks.get(i);
      Task last = tasks.get(i - 1);
      boolean same =
          task.model() != null
              && last.model() != null
              && task.evaluation().equals(last.evaluation());
      evaluation += same ? 0 : 1;
    }
    return "evaluate[%d]".formatted(evaluation);
  }

  /// What messages call a task.
  static String place(Task task) {
    return "evaluation '%s'".formatted(task.name());
  }

  private Descriptor descriptor(Task task) {
    Descriptor found = find(task.objective());
    if (found == null) {
      throw unknown(
          "objective",
          "objective",
          task.objective(),
          objectives.stream().map(Descriptor::id).toList());
    }
    return found;
  }

  private static PlanException unknown(
      String path, String what, String name, Collection<String> known) {
    return new PlanException(path, String.valueOf(Names.unknown(what, name, known).getMessage()));
  }

  /// The check of one task, with paths from there.
  private record TaskCheck(Task task, Descriptor objective, Set<String> dataSets) {
    void check() {
      sets();
      columns();
      parameters();
      axes();
      List<String> outputs = names(objective.outputs(), Output::name);
      for (int i = 0; i < task.outputs().size(); i++) {
        require("outputs[%d]".formatted(i), "output", task.outputs().get(i), outputs, outputs);
      }
    }

    private void sets() {
      List<String> sets = names(objective.sets(), RowSet::name);
      boolean oneForAll = task.data().containsKey(Task.ALL_SETS);
      for (Map.Entry<String, String> set : task.data().entrySet()) {
        String path = set.getKey().equals(Task.ALL_SETS) ? "data" : "data." + set.getKey();
        if (!set.getKey().equals(Task.ALL_SETS) && !sets.contains(set.getKey())) {
          throw unknown(path, "set of rows", set.getKey(), sets);
        }
        if (!dataSets.contains(set.getValue())) {
          if (set.getValue().equals(Models.DATA_SET)) {
            throw new PlanException(
                path, "data set 'model': found no 'models' in the plan, expected them");
          }
          throw unknown(path, "data set", set.getValue(), dataSets);
        }
      }
      String expected =
          sets.size() == 1
              ? "the name of a data set"
              : "the name of a data set, or a mapping of %s to them"
                  .formatted(String.join(", ", sets));
      for (RowSet set : objective.sets()) {
        boolean given = oneForAll || task.data().containsKey(set.name());
        // The only data set there is need not be named.
        boolean only = task.data().isEmpty() && dataSets.size() == 1;
        if (set.required() && !given && !only) {
          throw new PlanException(
              task.data().isEmpty() ? "" : "data",
              "key 'data': found nothing%s, expected %s"
                  .formatted(
                      task.data().isEmpty() ? "" : " for '%s'".formatted(set.name()), expected));
        }
      }
    }

    /// A key is a role, or `set.role` where sets have roles of the same name.
    private void columns() {
      List<String> roles = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (RowSet set : objective.sets()) {
        for (Role role : set.roles()) {
          if (!roles.contains(role.name())) {
            roles.add(role.name());
          }
          keys.add(set.name() + "." + role.name());
        }
      }
      keys.addAll(roles);
      for (String key : task.columns().keySet()) {
        require("columns." + key, "role", key, keys, roles);
      }
    }

    private void parameters() {
      List<String> names = names(objective.parameters(), Parameter::name);
      task.parameters()
          .forEach((name, text) -> {
            String path = "parameters." + name;
            require(path, "parameter", name, names, names);
            Parameter<?> parameter = objective.parameters().get(names.indexOf(name));
            if (parameter.numbersFromFile() && text.contains("@")) {
              return;
            }
            try {
              parameter.parse(text);
            } catch (IllegalArgumentException e) {
              throw new PlanException("", path, String.valueOf(e.getMessage()), e);
            }
          });
    }

    private void axes() {
      for (int i = 0; i < task.by().size(); i++) {
        Axis axis = task.by().get(i).axis();
        try {
          if (axis.kind().isScheduled()) {
            NoiseLevels.of(axis.schedule(), axis.timesteps());
          }
        } catch (IllegalArgumentException e) {
          throw new PlanException("", "by[%d]".formatted(i), String.valueOf(e.getMessage()), e);
        }
      }
    }

    private void require(
        String path, String what, String name, List<String> known, List<String> listed) {
      if (!known.contains(name)) {
        throw unknown(path, "%s of %s".formatted(what, objective.id()), name, listed);
      }
    }

    private static <T> List<String> names(List<T> all, Function<T, String> name) {
      return all.stream().map(name).toList();
    }
  }
}
