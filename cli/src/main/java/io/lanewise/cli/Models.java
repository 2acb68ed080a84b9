package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.cli.plan.PlanFile;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Task;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// Files of models that are evaluated one by one, each against the same other files.
final class Models {
  private final SequencedMap<String, String> files = new LinkedHashMap<>();

  /// Names each model after its file. Where that is the name of another model or data set, it gets
  /// a number.
  ///
  /// @param taken names of the other data sets
  Models(List<String> files, Set<String> taken) {
    for (String file : files) {
      String stem = file.equals("-") ? "stdin" : PlanFile.stem(Path.of(file));
      String name = stem.replaceAll("[^A-Za-z0-9_-]+", "-");
      String free = name;
      for (int i = 2; this.files.containsKey(free) || taken.contains(free); i++) {
        free = "%s-%d".formatted(name, i);
      }
      this.files.put(free, file);
    }
  }

  /// Adds the models as data sets, and a task for each.
  ///
  /// @param set the set of rows that a model's file is
  void evaluate(Evaluation.Builder evaluation, Task task, String set) {
    for (String name : files.sequencedKeySet()) {
      String evaluated = files.size() == 1 ? task.name() : task.name() + "-" + name;
      evaluation.evaluate(task.named(evaluated).on(set, name));
    }
  }

  /// Adds the models' files.
  void addTo(Evaluation.Builder evaluation) {
    files.forEach((name, file) -> evaluation.data(name, file));
  }

  /// The set of an objective that a model's file is: the last of those that it needs.
  static String setOf(Descriptor objective) {
    return objective.sets().stream().filter(RowSet::required).toList().getLast().name();
  }
}
