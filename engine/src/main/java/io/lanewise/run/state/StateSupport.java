package io.lanewise.run.state;

import io.lanewise.noise.GivenNoise;
import io.lanewise.noise.Noise;
import io.lanewise.noise.ZeroNoise;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.SampleMetric;
import io.lanewise.plan.Bins;
import io.lanewise.run.bind.BoundTask;

/// Tells which evaluations have a state that can be merged with those of other runs.
public final class StateSupport {
  private StateSupport() {}

  /// Refuses an evaluation whose state has no meaning in another run: a metric that does not store
  /// it, or noise drawn by the index of a row, which differs in another run.
  ///
  /// @throws IllegalArgumentException naming the evaluation
  public static void require(BoundTask task) {
    requireAnyIndex(task, "no state file");
    requireStorable(task);
  }

  /// Refuses an evaluation whose results depend on the index of a row.
  ///
  /// @param way what else would do, for the message
  /// @throws IllegalArgumentException naming the evaluation
  public static void requireAnyIndex(BoundTask task, String way) {
    String place = place(task);
    for (Parameter<?> parameter : task.descriptor().parameters()) {
      if (task.binding().get(parameter) instanceof Noise noise
          && !(noise instanceof GivenNoise)
          && !(noise instanceof ZeroNoise)) {
        throw new IllegalArgumentException(
            "%s: found %s '%s', whose draws depend on a row's place among all rows, expected noise from a column, or %s"
                .formatted(place, parameter.name(), noise, way));
      }
    }
    if (task.objective().dependsOnRowIndex(task.binding())) {
      throw new IllegalArgumentException(
          "%s: found draws that depend on a row's place among all rows, expected a column of them, or %s"
              .formatted(place, way));
    }
  }

  private static String place(BoundTask task) {
    return "evaluation '%s'".formatted(task.task().name());
  }

  /// Refuses an evaluation whose state cannot be written, or has no meaning where it is read.
  ///
  /// @throws IllegalArgumentException naming the evaluation
  public static void requireStorable(BoundTask task) {
    String place = place(task);
    task.binding()
        .parameters()
        .asText()
        .forEach((name, text) -> {
          if (text.contains("@")) {
            throw new IllegalArgumentException(
                "%s: found %s '%s', a file that may not be there when states are merged, expected its numbers, or no state file"
                    .formatted(place, name, text));
          }
        });
    for (Bins bins : task.by()) {
      if (bins.edgesDependOnData()) {
        throw new IllegalArgumentException(
            "%s: found bins by '%s' whose edges follow from all rows, expected bins with a range, or no state file"
                .formatted(place, bins.by()));
      }
    }
    if (task.blockMeans() != null) {
      throw new IllegalArgumentException(
          "%s: found means over all rows as part of the result, expected parameters that do without, or no state file"
              .formatted(place));
    }
    if (task.objective() instanceof SampleMetric metric) {
      try {
        metric.newState(task.binding()).fields(new FieldBytes());
      } catch (UnsupportedOperationException e) {
        throw new IllegalArgumentException(
            "%s: found objective '%s', whose state cannot be written to a file (it %s), expected another one, or no state file"
                .formatted(place, metric.descriptor().id(), e.getMessage()),
            e);
      }
    }
  }
}
