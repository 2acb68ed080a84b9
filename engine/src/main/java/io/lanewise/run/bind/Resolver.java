package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Names;
import io.lanewise.batch.Shape;
import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.KernelUse;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Workers;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Model;
import io.lanewise.plan.Plan;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import io.lanewise.source.Description;
import io.lanewise.source.FileInfo;
import io.lanewise.source.Ragged;
import io.lanewise.source.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds what a plan names, and every mistake in it, before any data is read. (One exception: the
/// width of a vector that a file stores as lists is that of the first row that is not null.)
public final class Resolver {
  private final Plan plan;
  private final Map<String, ? extends Description> dataSets;
  private final Workers workers;
  private final SequencedMap<String, FileInfo> parameterFiles = new LinkedHashMap<>();

  public Resolver(Plan plan, Map<String, ? extends Description> dataSets, Workers workers) {
    this.plan = plan;
    this.dataSets = dataSets;
    this.workers = workers;
  }

  /// The plan's tasks, in order.
  ///
  /// @throws PlanException for the first mistake, naming the task
  public List<BoundTask> tasks() {
    new PlanCheck(Objectives.all().stream().map(Objective::descriptor).toList())
        .check(dataSets.keySet(), plan.tasks(), plan.checks(), plan.facts().keySet());
    List<BoundTask> bound = new ArrayList<>();
    for (int i = 0; i < plan.tasks().size(); i++) {
      Task task = plan.tasks().get(i);
      String place = PlanCheck.place(task);
      String path = PlanCheck.path(plan.tasks(), i);
      try {
        bound.add(resolve(task));
      } catch (UnboundRoleException e) {
        throw e.in(place, path);
      } catch (PlanException e) {
        throw new PlanException(
            place, path + (e.path().isEmpty() ? "" : "." + e.path()), e.problem(), e);
      } catch (IllegalArgumentException e) {
        throw new PlanException(place, path, String.valueOf(e.getMessage()), e);
      }
    }
    measures(bound);
    return bound;
  }

  /// The files that numbers of parameters were read from so far, each once, in the order in which
  /// they were met.
  public List<FileInfo> parameterFiles() {
    return List.copyOf(parameterFiles.values());
  }

  private BoundTask resolve(Task task) {
    Objective objective = Objectives.get(task.objective());
    Descriptor descriptor = objective.descriptor();
    Task complete = withData(task, descriptor);
    SequencedMap<String, SetBinding> sets = new LinkedHashMap<>();
    Map<String, Map<String, ColumnType>> roles = new LinkedHashMap<>();
    Map<String, OptionalLong> rowCounts = new LinkedHashMap<>();
    for (RowSet set : descriptor.sets()) {
      String name = complete.data().get(set.name());
      if (name == null) {
        continue;
      }
      Description data = dataSet(name);
      boolean offered = !set.required() && !task.data().containsKey(set.name());
      SetBinding bound = bound(complete, descriptor, set, data, offered, sets.sequencedValues());
      if (offered && bound.columnNames().isEmpty()) {
        // The only data set was offered to all sets, and has nothing for this one.
        continue;
      }
      sets.put(set.name(), bound);
      roles.put(set.name(), bound.types());
      rowCounts.put(set.name(), data.rowCount(bound.columnNames()));
    }
    dimensions(complete, descriptor, sets);
    List<Bins> by = by(complete, objective, sets);
    Parameters parameters =
        new Parameters(
            descriptor.parameters(),
            complete.parameters(),
            text ->
                ParameterFile.expand(
                    text,
                    new Reading(plan.options().mapped(), plan.options().memoryBytes()),
                    file -> parameterFiles.putIfAbsent(file.path(), file)));
    List<KernelUse> noise =
        descriptor.parameters().stream()
            .map(parameters::get)
            .flatMap(value -> value instanceof Noise n ? n.kernel().stream() : Stream.empty())
            .map(Kernel::ofData)
            .toList();
    Binding binding =
        new Binding(
            parameters,
            roles,
            rowCounts,
            Set.of(),
            kernels(objective, noise, sets.sequencedValues(), rowCounts),
            workers);
    return new BoundTask(
        complete,
        objective,
        sets,
        binding,
        by,
        objective instanceof SampleMetric ? ungroupedSets(complete, by, sets.keySet()) : Map.of(),
        plan.options().policy());
  }

  /// The kernels for the types of the columns, and a word to them of how much there will be to do.
  private Kernels kernels(
      Objective objective,
      List<KernelUse> noise,
      SequencedCollection<SetBinding> sets,
      Map<String, OptionalLong> rowCounts) {
    Kernels kernels = Kernels.active().in(plan.options().precision());
    List<DType> types = sets.stream().map(SetBinding::type).distinct().toList();
    if (types.size() != 1) {
      return kernels.using(List.of(), FloatType.FLOAT64);
    }
    FloatType type = types.getFirst().floatType();
    long values = 0;
    for (SetBinding set : sets) {
      long rows = rowCounts.getOrDefault(set.set().name(), OptionalLong.empty()).orElse(0);
      values += rows * set.types().values().stream().mapToLong(ColumnType::width).max().orElse(0);
    }
    kernels.expect(objective.kernels(), type, values);
    kernels.expect(noise, type, values);
    objective.prepare();
    return kernels.using(objective.kernels(), type);
  }

  private static SetBinding bound(
      Task task,
      Descriptor descriptor,
      RowSet set,
      Description data,
      boolean offered,
      Collection<SetBinding> before) {
    Map<String, List<String>> given = given(task, set);
    for (List<String> names : given.values()) {
      for (String name : names) {
        Ragged sequences = Ragged.of(name, data.schema());
        if (sequences != null) {
          data.add(sequences);
        }
      }
    }
    Set<String> others = task.by().stream().map(Bins::column).collect(Collectors.toSet());
    try {
      SetBinding binding =
          SetBinding.of(
              set,
              new ColumnSearch(
                      descriptor,
                      set,
                      place(descriptor, set, data),
                      data.schema(),
                      given,
                      task.parameters(),
                      data::firstNonNumber)
                  .find(offered, others),
              data::widthOf);
      List<String> read = binding.columnNames();
      return binding.withWarnings(
          data.schema().stream()
              .map(ColumnType::name)
              .filter(read::contains)
              .map(data.widenings()::get)
              .filter(Objects::nonNull)
              .toList());
    } catch (UnboundRoleException e) {
      // Where another set has a column for the role, this set alone needs one to be named.
      boolean elsewhere = before.stream().anyMatch(s -> s.columns().containsKey(e.role()));
      throw elsewhere
          ? new UnboundRoleException(String.valueOf(e.getMessage()), set.name() + "." + e.role())
          : e;
    }
  }

  /// The files of a set, as messages begin.
  private static String place(Descriptor descriptor, RowSet set, Description data) {
    String first = data.files().getFirst().path();
    int more = data.files().size() - 1;
    String files =
        (first.equals("-") ? "standard input" : first)
            + (more > 0 ? " and %d more files".formatted(more) : "");
    return descriptor.sets().size() == 1 ? files : "set '%s', %s".formatted(set.name(), files);
  }

  /// One data set for all sets of rows is one for each: each reads its own columns of it.
  private Task withData(Task task, Descriptor descriptor) {
    SequencedMap<String, String> data = new LinkedHashMap<>();
    String forAll = task.data().get(Task.ALL_SETS);
    for (RowSet set : descriptor.sets()) {
      if (forAll != null && set.required()) {
        data.put(set.name(), forAll);
      } else if (task.data().isEmpty() && dataSets.size() == 1) {
        data.put(set.name(), dataSets.keySet().iterator().next());
      }
    }
    task.data()
        .forEach((set, name) -> {
          if (descriptor.sets().stream().anyMatch(s -> s.name().equals(set))) {
            data.put(set, name);
          }
        });
    return task.on(data);
  }

  private Description dataSet(String name) {
    return Objects.requireNonNull(dataSets.get(name), name);
  }

  private static Map<String, List<String>> given(Task task, RowSet set) {
    Map<String, List<String>> given = new HashMap<>();
    for (Role role : set.roles()) {
      List<String> columns =
          task.columns()
              .getOrDefault(set.name() + "." + role.name(), task.columns().get(role.name()));
      if (columns != null) {
        given.put(role.name(), columns);
      }
    }
    return given;
  }

  /// A column that plays a role, and where it is.
  private record Placed(ColumnType type, String place) {}

  private void dimensions(Task task, Descriptor descriptor, Map<String, SetBinding> sets) {
    Map<String, Placed> first = new HashMap<>();
    for (RowSet set : descriptor.sets()) {
      SetBinding binding = sets.get(set.name());
      if (binding == null) {
        continue;
      }
      String place = place(descriptor, set, dataSet(task.data().getOrDefault(set.name(), "")));
      for (Role role : set.roles()) {
        ColumnType type = binding.types().get(role.name());
        if (type == null || role.shape() != Shape.VECTOR || role.dimension().isEmpty()) {
          continue;
        }
        Placed other = first.putIfAbsent(role.dimension(), new Placed(type, place));
        if (other != null && other.type.width() != type.width()) {
          throw new IllegalArgumentException(
              "%s: column '%s': found %d elements a row, expected %d as in %scolumn '%s'"
                  .formatted(
                      place,
                      type.name(),
                      type.width(),
                      other.type.width(),
                      other.place.equals(place) ? "" : other.place + ": ",
                      other.type.name()));
        }
      }
    }
  }

  private List<Bins> by(Task task, Objective objective, Map<String, SetBinding> sets) {
    List<Bins> by = new ArrayList<>(task.by());
    if (objective instanceof RowObjective rows && !rows.breakdownRole().isEmpty()) {
      sets.values().stream()
          .map(set -> set.columnTexts().get(rows.breakdownRole()))
          .filter(column -> column != null && by.stream().noneMatch(b -> b.column().equals(column)))
          .forEach(column -> by.add(Bins.values(column)));
    }
    for (Bins bins : by) {
      String path = task.by().contains(bins) ? "by[%d]".formatted(task.by().indexOf(bins)) : "";
      for (String set : sets.keySet()) {
        List<ColumnType> schema = dataSet(task.data().getOrDefault(set, "")).schema();
        List<String> names = schema.stream().map(ColumnType::name).toList();
        if (!names.contains(bins.column())
            && !bins.column().equals("file")
            && !(objective instanceof SampleMetric && inAny(bins, task, sets.keySet()))) {
          throw new PlanException(
              path,
              String.valueOf(
                  Names.unknown("column to break down by", bins.column(), names).getMessage()));
        }
        if (!bins.isPlain()
            && schema.stream()
                .noneMatch(c -> c.name().equals(bins.column()) && c.type() != DType.TEXT)) {
          throw new PlanException(
              path,
              "by '%s': found no column of numbers '%s', expected one to cut into bins"
                  .formatted(bins.by(), bins.column()));
        }
        for (ColumnType column : schema) {
          if (column.name().equals(bins.column()) && column.shape() != Shape.SCALAR) {
            throw new PlanException(
                path,
                "by '%s': found a column of %s, expected one value a row"
                    .formatted(bins.column(), column.signature()));
          }
        }
      }
    }
    return by;
  }

  private boolean inAny(Bins bins, Task task, Set<String> sets) {
    return sets.stream().anyMatch(set -> column(bins, task, set) != null);
  }

  private @Nullable ColumnType column(Bins bins, Task task, String set) {
    return dataSet(task.data().getOrDefault(set, "")).schema().stream()
        .filter(c -> c.name().equals(bins.column()))
        .findFirst()
        .orElse(null);
  }

  /// For each column of a sample metric's `by` the sets that it does not group: those without the
  /// column. By `file`, a set of one file is not grouped if another has several.
  private Map<Bins, Set<String>> ungroupedSets(Task task, List<Bins> by, Set<String> sets) {
    Map<Bins, Set<String>> result = new LinkedHashMap<>();
    for (Bins bins : by) {
      Set<String> ungrouped = new TreeSet<>();
      if (inAny(bins, task, sets)) {
        List<ColumnType> columns = new ArrayList<>();
        for (String set : sets) {
          ColumnType column = column(bins, task, set);
          if (column == null) {
            ungrouped.add(set);
          } else {
            columns.add(column);
          }
        }
        if (columns.stream().map(c -> c.type() == DType.TEXT).distinct().count() > 1) {
          throw new IllegalArgumentException(
              "by '%s': found text in one set and numbers in another, expected one kind"
                  .formatted(bins.column()));
        }
      } else {
        for (String set : sets) {
          if (dataSet(task.data().getOrDefault(set, "")).files().size() < 2) {
            ungrouped.add(set);
          }
        }
        if (ungrouped.size() == sets.size()) {
          ungrouped.clear();
        }
      }
      result.put(bins, ungrouped);
    }
    return result;
  }

  private void measures(List<BoundTask> bound) {
    for (int i = 0; i < plan.checks().size(); i++) {
      Check check = plan.checks().get(i);
      String path = "checks[%d]".formatted(i);
      List<Task> tasks =
          bound.stream()
              .map(BoundTask::task)
              .filter(task -> task.evaluation().equals(check.evaluation()))
              .toList();
      String model = check.subject().model();
      if (model != null) {
        require(
            path,
            "model of '%s' in a check".formatted(check.evaluation()),
            model,
            tasks.stream()
                .flatMap(task -> Stream.ofNullable(task.model()))
                .map(Model::name)
                .toList());
      }
      for (BoundTask task : bound) {
        if (!tasks.contains(task.task()) || !(check.condition() instanceof Check.Bound)) {
          continue;
        }
        require(
            path,
            "measure of '%s' in a check".formatted(check.evaluation()),
            check.measure(),
            task.measures());
        String by = check.subject().by();
        if (by != null) {
          require(
              path,
              "column of groups of '%s' in a check".formatted(check.evaluation()),
              by,
              task.by().stream().map(Bins::column).toList());
        }
      }
    }
  }

  private static void require(String path, String what, String name, List<String> known) {
    if (!known.contains(name)) {
      throw new PlanException(path, String.valueOf(Names.unknown(what, name, known).getMessage()));
    }
  }
}
