package io.lanewise.run;

import io.lanewise.plan.Model;
import io.lanewise.plan.Models;
import io.lanewise.plan.Plan;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import io.lanewise.source.DataSet;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A plan without `models`, which says the same: each model is a data set, and an evaluation of
/// data set `model` is one evaluation for each.
final class EachModel {
  private static final Pattern DECIMAL = Pattern.compile("[0-9]+\\.[0-9]+");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  private EachModel() {}

  /// The plan itself if it has no models.
  ///
  /// @throws PlanException if models and data sets do not fit each other
  /// @throws UncheckedIOException if a pattern matches nothing
  static Plan of(Plan plan) {
    if (plan.models().isEmpty()) {
      return plan;
    }
    if (plan.data().containsKey(Models.DATA_SET)) {
      throw new PlanException(
          "data." + Models.DATA_SET,
          "data set 'model': found 'models' too, which it stands for; expected another name");
    }
    SequencedMap<Model, List<String>> models =
        switch (plan.models()) {
          case Models.Named(var files) -> named(files, plan.data().keySet());
          case Models.Matching(var patterns) -> matching(patterns, plan.data().keySet());
        };
    List<Task> tasks = new ArrayList<>();
    for (Task task : plan.tasks()) {
      refuseNames(task, models.keySet());
      boolean onlyModels = task.data().isEmpty() && plan.data().isEmpty();
      Task read = onlyModels ? task.on(Task.ALL_SETS, Models.DATA_SET) : task;
      if (read.data().containsValue(Models.DATA_SET)) {
        models.keySet().forEach(model -> tasks.add(read.of(model)));
      } else {
        tasks.add(read);
      }
    }
    if (tasks.stream().allMatch(task -> task.model() == null)) {
      throw new PlanException(
          "models", "models: found no evaluation with data set 'model', expected one");
    }
    SequencedMap<String, List<String>> data = new LinkedHashMap<>(plan.data());
    models.forEach((model, files) -> data.put(model.name(), files));
    return new Plan(
        plan.title(), data, Models.none(), tasks, plan.checks(), plan.facts(), plan.options());
  }

  private static SequencedMap<Model, List<String>> named(
      SequencedMap<String, List<String>> files, Set<String> dataSets) {
    SequencedMap<Model, List<String>> models = new LinkedHashMap<>();
    files.forEach((name, one) -> {
      if (dataSets.contains(name)) {
        throw new PlanException(
            "models." + name,
            "model '%s': found a data set of that name, expected another one".formatted(name));
      }
      models.put(new Model(name, null), one);
    });
    return models;
  }

  /// A model is not a data set of its own in the plan.
  private static void refuseNames(Task task, Set<Model> models) {
    for (Model model : models) {
      if (task.data().containsValue(model.name())) {
        throw new PlanException(
            "",
            "evaluation '%s': found data set '%s', a model, expected 'model' or a data set"
                .formatted(task.name(), model.name()));
      }
    }
  }

  private record Found(String file, @Nullable Double step) {}

  private static SequencedMap<Model, List<String>> matching(
      List<String> patterns, Set<String> dataSets) {
    List<Found> found = new ArrayList<>();
    for (String pattern : patterns) {
      found.addAll(found(pattern));
    }
    SequencedMap<Model, List<String>> models = new LinkedHashMap<>();
    Set<String> taken = new TreeSet<>(dataSets);
    List<String> names = names(found.stream().map(Found::file).toList());
    for (int i = 0; i < names.size(); i++) {
      String free = names.get(i);
      for (int number = 2; !taken.add(free); number++) {
        free = "%s-%d".formatted(names.get(i), number);
      }
      models.put(new Model(free, found.get(i).step), List.of(found.get(i).file));
    }
    return models;
  }

  /// The files of a pattern; those with steps in their order.
  private static List<Found> found(String pattern) {
    if (!pattern.contains(Models.STEP)) {
      return DataSet.files("models", List.of(pattern)).stream()
          .map(file -> new Found(file, null))
          .toList();
    }
    SequencedMap<Double, Found> bySteps = new LinkedHashMap<>();
    for (String file : DataSet.files("models", List.of(pattern.replace(Models.STEP, "[0-9]*")))) {
      Double step = step(pattern, file);
      Found other = step == null ? null : bySteps.putIfAbsent(step, new Found(file, step));
      if (other != null) {
        throw new PlanException(
            "models",
            "models: found step %s in %s and in %s, expected each once"
                .formatted(step, other.file, file));
      }
    }
    if (bySteps.isEmpty()) {
      throw new UncheckedIOException(
          pattern + ": found no file with a number as step, expected at least one",
          new NoSuchFileException(pattern));
    }
    return bySteps.values().stream()
        .sorted(Comparator.comparing(one -> Objects.requireNonNull(one.step)))
        .toList();
  }

  /// The number with which the pattern matches the file; null if there is none.
  private static @Nullable Double step(String pattern, String file) {
    Set<Double> steps = new TreeSet<>();
    for (Pattern form : List.of(DECIMAL, DIGITS)) {
      Matcher numbers = form.matcher(file);
      while (numbers.find()) {
        String with = pattern.replace(Models.STEP, numbers.group());
        if (FileSystems.getDefault().getPathMatcher("glob:" + with).matches(Path.of(file))) {
          steps.add(Double.valueOf(numbers.group()));
        }
      }
    }
    if (steps.size() > 1) {
      throw new PlanException(
          "models",
          "models: found the steps %s in %s, expected one; write more of the name"
              .formatted(steps, file));
    }
    return steps.isEmpty() ? null : steps.iterator().next();
  }

  /// The parts of the paths that differ, without an extension.
  private static List<String> names(List<String> files) {
    List<List<String>> paths = new ArrayList<>();
    for (String file : files) {
      List<String> parts = new ArrayList<>();
      Path.of(file).normalize().forEach(part -> parts.add(part.toString()));
      paths.add(file.equals("-") ? List.of("stdin") : parts);
    }
    int shortest = paths.stream().mapToInt(List::size).min().orElse(0);
    int first = 0;
    while (first < shortest - 1 && same(paths, first, false)) {
      first++;
    }
    int last = 0;
    while (paths.size() > 1 && last < shortest - first - 1 && same(paths, last, true)) {
      last++;
    }
    List<String> names = new ArrayList<>();
    for (List<String> path : paths) {
      String name = String.join("-", path.subList(first, path.size() - last));
      int dot = last == 0 ? name.lastIndexOf('.') : -1;
      String word =
          (dot > 0 ? name.substring(0, dot) : name)
              .replaceAll("[^A-Za-z0-9._-]+", "-")
              .replaceAll("^[._-]+", "");
      names.add(word.isEmpty() ? "model" : word);
    }
    return names;
  }

  private static boolean same(List<List<String>> paths, int index, boolean fromEnd) {
    return paths.stream()
            .map(path -> path.get(fromEnd ? path.size() - 1 - index : index))
            .distinct()
            .count()
        == 1;
  }
}
