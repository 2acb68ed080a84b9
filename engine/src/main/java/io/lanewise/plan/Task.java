package io.lanewise.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One evaluation that is asked for: an objective, the data it reads, the columns in its roles.
/// Immutable: each method that changes something returns another task.
public final class Task {
  /// The name that stands for all sets of rows at once, and is that of the only one.
  public static final String ALL_SETS = "rows";

  private final Draft draft;

  /// What is copied for each change.
  private static final class Draft {
    private String name = "";
    private String objective = "";
    private @Nullable Model model;
    private String evaluation = "";
    private SequencedMap<String, String> data = new LinkedHashMap<>();
    private SequencedMap<String, List<String>> columns = new LinkedHashMap<>();
    private SequencedMap<String, String> parameters = new LinkedHashMap<>();
    private List<Bins> by = new ArrayList<>();
    private List<String> outputs = new ArrayList<>();
    private @Nullable String rowFormat;
    private @Nullable List<Double> quantiles;

    private Draft copy() {
      Draft copy = new Draft();
      copy.name = name;
      copy.objective = objective;
      copy.model = model;
      copy.evaluation = evaluation;
      copy.data = new LinkedHashMap<>(data);
      copy.columns = new LinkedHashMap<>(columns);
      copy.parameters = new LinkedHashMap<>(parameters);
      copy.by = new ArrayList<>(by);
      copy.outputs = new ArrayList<>(outputs);
      copy.rowFormat = rowFormat;
      copy.quantiles = quantiles;
      return copy;
    }

    private List<@Nullable Object> values() {
      List<@Nullable Object> values = new ArrayList<>();
      Collections.addAll(
          values,
          name,
          objective,
          model,
          evaluation,
          data,
          columns,
          parameters,
          by,
          outputs,
          rowFormat,
          quantiles);
      return values;
    }
  }

  private Task(Draft draft) {
    this.draft = draft;
  }

  /// An evaluation named as its objective, without anything else.
  ///
  /// @param objective the objective's id or an alias
  public static Task of(String objective) {
    Draft draft = new Draft();
    draft.name = objective;
    draft.objective = objective;
    return new Task(draft);
  }

  private Task with(Consumer<Draft> change) {
    Draft copy = draft.copy();
    change.accept(copy);
    return new Task(copy);
  }

  /// The same under another name, which is to be unique within the plan.
  public Task named(String newName) {
    return with(copy -> copy.name = newName);
  }

  /// The same for one of a plan's models: it is called `NAME-MODEL`, with `-` for each `.`, and
  /// reads the model's rows where this one reads those of [Models#DATA_SET].
  public Task of(Model model) {
    return with(copy -> {
      copy.model = model;
      copy.evaluation = name();
      copy.name = "%s-%s".formatted(name(), model.name().replace('.', '-'));
      copy.data.replaceAll((set, data) -> data.equals(Models.DATA_SET) ? model.name() : data);
    });
  }

  /// The same under the name of an evaluation of that model.
  ///
  /// @param evaluation what the plan calls it for every model
  public Task of(Model model, String evaluation) {
    return with(copy -> {
      copy.model = model;
      copy.evaluation = evaluation;
    });
  }

  /// The same with `set` read from data set `dataSet`. An objective with one set may be given it
  /// under any of its names or [#ALL_SETS].
  public Task on(String set, String dataSet) {
    return with(copy -> copy.data.put(set, dataSet));
  }

  /// The same with these data sets, by set, and no other.
  public Task on(SequencedMap<String, String> dataSets) {
    return with(copy -> copy.data = new LinkedHashMap<>(dataSets));
  }

  /// The same with a column in a role, or with several in one that takes many. A role that has the
  /// name of a column need not be given.
  public Task column(String role, String... names) {
    return column(role, List.of(names));
  }

  /// The same with these columns in a role; more than one only where the role takes many.
  public Task column(String role, List<String> names) {
    return with(copy -> copy.columns.put(role, List.copyOf(names)));
  }

  /// The same with a parameter, as text.
  public Task parameter(String parameter, String value) {
    return with(copy -> copy.parameters.put(parameter, value));
  }

  /// The same, broken down by one more column (or `file`).
  public Task by(Bins bins) {
    return with(copy -> copy.by.add(bins));
  }

  /// The same, computing these per-row outputs in addition to those always computed.
  public Task outputs(List<String> more) {
    return with(copy -> copy.outputs = new ArrayList<>(more));
  }

  /// The same, writing per-row outputs in that format (`arrow`, `parquet`, `npz`, `csv`), or none
  /// if null.
  public Task rows(@Nullable String format) {
    return with(copy -> copy.rowFormat = format);
  }

  /// The same, reporting these quantiles of per-row numbers, with the least and the greatest value;
  /// none if empty, the objective's own if null.
  ///
  /// @throws IllegalArgumentException for one outside [0, 1]
  public Task quantiles(@Nullable List<Double> wanted) {
    for (double q : wanted == null ? List.<Double>of() : wanted) {
      if (!(q >= 0 && q <= 1)) {
        throw new IllegalArgumentException(
            "quantiles: found %s, expected numbers in [0, 1]".formatted(q));
      }
    }
    return with(copy -> copy.quantiles = wanted == null ? null : List.copyOf(wanted));
  }

  /// The name, unique within the plan.
  public String name() {
    return draft.name;
  }

  /// The objective's id or an alias.
  public String objective() {
    return draft.objective;
  }

  /// The model it is for; null if for none.
  public @Nullable Model model() {
    return draft.model;
  }

  /// The name in the plan: that of all evaluations that differ in the model alone.
  public String evaluation() {
    return draft.model == null ? draft.name : draft.evaluation;
  }

  /// The data set of each set of rows, by the set's name.
  public SequencedMap<String, String> data() {
    return Collections.unmodifiableSequencedMap(draft.data);
  }

  /// The columns of each role that is given.
  public SequencedMap<String, List<String>> columns() {
    return Collections.unmodifiableSequencedMap(draft.columns);
  }

  /// The parameters that are given, as text.
  public SequencedMap<String, String> parameters() {
    return Collections.unmodifiableSequencedMap(draft.parameters);
  }

  /// The columns (or `file`) to break results down by.
  public List<Bins> by() {
    return Collections.unmodifiableList(draft.by);
  }

  /// The per-row outputs to compute and write in addition to those always computed.
  public List<String> outputs() {
    return Collections.unmodifiableList(draft.outputs);
  }

  /// The extension of the file for per-row outputs, or null to write none.
  public @Nullable String rowFormat() {
    return draft.rowFormat;
  }

  /// The quantiles of per-row numbers to report; null for the objective's own.
  public @Nullable List<Double> quantiles() {
    return draft.quantiles;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Task task && draft.values().equals(task.draft.values());
  }

  @Override
  public int hashCode() {
    return Objects.hash(draft.values().toArray());
  }

  @Override
  public String toString() {
    return "Task" + draft.values();
  }
}
