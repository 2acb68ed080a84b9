package io.lanewise.objective;

/// A per-row column that an objective computes.
///
/// @param name lower-kebab, unique within its set; if several sets have it, it is requested for all
///   of them at once
/// @param set the set of rows it belongs to
/// @param vectorLike empty for a number (float64); for a vector, the role that gives its element
///   type, and its width unless [Objective#width] is overridden
/// @param unit `nats`, `1`, …
/// @param definition the formula
/// @param always whether it is always computed; otherwise only if a plan requests it
/// @param integral whether a number is an integer, written to files as int64
public record Output(
    String name,
    String set,
    String vectorLike,
    String unit,
    String definition,
    boolean always,
    boolean integral) {

  /// A number of the only set.
  public static Output number(String name, String unit, String definition) {
    return new Output(name, RowSet.ROWS, "", unit, definition, true, false);
  }

  /// An integer of the only set, such as a timestep: computed as float64, written as int64.
  public static Output integer(String name, String definition) {
    return new Output(name, RowSet.ROWS, "", "1", definition, true, true);
  }

  /// A vector of the only set, as wide as the column in role `like`.
  public static Output vector(String name, String like, String unit, String definition) {
    return new Output(name, RowSet.ROWS, like, unit, definition, true, false);
  }

  /// The same, of another set.
  public Output of(String otherSet) {
    return new Output(name, otherSet, vectorLike, unit, definition, always, integral);
  }

  /// The same, computed only if asked for.
  public Output onRequest() {
    return new Output(name, set, vectorLike, unit, definition, false, integral);
  }

  /// Whether a row's value is a vector.
  public boolean isVector() {
    return !vectorLike.isEmpty();
  }
}
