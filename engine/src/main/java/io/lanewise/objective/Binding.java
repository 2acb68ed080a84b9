package io.lanewise.objective;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// What an objective is bound to: parameters, the columns in its roles, the kernels to use. Checked by
/// the time an objective sees it: required roles are there, shapes fit, dimensions agree.
///
/// @param parameters its parameters
/// @param roles the bound roles, with the type of the column as the objective will see it
/// @param types the element type of a set's NUMBER roles: float64 unless every one of them is float32
/// @param rowCounts the number of rows of a set, where it is known before reading
/// @param requested names of the outputs to compute
/// @param kernels the kernels to use
public record Binding(
    Parameters parameters,
    Map<String, ColumnType> roles,
    Map<String, DType> types,
    Map<String, OptionalLong> rowCounts,
    Set<String> requested,
    Kernels kernels) {

  /// The value of a parameter.
  public <T> T get(Parameter<T> parameter) {
    return parameters.get(parameter);
  }

  /// Whether the role is bound.
  public boolean has(String role) {
    return roles.containsKey(role);
  }

  /// Whether the output will be computed.
  public boolean wants(String output) {
    return requested.contains(output);
  }

  /// The width of a bound vector role.
  public int width(String role) {
    ColumnType type = roles.get(role);
    if (type == null) {
      throw new IllegalStateException("role '" + role + "' is not bound");
    }
    return type.width();
  }

  /// The element type of a set's NUMBER roles.
  public DType type(String set) {
    return types.getOrDefault(set, DType.FLOAT64);
  }

  /// Refuses the binding unless exactly one of two roles is bound.
  ///
  /// @throws IllegalArgumentException otherwise
  public void exactlyOne(String first, String second) {
    if (has(first) == has(second)) {
      throw new IllegalArgumentException(
          "found %s of the roles '%s' and '%s', expected exactly one"
              .formatted(has(first) ? "both" : "neither", first, second));
    }
  }
}
