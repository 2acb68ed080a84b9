package io.lanewise.result;

/// One check of the plan: a bound on a measure.
///
/// @param measure `evaluation.measure`
/// @param expected the bound as text, for example `>= 0.5`
/// @param found the measure's value; NaN if it has none
/// @param passed whether the bound holds; false for NaN
public record CheckResult(String measure, String expected, double found, boolean passed) {}
