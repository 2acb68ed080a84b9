package io.lanewise.objective;

import io.lanewise.batch.ColumnType;
import io.lanewise.kernel.Kernels;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a run gives an objective: parameters, the columns in its roles, the kernels to use.
/// Everything is checked before an objective sees it: required roles are present, shapes fit,
/// dimensions agree.
///
/// @param parameters its parameters
/// @param roles for each set of rows given, the bound roles with the type of the column as the
///   objective will see it
/// @param rowCounts for each set, the number of its rows, if it is known before reading
/// @param requested names of the outputs to compute
/// @param kernels the kernels to use
/// @param workers the threads and memory to use for work on whole sets of rows
/// @param blockMeans the means over blocks of rows that a transform asked for; null until those
///   rows have been read, and for other objectives
public record Binding(
    Parameters parameters,
    Map<String, Map<String, ColumnType>> roles,
    Map<String, OptionalLong> rowCounts,
    Set<String> requested,
    Kernels kernels,
    Workers workers,
    @Nullable BlockMeans blockMeans) {

  /// A binding before any row has been read.
  public Binding(
      Parameters parameters,
      Map<String, Map<String, ColumnType>> roles,
      Map<String, OptionalLong> rowCounts,
      Set<String> requested,
      Kernels kernels,
      Workers workers) {
    this(parameters, roles, rowCounts, requested, kernels, workers, null);
  }

  /// The same, with the means over blocks of rows.
  public Binding withBlockMeans(BlockMeans means) {
    return new Binding(parameters, roles, rowCounts, requested, kernels, workers, means);
  }

  /// The same, without the numbers of rows.
  public Binding withoutRowCounts() {
    return new Binding(parameters, roles, Map.of(), requested, kernels, workers, blockMeans);
  }

  /// The value of a parameter.
  public <T> T get(Parameter<T> parameter) {
    return parameters.get(parameter);
  }

  /// Whether rows of that set are given.
  public boolean hasSet(String set) {
    return roles.containsKey(set);
  }

  /// Whether the role of the set is bound.
  public boolean has(String set, String role) {
    return roles.getOrDefault(set, Map.of()).containsKey(role);
  }

  /// Whether the role of the only set is bound.
  public boolean has(String role) {
    return has(RowSet.ROWS, role);
  }

  /// Whether the output will be computed.
  public boolean wants(String output) {
    return requested.contains(output);
  }

  /// The width of a bound vector role.
  public int width(String set, String role) {
    ColumnType type = roles.getOrDefault(set, Map.of()).get(role);
    if (type == null) {
      throw new IllegalStateException("role '" + role + "' of set '" + set + "' is not bound");
    }
    return type.width();
  }

  /// The width of a bound vector role of the only set.
  public int width(String role) {
    return width(RowSet.ROWS, role);
  }
}
