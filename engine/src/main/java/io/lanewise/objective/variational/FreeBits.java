package io.lanewise.objective.variational;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;

/// Free bits: a group of latent dimensions counts at least lambda nats of KL, so that training
/// gains nothing by emptying it further (Kingma et al., arXiv:1606.04934, appendix C.8). Groups are
/// runs of equally many dimensions, in order.
///
/// The paper's form takes the mean over rows first: `sum_g max(lambda, mean KL_g)`. Much code takes
/// the maximum in each row: `mean sum_g max(lambda, KL_g)`, which is never less.
///
/// @param lambda nats; 0 for none
/// @param groups how many groups
record FreeBits(double lambda, int groups) {
  static final Parameter<Double> LAMBDA =
      Parameter.number(
          "free-bits",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "nats",
          "lambda: least that a group of dimensions counts in kl-free-bits; 0 leaves that out.");
  static final Parameter<Long> GROUPS =
      Parameter.integer(
          "free-bits-groups",
          "0",
          0,
          Integer.MAX_VALUE,
          "Number of groups of equally many dimensions, in order; 0: each dimension is a group, 1: all are one group.");

  /// @param width latent dimensions
  /// @throws IllegalArgumentException if they do not make that many equal groups
  static FreeBits of(Binding binding, int width) {
    int groups = Math.toIntExact(binding.get(GROUPS));
    if (groups > 0 && width % groups != 0) {
      throw new IllegalArgumentException(
          "parameter 'free-bits-groups': found %d, expected a divisor of the %d dimensions"
              .formatted(groups, width));
    }
    return new FreeBits(binding.get(LAMBDA), groups == 0 ? width : groups);
  }

  boolean given() {
    return lambda > 0;
  }

  /// Which group a dimension belongs to.
  int group(int dimension, int width) {
    return dimension / (width / groups);
  }

  /// `sum_g max(lambda, KL_g)` from the divergence of each group.
  double sum(double[] ofGroups) {
    double sum = 0;
    for (int g = 0; g < groups; g++) {
      sum += Math.max(lambda, ofGroups[g]);
    }
    return sum;
  }
}
