package io.lanewise.result;

import org.jspecify.annotations.Nullable;

/// One check of the plan: a bound on a measure, or the status of a judgement.
///
/// @param measure `evaluation.measure`, with `{by=group}` if it is that of a group
/// @param expected the bound as text, for example `>= 0.5`, or `is pass`
/// @param found the measure's value; NaN if it has none
/// @param passed whether the bound holds; false for NaN
/// @param note the status that was found, or what else is to be known; null if nothing
public record CheckResult(
    String measure, String expected, double found, boolean passed, @Nullable String note) {
  /// A bound on a measure, without more to say.
  public CheckResult(String measure, String expected, double found, boolean passed) {
    this(measure, expected, found, passed, null);
  }
}
