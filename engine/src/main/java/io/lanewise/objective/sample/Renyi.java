package io.lanewise.objective.sample;

/// Effective numbers of a distribution, by their order (Hill 1973): `exp` of the Rényi entropy.
final class Renyi {
  private Renyi() {}

  /// The effective number of weights.
  ///
  /// @param weights 0 or more; what they sum to is taken for 1
  /// @param order 0 or more, or infinite; 1 is the Shannon entropy
  static double number(double[] weights, double order) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    return number(weights, total, order);
  }

  /// The same with weights over a total that need not be their sum.
  static double number(double[] weights, double total, double order) {
    double largest = 0;
    for (double weight : weights) {
      largest = Math.max(largest, weight);
    }
    if (Double.isInfinite(order)) {
      return total / largest;
    }
    if (Math.pow(largest / total, order) < Double.MIN_NORMAL) {
      return ofHighOrder(weights, total, largest, order);
    }
    double sum = 0;
    for (double weight : weights) {
      double p = weight / total;
      if (p > 0) {
        sum += order == 1 ? -p * Math.log(p) : Math.pow(p, order);
      }
    }
    return Math.exp(order == 1 ? sum : Math.log(sum) / (1 - order));
  }

  /// Powers of the weights over the largest, since those of the weights leave the range of float64.
  private static double ofHighOrder(double[] weights, double total, double largest, double order) {
    double sum = 0;
    for (double weight : weights) {
      sum += Math.pow(weight / largest, order);
    }
    return Math.exp((Math.log(sum) + order * Math.log(largest / total)) / (1 - order));
  }
}
