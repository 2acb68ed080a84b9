package io.lanewise.run.group;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.StateFields;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The exact first and second moments of a few numbers per row. Sums are not rounded, so no digit
/// depends on the order of rows or on their distribution over threads. For some of the numbers also
/// the [QuantileSketch].
public final class Moments {
  private final int[][] pairs;
  private final ExactSum[] sums;
  private final ExactSum[] products;
  private final int[] spreadOf;
  private final QuantileSketch[] spreads;
  private long count;

  /// Moments of `outputs` numbers, with the mixed second moments of `pairs` of them and the spread
  /// of those in `spreadOf`.
  public Moments(int outputs, int[][] pairs, int[] spreadOf) {
    this.pairs = pairs;
    this.spreadOf = spreadOf;
    spreads = new QuantileSketch[spreadOf.length];
    Arrays.setAll(spreads, i -> new QuantileSketch());
    sums = new ExactSum[outputs];
    products = new ExactSum[pairs.length];
    Arrays.setAll(sums, i -> new ExactSum());
    Arrays.setAll(products, i -> new ExactSum());
  }

  /// Adds rows `[from, to)`: these elements of each array.
  public void add(double[][] outputs, int from, int to) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(outputs[i], from, to);
    }
    for (int i = 0; i < pairs.length; i++) {
      products[i].addProducts(outputs[pairs[i][0]], outputs[pairs[i][1]], from, to);
    }
    for (int i = 0; i < spreads.length; i++) {
      spreads[i].add(outputs[spreadOf[i]], from, to);
    }
    count += to - from;
  }

  /// Adds the rows of another state of the same layout.
  public void merge(Moments other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].merge(other.sums[i]);
    }
    for (int i = 0; i < products.length; i++) {
      products[i].merge(other.products[i]);
    }
    for (int i = 0; i < spreads.length; i++) {
      spreads[i].merge(other.spreads[i]);
    }
    count += other.count;
  }

  /// Names the content of moments of one layout.
  public static void fields(StateFields fields, List<Moments> all) {
    long[] counts = all.stream().mapToLong(m -> m.count).toArray();
    counts = fields.list("count", counts, counts.length);
    fields.sums("sum", all.stream().flatMap(m -> Stream.of(m.sums)).toArray(ExactSum[]::new));
    fields.sums(
        "product", all.stream().flatMap(m -> Stream.of(m.products)).toArray(ExactSum[]::new));
    for (int i = 0; i < all.size(); i++) {
      QuantileSketch[] spreads = all.get(i).spreads;
      for (int j = 0; j < spreads.length; j++) {
        spreads[j].fields(fields.part("spread-%d-%d".formatted(i, j)));
      }
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 0) {
        throw new IllegalArgumentException(
            "found a count of %d rows, expected 0 or more".formatted(counts[i]));
      }
      all.get(i).count = counts[i];
    }
  }

  /// The spread at a place of `spreadOf`.
  public QuantileSketch spread(int place) {
    return spreads[place];
  }

  /// The number of rows added.
  public long count() {
    return count;
  }

  /// The sum of a number over rows, rounded once.
  public double total(int output) {
    return sums[output].value();
  }

  /// The mean of a number over rows; NaN without rows.
  public double mean(int output) {
    return sums[output].over(count);
  }

  /// The unbiased covariance of a pair given at construction; NaN for fewer than two rows.
  public double covariance(int pair) {
    int[] of = pairs[pair];
    return ExactSum.covariance(sums[of[0]], sums[of[1]], products[pair], count);
  }
}
