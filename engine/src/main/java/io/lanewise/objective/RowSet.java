package io.lanewise.objective;

import java.util.List;
import java.util.function.Predicate;

/// A set of rows that an objective reads: most read one, some compare two, such as `real` and
/// `fake`.
///
/// @param name lower-kebab
/// @param required whether it must be given
/// @param doc one sentence
/// @param roles its columns
/// @param choices which of the roles stand for each other
public record RowSet(
    String name, boolean required, String doc, List<Role> roles, List<Choice> choices) {
  public RowSet {
    roles = List.copyOf(roles);
    choices = List.copyOf(choices);
  }

  /// The name of the only set of an objective that reads one.
  public static final String ROWS = "rows";

  /// A set whose roles do not stand for each other.
  public RowSet(String name, boolean required, String doc, List<Role> roles) {
    this(name, required, doc, roles, List.of());
  }

  /// The only set of an objective that reads one.
  public static RowSet rows(Role... roles) {
    return new RowSet(ROWS, true, "The rows to evaluate.", List.of(roles));
  }

  /// The same set with choices among its roles.
  public RowSet choosing(Choice... more) {
    return new RowSet(name, required, doc, roles, List.of(more));
  }

  /// Whether a column for one role means that the other needs none.
  public boolean areRivals(String role, String other) {
    return choices.stream().anyMatch(choice -> choice.areRivals(role, other));
  }

  /// The other usual names of a column in this role, without those that are names of roles of this
  /// set.
  public List<String> synonyms(Role role) {
    return role.synonyms().stream()
        .filter(synonym -> roles.stream().noneMatch(other -> other.isCalled(synonym)))
        .toList();
  }

  /// Refuses bound roles that do not fit the choices.
  ///
  /// @throws IllegalArgumentException if roles are bound that stand for each other, or none where
  ///   one is required
  public void requireChoices(Predicate<String> bound) {
    for (Choice choice : choices) {
      String problem = choice.problem(bound);
      if (!problem.isEmpty()) {
        throw new IllegalArgumentException(
            name.equals(ROWS) ? problem : "set '%s': %s".formatted(name, problem));
      }
    }
  }
}
