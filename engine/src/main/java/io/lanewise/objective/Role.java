package io.lanewise.objective;

import io.lanewise.batch.Shape;

/// A part that a column plays in an objective.
///
/// A vector role accepts a vector column, a sequence column whose rows all have one length, and a
/// scalar column (as width 1). A sequence role accepts a vector column as well. A scalar role
/// accepts a vector of width 1. A number role accepts integers, which are widened to float64.
///
/// @param name lower-kebab, unique within its objective
/// @param shape what a row holds
/// @param kind what its elements are
/// @param dimension vector roles of one objective with the same dimension have the same width
/// @param required whether it must be bound; otherwise the objective says in its documentation when
/// @param doc one sentence
public record Role(
    String name, Shape shape, Kind kind, String dimension, boolean required, String doc) {

  /// What the elements of a role are.
  public enum Kind {
    /// Real numbers: float32 or float64, or integers widened to float64.
    NUMBER,
    /// Integers: timesteps, labels, counts.
    INTEGER
  }

  /// A required vector of numbers.
  public static Role vector(String name, String dimension, String doc) {
    return new Role(name, Shape.VECTOR, Kind.NUMBER, dimension, true, doc);
  }

  /// A required number.
  public static Role scalar(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.NUMBER, "", true, doc);
  }

  /// A required sequence of numbers.
  public static Role sequence(String name, String doc) {
    return new Role(name, Shape.SEQUENCE, Kind.NUMBER, "", true, doc);
  }

  /// A required integer.
  public static Role integer(String name, String doc) {
    return new Role(name, Shape.SCALAR, Kind.INTEGER, "", true, doc);
  }

  /// The same role, not required.
  public Role optional() {
    return new Role(name, shape, kind, dimension, false, doc);
  }
}
