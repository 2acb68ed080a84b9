package io.lanewise.objective;

import io.lanewise.batch.Shape;
import java.util.ArrayList;
import java.util.List;

/// A part that a column plays in an objective.
///
/// A vector role accepts a vector column, a sequence column whose rows all have one length, and a
/// scalar column (as width 1). A sequence role accepts a vector column as well. A scalar role
/// accepts a vector of width 1. A number role accepts integers, which are widened to float64.
///
/// A vector role of numbers takes any number of columns, scalars and vectors: a row's vector is
/// their elements one after the other, in the order in which the columns are named.
///
/// Immutable: made by the factories, and changed into others.
public final class Role {
  private final String name;
  private final Shape shape;
  private final Kind kind;
  private final String dimension;
  private final String doc;
  private final boolean required;
  private final List<Condition> conditions;
  private final List<String> synonyms;
  private final Range range;

  private Role(
      Role of, boolean required, List<Condition> conditions, List<String> synonyms, Range range) {
    name = of.name;
    shape = of.shape;
    kind = of.kind;
    dimension = of.dimension;
    doc = of.doc;
    this.required = required;
    this.conditions = List.copyOf(conditions);
    this.synonyms = List.copyOf(synonyms);
    this.range = range;
  }

  private Role(String name, Shape shape, Kind kind, String dimension, String doc) {
    this.name = name;
    this.shape = shape;
    this.kind = kind;
    this.dimension = dimension;
    this.doc = doc;
    required = true;
    conditions = List.of();
    synonyms = Synonyms.of(name, shape);
    range = Range.ANY;
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
    return new Role(name, Shape.VECTOR, Kind.NUMBER, dimension, doc);
  }

  /// A required number.
  public static Role scalar(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.NUMBER, "", doc);
  }

  /// A required sequence of numbers.
  public static Role sequence(String name, String doc) {
    return new Role(name, Shape.SEQUENCE, Kind.NUMBER, "", doc);
  }

  /// A required integer.
  public static Role integer(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.INTEGER, "", doc);
  }

  /// A required sequence of integers, seen in the type that its column has.
  public static Role integers(String name, String doc) {
    return new Role(name, Shape.SEQUENCE, Kind.INTEGER, "", doc);
  }

  /// A required id: an integer or a text.
  public static Role id(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.ID, "", doc);
  }

  /// A required vector of numbers of any width, usually from several columns.
  public static Role columns(String name, String doc) {
    return vector(name, "", doc);
  }

  /// The same role, not required: the objective says in its documentation when it is.
  public Role optional() {
    return new Role(this, false, conditions, synonyms, range);
  }

  /// The same role, of use only where the parameter has one of the values. Where it has not, a
  /// column of the role's name is not taken unless it is named.
  public Role when(String parameter, String... values) {
    return when(parameter, List.of(values));
  }

  /// The same role, of use only where the parameter has one of the values.
  public Role when(String parameter, List<String> values) {
    List<Condition> more = new ArrayList<>(conditions);
    more.add(new Condition(parameter, values));
    return new Role(this, required, more, synonyms, range);
  }

  /// The same role, whose columns are usually known by these names instead, with underscores.
  public Role alsoCalled(String... names) {
    return new Role(this, required, conditions, List.of(names), range);
  }

  /// The same role, restricted to a range of numbers.
  public Role in(Range meaning) {
    return new Role(this, required, conditions, synonyms, meaning);
  }

  /// The name, lower-kebab, unique within its objective.
  public String name() {
    return name;
  }

  /// What a row holds.
  public Shape shape() {
    return shape;
  }

  /// What its elements are.
  public Kind kind() {
    return kind;
  }

  /// Vector roles of one objective with the same dimension have the same width; empty for none.
  public String dimension() {
    return dimension;
  }

  /// Whether it must be bound.
  public boolean required() {
    return required;
  }

  /// Parameters that must have one of some values for the role to be of use.
  public List<Condition> conditions() {
    return conditions;
  }

  /// Other names by which a column of this role is usually known, with underscores.
  public List<String> synonyms() {
    return synonyms;
  }

  /// Which numbers its meaning allows.
  public Range range() {
    return range;
  }

  /// One sentence.
  public String doc() {
    return doc;
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
