package io.lanewise.objective.score;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Length;
import io.lanewise.objective.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the score of a row's state comes from, as parameters say: a column, or a density.
final class RowScore {
  static final Parameter<String> SCORE =
      Parameter.choice(
          "score-function",
          "given",
          "given: the column in role score; standard-normal: -x; gaussian, mixture: of 'target'.",
          List.of("given", "standard-normal", "gaussian", "mixture"));
  static final Parameter<String> TARGET =
      new Parameter<>(
          "target",
          "none",
          "JSON or the name of a file with it",
          "",
          "For gaussian and mixture: {\"weights\", \"means\", \"covariances\" or \"deviations\"}.",
          text -> text);

  private RowScore() {}

  /// The density that states are followed by; null if the score is a column.
  ///
  /// @throws IllegalArgumentException if roles and parameters do not fit each other
  static @Nullable ScoreFunction of(Binding binding) {
    String kind = binding.get(SCORE);
    boolean given = kind.equals("given");
    if (given != binding.has("score")) {
      throw new IllegalArgumentException(
          given
              ? "score-function is 'given': found no column for role 'score', expected one"
              : "score-function is '%s': found a column for role 'score', expected none"
                  .formatted(kind));
    }
    boolean named = kind.equals("gaussian") || kind.equals("mixture");
    String target = binding.get(TARGET);
    if (named == target.equals("none")) {
      throw new IllegalArgumentException(
          "score-function is '%s': found target '%s', expected %s"
              .formatted(kind, target, named ? "JSON or a file" : "none"));
    }
    return switch (kind) {
      case "given" -> null;
      case "standard-normal" -> RowScore::standardNormal;
      default -> ScoreTarget.parse(target, binding.width("x"), kind.equals("gaussian"));
    };
  }

  /// Refuses more than one step where score or noise is a column.
  static void oneStep(Binding binding, int steps) {
    if ((binding.has("score") || binding.has("noise")) && steps > 1) {
      throw new IllegalArgumentException(
          "parameter 'steps': found %d, expected 1 where score or noise is a column"
              .formatted(steps));
    }
  }

  private static double standardNormal(double[] x, double[] score) {
    double square = 0;
    for (int j = 0; j < x.length; j++) {
      score[j] = -x[j];
      square += x[j] * x[j];
    }
    return -0.5 * square;
  }

  /// The Euclidean norm.
  static double norm(double[] values) {
    double square = 0;
    for (double value : values) {
      square += value * value;
    }
    return Length.isExact(square) ? Math.sqrt(square) : Length.of(values.length, j -> values[j]);
  }
}
