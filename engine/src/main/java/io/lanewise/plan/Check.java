package io.lanewise.plan;

/// A bound on a measure; a broken one makes the run fail.
///
/// @param evaluation the evaluation's name
/// @param measure the measure's name
/// @param comparison one of `<`, `<=`, `>`, `>=`
/// @param bound the bound
public record Check(String evaluation, String measure, String comparison, double bound) {
  public Check {
    if (!java.util.List.of("<", "<=", ">", ">=").contains(comparison)) {
      throw new IllegalArgumentException(
          "check on '%s.%s': found comparison '%s', expected <, <=, > or >="
              .formatted(evaluation, measure, comparison));
    }
  }

  /// Whether `value` is within the bound; never for NaN.
  public boolean holds(double value) {
    return switch (comparison) {
      case "<" -> value < bound;
      case "<=" -> value <= bound;
      case ">" -> value > bound;
      default -> value >= bound;
    };
  }
}
