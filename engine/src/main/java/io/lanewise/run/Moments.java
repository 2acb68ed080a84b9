package io.lanewise.run;

import io.lanewise.kernel.ExactSum;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;

/// The exact first and second moments of a few numbers a row: sums without rounding, so that
/// neither the order of rows nor their distribution over threads can show in any digit.
final class Moments {
  private final int[][] pairs;
  private final ExactSum[] sums;
  private final ExactSum[] products;
  private long count;

  /// Moments of `outputs` numbers, with the mixed second moments of `pairs` of them.
  Moments(int outputs, int[][] pairs) {
    this.pairs = pairs;
    sums = new ExactSum[outputs];
    products = new ExactSum[pairs.length];
    Arrays.setAll(sums, i -> new ExactSum());
    Arrays.setAll(products, i -> new ExactSum());
  }

  /// Adds rows `[from, to)`: these elements of each array.
  void add(double[][] outputs, int from, int to) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(outputs[i], from, to);
    }
    for (int i = 0; i < pairs.length; i++) {
      products[i].addProducts(outputs[pairs[i][0]], outputs[pairs[i][1]], from, to);
    }
    count += to - from;
  }

  /// Adds the rows of another state of the same layout.
  void merge(Moments other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].merge(other.sums[i]);
    }
    for (int i = 0; i < products.length; i++) {
      products[i].merge(other.products[i]);
    }
    count += other.count;
  }

  /// The number of rows added.
  long count() {
    return count;
  }

  /// The sum of a number over rows, rounded once.
  double total(int output) {
    return sums[output].value();
  }

  /// The mean of a number over rows; NaN without rows.
  double mean(int output) {
    double total = total(output);
    if (count == 0 || !Double.isFinite(total)) {
      return count == 0 ? Double.NaN : total;
    }
    return sums[output]
        .exact()
        .divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)
        .doubleValue();
  }

  /// The unbiased covariance of a pair given at construction; NaN for fewer than two rows.
  double covariance(int pair) {
    int a = pairs[pair][0];
    int b = pairs[pair][1];
    if (count < 2
        || !Double.isFinite(total(a))
        || !Double.isFinite(total(b))
        || !Double.isFinite(products[pair].value())) {
      return Double.NaN;
    }
    BigDecimal n = BigDecimal.valueOf(count);
    BigDecimal scaled =
        n.multiply(products[pair].exact()).subtract(sums[a].exact().multiply(sums[b].exact()));
    return scaled
        .divide(n.multiply(BigDecimal.valueOf(count - 1)), MathContext.DECIMAL128)
        .doubleValue();
  }
}
