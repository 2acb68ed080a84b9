package io.lanewise.objective.flow;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// What the evaluable flows share: rows `x` go through a bijection or its inverse to rows `y` with
/// the log-absolute-determinant `ln|det dy/dx|` of that direction. Arithmetic is in float64, also
/// for float32 rows, whose `y` is rounded once.
final class TransformedRows {
  static final Parameter<String> DIRECTION =
      Parameter.choice(
          "direction",
          "forward",
          "forward: y = f(x); inverse: y = f^-1(x).",
          List.of("forward", "inverse"));

  private TransformedRows() {}

  /// One row.
  interface RowMap {
    /// Computes `y` of row `row`, whose elements are `x`.
    ///
    /// @return `ln|det dy/dx|`
    double apply(int row, double[] x, double[] y);
  }

  static boolean inverse(Binding binding) {
    return binding.get(DIRECTION).equals("inverse");
  }

  static List<Output> outputs(String definition) {
    return List.of(
        Output.vector("y", "x", "1", definition),
        Output.number("logdet", "nats", "ln|det dy/dx| in the direction taken"));
  }

  static List<Statistic> statistics() {
    return List.of(
        Statistic.mean(
            "logdet", "nats", Direction.NEITHER, "mean over rows of ln|det dy/dx|", "logdet"));
  }

  static void evaluate(Rows in, RowOutputs out, RowMap map) {
    RoleRows x = new RoleRows(in, "x");
    int width = in.width("x");
    double[] y = new double[width];
    double[] logdet = out.number("logdet");
    MemorySegment result = out.vector("y");
    for (int i = 0; i < in.count(); i++) {
      logdet[i] = map.apply(i, x.row(i), y);
      for (int j = 0; j < width; j++) {
        long at = (long) i * width + j;
        switch (in.type()) {
          case FLOAT32 -> {
            result.set(JAVA_FLOAT_UNALIGNED, 4 * at, (float) y[j]);
          }
          case FLOAT64 -> {
            result.set(JAVA_DOUBLE_UNALIGNED, 8 * at, y[j]);
          }
          case INT32, INT64, TEXT -> throw in.type().notFloat();
        }
      }
    }
  }
}
