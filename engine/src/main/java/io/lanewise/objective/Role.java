package io.lanewise.objective;

import io.lanewise.batch.Shape;
import java.util.List;
import java.util.stream.Stream;

/// A part that a column plays in an objective.
///
/// A vector role accepts a vector column, a sequence column whose rows all have one length, and a
/// scalar column (as width 1). A sequence role accepts a vector column as well. A scalar role
/// accepts a vector of width 1. A number role accepts integers, which are widened to float64.
///
/// A vector role of numbers takes any number of columns, scalars and vectors: a row's vector is
/// their elements one after the other, in the order in which the columns are named.
///
/// @param name lower-kebab, unique within its objective
/// @param shape what a row holds
/// @param kind what its elements are
/// @param dimension vector roles of one objective with the same dimension have the same width
/// @param required whether it must be bound; otherwise the documentation of the objective says when
/// @param conditions parameters that must have certain values for the role to be used; if one has
///   another value, a column with the name of the role is taken only if a user names it
/// @param synonyms other names by which a column of this role is usually known, with underscores
/// @param range which numbers its meaning allows
/// @param doc one sentence
public record Role(
    String name,
    Shape shape,
    Kind kind,
    String dimension,
    boolean required,
    List<Condition> conditions,
    List<String> synonyms,
    Range range,
    String doc) {
  public Role {
    conditions = List.copyOf(conditions);
    synonyms = List.copyOf(synonyms);
  }

  private static Role required(String name, Shape shape, Kind kind, String dimension, String doc) {
    return new Role(
        name, shape, kind, dimension, true, List.of(), Synonyms.of(name, shape), Range.ANY, doc);
  }

  /// What the elements of a role are.
  public enum Kind {
    /// Real numbers: float32 or float64, or integers widened to float64.
    NUMBER,
    /// Integers: timesteps, labels, counts.
    INTEGER,
    /// Identifiers: integers or text.
    ID
  }

  /// A condition: a parameter has one of these values.
  ///
  /// @param parameter its name
  /// @param values as text
  public record Condition(String parameter, List<String> values) {
    public Condition {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return "%s %s".formatted(parameter, String.join("|", values));
    }
  }

  /// A required vector of numbers.
  public static Role vector(String name, String dimension, String doc) {
    return required(name, Shape.VECTOR, Kind.NUMBER, dimension, doc);
  }

  /// A required number.
  public static Role scalar(String name, String doc) {
    return required(name, Shape.SCALAR, Kind.NUMBER, "", doc);
  }

  /// A required sequence of numbers.
  public static Role sequence(String name, String doc) {
    return required(name, Shape.SEQUENCE, Kind.NUMBER, "", doc);
  }

  /// A required integer.
  public static Role integer(String name, String doc) {
    return required(name, Shape.SCALAR, Kind.INTEGER, "", doc);
  }

  /// A required sequence of integers, seen in the type that its column has.
  public static Role integers(String name, String doc) {
    return required(name, Shape.SEQUENCE, Kind.INTEGER, "", doc);
  }

  /// A required id: an integer or a text.
  public static Role id(String name, String doc) {
    return required(name, Shape.SCALAR, Kind.ID, "", doc);
  }

  /// A required vector of numbers of any width, usually from several columns.
  public static Role columns(String name, String doc) {
    return vector(name, "", doc);
  }

  /// The same role, not required.
  public Role optional() {
    return new Role(name, shape, kind, dimension, false, conditions, synonyms, range, doc);
  }

  /// The same role, of use only where the parameter has one of the values.
  public Role when(String parameter, String... values) {
    return when(parameter, List.of(values));
  }

  /// The same role, of use only where the parameter has one of the values.
  public Role when(String parameter, List<String> values) {
    return new Role(
        name,
        shape,
        kind,
        dimension,
        required,
        Stream.concat(conditions.stream(), Stream.of(new Condition(parameter, values))).toList(),
        synonyms,
        range,
        doc);
  }

  /// The same role with other usual names of its columns.
  public Role alsoCalled(String... names) {
    return new Role(name, shape, kind, dimension, required, conditions, List.of(names), range, doc);
  }

  /// The same role, restricted to a range of numbers.
  public Role in(Range meaning) {
    return new Role(name, shape, kind, dimension, required, conditions, synonyms, meaning, doc);
  }

  /// Whether several columns may play it together.
  public boolean many() {
    return shape == Shape.VECTOR && kind == Kind.NUMBER;
  }

  /// Whether this is its name; hyphens and underscores are equal.
  public boolean isCalled(String column) {
    return same(column, name);
  }

  /// Whether this is one of its synonyms.
  public boolean isKnownAs(String column) {
    return synonyms.stream().anyMatch(synonym -> same(column, synonym));
  }

  private static boolean same(String column, String name) {
    return column.replace('-', '_').equals(name.replace('-', '_'));
  }
}
