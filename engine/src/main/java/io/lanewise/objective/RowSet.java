package io.lanewise.objective;

import java.util.List;

/// A set of rows that an objective reads: most read one, some compare two, such as `real` and
/// `fake`.
///
/// @param name lower-kebab
/// @param required whether it must be given
/// @param doc one sentence
/// @param roles its columns
public record RowSet(String name, boolean required, String doc, List<Role> roles) {
  public RowSet {
    roles = List.copyOf(roles);
  }

  /// The name of the only set of an objective that reads one.
  public static final String ROWS = "rows";

  /// The only set of an objective that reads one.
  public static RowSet rows(Role... roles) {
    return new RowSet(ROWS, true, "The rows to evaluate.", List.of(roles));
  }
}
