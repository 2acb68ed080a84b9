package io.lanewise.objective;

import io.lanewise.result.Direction;
import java.util.List;
import java.util.function.Function;

/// A summary over rows: a smooth function of the means of per-row outputs. Its standard error
/// follows from the covariances of the outputs by the delta method, so a statistic needs only a
/// formula.
///
/// @param name lower-kebab, unique within its objective
/// @param unit as in [io.lanewise.result.Measure]
/// @param better which values are better
/// @param definition the formula, for the reader
/// @param outputs the number outputs whose means the formula uses
/// @param formula the formula, over the means
public record Statistic(
    String name,
    String unit,
    Direction better,
    String definition,
    List<String> outputs,
    Function<Means, Estimate> formula) {

  /// The mean of one output over rows.
  public static Statistic mean(
      String name, String unit, Direction better, String definition, String output) {
    return new Statistic(
        name, unit, better, definition, List.of(output), means -> means.mean(output));
  }
}
