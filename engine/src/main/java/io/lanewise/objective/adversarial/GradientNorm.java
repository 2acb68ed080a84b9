package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Length;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;

/// Squared Euclidean norms of gradients: from gradient vectors, or from their norms.
record GradientNorm(Binding binding, boolean given) {
  private static final String NORM = "norm";
  private static final String GRADIENT = "gradient";

  static RowSet rows(String of) {
    return RowSet.rows(
            Role.scalar(NORM, "Euclidean norm of the gradient of " + of + "; or:").optional(),
            Role.vector(GRADIENT, "data", "the gradient itself.").optional(),
            Weights.ROLE)
        .choosing(Choice.oneOf(NORM, GRADIENT));
  }

  static GradientNorm of(Binding binding) {
    return new GradientNorm(binding, binding.has(NORM));
  }

  /// Squared norms, in float64.
  void squared(Rows in, double[] out) {
    if (given) {
      in.numbers(NORM, out);
      for (int i = 0; i < in.count(); i++) {
        out[i] *= out[i];
      }
    } else {
      binding.kernels().squaredNorm().rows(in.matrix(GRADIENT), out);
    }
  }

  /// Norms: as given, or `sqrt(sum g^2 + epsilon)`.
  void norm(Rows in, double epsilon, double[] out) {
    if (given) {
      in.numbers(NORM, out);
      return;
    }
    squared(in, out);
    int width = in.width(GRADIENT);
    for (int i = 0; i < in.count(); i++) {
      // Where the square is too small, so is it beside an epsilon, if there is one.
      boolean lost = !Length.isExact(out[i]) && (out[i] > 1 || epsilon == 0);
      long from = (long) i * width;
      out[i] =
          lost
              ? Length.of(width, j -> in.element(in.vector(GRADIENT), from + j))
              : Math.sqrt(out[i] + epsilon);
    }
  }
}
