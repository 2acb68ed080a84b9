package io.lanewise.objective.adversarial;

import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import java.util.List;

/// What a discriminator says of rows: logits, or probabilities `D = sigmoid(logit)`, and the terms
/// that losses are made of. A NaN gives NaN everywhere.
record DiscriminatorOutput(Kernels kernels, boolean logits) {
  static final String LOGIT = "logit";
  static final String PROBABILITY = "probability";

  static RowSet set(String name, String doc) {
    return new RowSet(
            name,
            true,
            doc,
            List.of(
                Role.scalar(LOGIT, "Discriminator logit, positive for real; or:").optional(),
                Role.scalar(PROBABILITY, "probability of being real.")
                    .in(Range.PROBABILITY)
                    .optional(),
                Weights.ROLE))
        .choosing(Choice.oneOf(LOGIT, PROBABILITY));
  }

  static DiscriminatorOutput of(Binding binding, String set) {
    return new DiscriminatorOutput(binding.kernels(), binding.has(set, LOGIT));
  }

  /// Cross-entropy with a label in [0, 1]: `-label ln D - (1 - label) ln(1 - D)`.
  void crossEntropy(Rows in, double label, double[] out) {
    if (label == 0) {
      negativeLog(in, false, out);
      return;
    }
    negativeLog(in, true, out);
    if (label < 1) {
      double[] other = new double[in.count()];
      negativeLog(in, false, other);
      for (int i = 0; i < in.count(); i++) {
        out[i] = label * out[i] + (1 - label) * other[i];
      }
    }
  }

  /// `-ln D`, or `-ln(1 - D)`.
  private void negativeLog(Rows in, boolean ofD, double[] out) {
    if (logits) {
      kernels.softplus().each(in.matrix(LOGIT), ofD, out);
    } else {
      kernels.negativeLog().each(in.matrix(PROBABILITY), !ofD, out);
    }
  }

  /// 1 where the row is on its side of `D = 1/2`, else 0.
  void correct(Rows in, boolean real, double[] out) {
    in.numbers(logits ? LOGIT : PROBABILITY, out);
    double middle = logits ? 0 : 0.5;
    for (int i = 0; i < in.count(); i++) {
      double value = out[i];
      // NaN must not count as wrong.
      out[i] = Double.isNaN(value) ? value : (real ? value > middle : value < middle) ? 1 : 0;
    }
  }

  /// The logit; for probabilities `ln D - ln(1 - D)`, infinite at 0 and 1.
  void logit(Rows in, double[] out) {
    if (logits) {
      in.numbers(LOGIT, out);
      return;
    }
    double[] other = new double[in.count()];
    negativeLog(in, false, out);
    negativeLog(in, true, other);
    for (int i = 0; i < in.count(); i++) {
      out[i] -= other[i];
    }
  }

  /// D.
  void sigmoid(Rows in, double[] out) {
    in.numbers(logits ? LOGIT : PROBABILITY, out);
    for (int i = 0; i < in.count() && logits; i++) {
      double e = StrictMath.exp(-Math.abs(out[i]));
      out[i] = (out[i] < 0 ? e : 1) / (1 + e);
    }
  }

  /// 1 where `|logit| > bound`, else 0.
  void saturated(Rows in, double bound, double[] out) {
    logit(in, out);
    for (int i = 0; i < in.count(); i++) {
      double value = Math.abs(out[i]);
      out[i] = Double.isNaN(value) ? value : value > bound ? 1 : 0;
    }
  }
}
