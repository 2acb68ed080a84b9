package io.lanewise.result;

/// One number of a result.
///
/// @param name lower-kebab, unique within its evaluation
/// @param value the number; NaN if it is undefined (no rows); may be ±infinity
/// @param standardError its standard error in the same unit; NaN where none is known
/// @param errorMethod how the standard error was obtained: `mean`, `delta`, `jackknife` (over
///   blocks of rows), `blocks` (the mean of independent blocks), `regression`, `splits`,
///   `directions` or `none`
/// @param n the number of rows it rests on
/// @param unit `nats`, `bits`, `1` for a pure number, …
/// @param better which values are better
/// @param definition the formula, with the reductions and constants that it includes
public record Measure(
    String name,
    double value,
    double standardError,
    String errorMethod,
    long n,
    String unit,
    Direction better,
    String definition) {}
