package io.lanewise.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// One evaluation of a plan: an objective, the data it reads, the columns in its roles.
///
/// @param name unique within the plan
/// @param objective the objective's id
/// @param data the data set of each set of rows, by the set's name; an objective with one set
///   accepts any of its names, or [#ALL_SETS]
/// @param columns role to column, or to several columns if the role takes them; a role with the
///   name of a column may be left out
/// @param parameters parameters as text
/// @param by columns (or `file`) to break results down by
/// @param outputs per-row outputs to compute and write in addition to those always computed
/// @param rowFormat extension of the file for per-row outputs (`arrow`, `parquet`, `npz`, `csv`),
///   or null to write none
/// @param quantiles the quantiles of per-row numbers to report, in [0, 1], along with the smallest
///   and largest value; none if empty; null for the default of the objective
public record Task(
    String name,
    String objective,
    SequencedMap<String, String> data,
    SequencedMap<String, List<String>> columns,
    SequencedMap<String, String> parameters,
    List<Bins> by,
    List<String> outputs,
    @Nullable String rowFormat,
    @Nullable List<Double> quantiles) {
  /// The name that stands for all sets of rows at once, and is that of the only one.
  public static final String ALL_SETS = "rows";

  public Task {
    data = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(data));
    SequencedMap<String, List<String>> copies = new LinkedHashMap<>();
    columns.forEach((role, names) -> copies.put(role, List.copyOf(names)));
    columns = Collections.unmodifiableSequencedMap(copies);
    parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    by = List.copyOf(by);
    outputs = List.copyOf(outputs);
    if (quantiles != null) {
      quantiles = List.copyOf(quantiles);
      for (double q : quantiles) {
        if (!(q >= 0 && q <= 1)) {
          throw new IllegalArgumentException(
              "quantiles: found %s, expected numbers in [0, 1]".formatted(q));
        }
      }
    }
  }

  /// An evaluation with the name of its objective and nothing else.
  public static Task of(String objective) {
    return new Task(
        objective,
        objective,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        List.of(),
        List.of(),
        null,
        null);
  }

  /// The same under another name.
  public Task named(String newName) {
    return new Task(
        newName, objective, data, columns, parameters, by, outputs, rowFormat, quantiles);
  }

  /// The same with `set` read from data set `dataSet`.
  public Task on(String set, String dataSet) {
    return new Task(
        name,
        objective,
        with(data, set, dataSet),
        columns,
        parameters,
        by,
        outputs,
        rowFormat,
        quantiles);
  }

  /// The same with a column in a role, or with several in one that takes many.
  public Task column(String role, String... names) {
    return column(role, List.of(names));
  }

  /// The same with these columns in a role; more than one only where the role takes many.
  public Task column(String role, List<String> names) {
    return new Task(
        name,
        objective,
        data,
        with(columns, role, names),
        parameters,
        by,
        outputs,
        rowFormat,
        quantiles);
  }

  /// The same with a parameter.
  public Task parameter(String parameter, String value) {
    return new Task(
        name,
        objective,
        data,
        columns,
        with(parameters, parameter, value),
        by,
        outputs,
        rowFormat,
        quantiles);
  }

  /// The same, broken down by one more column.
  public Task by(Bins bins) {
    return new Task(
        name,
        objective,
        data,
        columns,
        parameters,
        java.util.stream.Stream.concat(by.stream(), java.util.stream.Stream.of(bins)).toList(),
        outputs,
        rowFormat,
        quantiles);
  }

  /// The same, computing these outputs as well.
  public Task outputs(List<String> more) {
    return new Task(name, objective, data, columns, parameters, by, more, rowFormat, quantiles);
  }

  /// The same, writing per-row outputs in that format.
  public Task rows(@Nullable String format) {
    return new Task(name, objective, data, columns, parameters, by, outputs, format, quantiles);
  }

  /// The same, reporting these quantiles of per-row numbers, with the least and the greatest value.
  public Task quantiles(@Nullable List<Double> wanted) {
    return new Task(name, objective, data, columns, parameters, by, outputs, rowFormat, wanted);
  }

  private static <T> SequencedMap<String, T> with(Map<String, T> map, String key, T value) {
    SequencedMap<String, T> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return copy;
  }
}
