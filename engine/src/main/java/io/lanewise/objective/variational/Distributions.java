package io.lanewise.objective.variational;

import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import java.util.List;

/// Pairs of discrete distributions, one pair a row.
final class Distributions {
  static final Parameter<String> INPUTS =
      Parameter.choice(
          "inputs",
          "probabilities",
          "What the columns hold: weights that are divided by their sum, probabilities that already sum"
              + " to 1, or logits.",
          List.of("probabilities", "normalized", "logits"));
  static final RowSet ROWS =
      RowSet.rows(
          Role.vector("p", "outcome", "The first distribution, one number for each outcome."),
          Role.vector("q", "outcome", "The second distribution."));

  /// How far from 1 the sum of normalized probabilities may be; float32 softmax of a large
  /// vocabulary.
  private static final double TOLERANCE = 1e-4;

  private Distributions() {}

  /// Replaces what the columns hold by probabilities that sum to 1.
  ///
  /// @throws IllegalArgumentException for a negative probability, a sum of 0, or a sum that is not
  ///   1 where that was promised
  static void normalize(Rows in, String role, String inputs, double[] values) {
    int width = in.width(role);
    for (int i = 0; i < in.count(); i++) {
      int from = i * width;
      if (inputs.equals("logits")) {
        softmax(values, from, width);
        continue;
      }
      double sum = 0;
      for (int j = from; j < from + width; j++) {
        if (values[j] < 0 && !in.isNull(i)) {
          throw new IllegalArgumentException(
              "role '%s' row %d element %d: found %s, expected a probability of at least 0"
                  .formatted(role, in.firstInFile() + i, j - from, values[j]));
        }
        sum += values[j];
      }
      boolean wrong = inputs.equals("normalized") ? Math.abs(sum - 1) > TOLERANCE : sum == 0;
      if (wrong && !in.isNull(i)) {
        throw new IllegalArgumentException(
            "role '%s' row %d: found probabilities that sum to %s, expected %s"
                .formatted(
                    role,
                    in.firstInFile() + i,
                    sum,
                    inputs.equals("normalized") ? "1" : "more than 0"));
      }
      for (int j = from; j < from + width && inputs.equals("probabilities"); j++) {
        values[j] /= sum;
      }
    }
  }

  private static void softmax(double[] x, int from, int width) {
    double logSum = logSum(x, from, width);
    for (int j = from; j < from + width; j++) {
      x[j] = StrictMath.exp(x[j] - logSum);
    }
  }

  /// `ln sum_j e^x_j` of one row.
  static double logSum(double[] x, int from, int width) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = from; j < from + width; j++) {
      max = Math.max(max, x[j]);
    }
    double sum = 0;
    for (int j = from; j < from + width; j++) {
      sum += StrictMath.exp(x[j] - max);
    }
    return max + StrictMath.log(sum);
  }

  /// `p ln(p / q)`: 0 where p is 0, +Infinity where only q is.
  static double term(double p, double q) {
    return p == 0 && !Double.isNaN(q) ? 0 : p * StrictMath.log(p / q);
  }
}
