package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Estimate;
import io.lanewise.objective.Means;
import io.lanewise.objective.Output;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;
import java.util.stream.Stream;

/// The optional weights of the rows of a set and the reduction that goes with them, TF-GAN's
/// `SUM_BY_NONZERO_WEIGHTS`: the sum of `weight * loss` over the number of rows whose weight is not
/// 0 (not over the sum of weights, so a weight of 2.3 for every row multiplies the loss by 2.3).
/// Without weights it is the mean. If every weight is 0 it is NaN. Objectives multiply a row's
/// losses by its weight.
record Weights(String set, boolean bound) {
  static final String WEIGHT = "weight";
  static final Role ROLE =
      Role.scalar(WEIGHT, "Weight of the row in the losses; sum(w * loss) / count(w != 0).")
          .in(Range.WEIGHT)
          .optional();

  static Weights of(Binding binding, String set) {
    return new Weights(set, binding.has(set, WEIGHT));
  }

  /// The output that tells which rows count.
  static Output countedOutput(String set) {
    return Output.number(set + "-counted", "1", "1 if the row's weight is not 0, else 0")
        .of(set)
        .onRequest();
  }

  private String counted() {
    return set + "-counted";
  }

  /// Multiplies losses by the rows' weights. A weight of 0 gives a loss of 0, whatever the loss
  /// was.
  void apply(Rows in, RowOutputs out, double[]... losses) {
    if (!bound) {
      if (out.wants(counted())) {
        java.util.Arrays.fill(out.number(counted()), 0, in.count(), 1);
      }
      return;
    }
    double[] weight = in.numbers(WEIGHT, new double[0]);
    for (double[] loss : losses) {
      for (int i = 0; i < in.count(); i++) {
        loss[i] = weight[i] == 0 ? 0 : weight[i] * loss[i];
      }
    }
    if (out.wants(counted())) {
      double[] counts = out.number(counted());
      for (int i = 0; i < in.count(); i++) {
        counts[i] = weight[i] == 0 ? 0 : 1;
      }
    }
  }

  /// `factor` times the reduction of an output of this set.
  Term term(double factor, String output) {
    return new Term(this, factor, output);
  }

  /// A part of a loss.
  record Term(Weights weights, double factor, String output) {
    private Stream<String> outputs() {
      return weights.bound ? Stream.of(output, weights.counted()) : Stream.of(output);
    }

    private Estimate estimate(Means means) {
      Estimate mean = means.mean(output);
      return (weights.bound ? mean.over(means.mean(weights.counted())) : mean).times(factor);
    }
  }

  /// A statistic `constant + sum of terms`.
  static Statistic loss(
      String name,
      String unit,
      Direction better,
      String definition,
      double constant,
      List<Term> terms) {
    boolean weighted = terms.stream().anyMatch(t -> t.weights.bound);
    return new Statistic(
        name,
        unit,
        better,
        weighted ? definition + "; mean is sum(w * loss) / count(w != 0)" : definition,
        terms.stream().flatMap(Term::outputs).distinct().toList(),
        means ->
            terms.stream()
                .map(t -> t.estimate(means))
                .reduce(Estimate::plus)
                .orElseThrow()
                .plus(constant));
  }
}
