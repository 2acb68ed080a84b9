package io.lanewise.objective;

import io.lanewise.batch.Shape;

/// A part that a column plays in an objective.
///
/// A vector role accepts a vector column, a sequence column whose rows all have one length, and a
/// scalar column (as width 1). A sequence role accepts a vector column as well. A scalar role
/// accepts a vector of width 1. A number role accepts integers, which are widened to float64.
///
/// A role of `many` columns takes any number of them, scalars and vectors: a row's vector is their
/// elements one after the other, in the order in which the columns are named.
///
/// @param name lower-kebab, unique within its objective
/// @param shape what a row holds
/// @param kind what its elements are
/// @param dimension vector roles of one objective with the same dimension have the same width
/// @param required whether it must be bound; otherwise the objective says in its documentation when
/// @param many whether several columns may play it together; vector roles of numbers only
/// @param range which numbers its meaning allows
/// @param doc one sentence
public record Role(
    String name,
    Shape shape,
    Kind kind,
    String dimension,
    boolean required,
    boolean many,
    Range range,
    String doc) {

  /// A role that may hold any number.
  public Role(
      String name,
      Shape shape,
      Kind kind,
      String dimension,
      boolean required,
      boolean many,
      String doc) {
    this(name, shape, kind, dimension, required, many, Range.ANY, doc);
  }

  /// What the elements of a role are.
  public enum Kind {
    /// Real numbers: float32 or float64, or integers widened to float64.
    NUMBER,
    /// Integers: timesteps, labels, counts.
    INTEGER,
    /// What tells things apart: integers or text.
    ID
  }

  /// A required vector of numbers.
  public static Role vector(String name, String dimension, String doc) {
    return new Role(name, Shape.VECTOR, Kind.NUMBER, dimension, true, false, doc);
  }

  /// A required number.
  public static Role scalar(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.NUMBER, "", true, false, doc);
  }

  /// A required sequence of numbers.
  public static Role sequence(String name, String doc) {
    return new Role(name, Shape.SEQUENCE, Kind.NUMBER, "", true, false, doc);
  }

  /// A required integer.
  public static Role integer(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.INTEGER, "", true, false, doc);
  }

  /// A required sequence of integers, seen in the type that its column has.
  public static Role integers(String name, String doc) {
    return new Role(name, Shape.SEQUENCE, Kind.INTEGER, "", true, false, doc);
  }

  /// A required id: an integer or a text.
  public static Role id(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.ID, "", true, false, doc);
  }

  /// A required vector of numbers from any number of columns.
  public static Role columns(String name, String doc) {
    return new Role(name, Shape.VECTOR, Kind.NUMBER, "", true, true, doc);
  }

  /// The same role, not required.
  public Role optional() {
    return new Role(name, shape, kind, dimension, false, many, range, doc);
  }

  /// The same role for numbers of a meaning.
  public Role in(Range meaning) {
    return new Role(name, shape, kind, dimension, required, many, meaning, doc);
  }
}
