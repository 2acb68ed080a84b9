package io.lanewise.run.group;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.IndexMapping;
import com.datadoghq.sketch.ddsketch.mapping.LinearlyInterpolatedMapping;
import com.datadoghq.sketch.ddsketch.store.Bin;
import com.datadoghq.sketch.ddsketch.store.Store;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import io.lanewise.objective.Output;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// The least and the greatest of one number over rows, exactly, and its quantiles to a declared
/// relative error, in memory that does not grow with rows: a DDSketch (Masson, Rim and Lee,
/// arXiv:1908.10693) that never collapses its bins. It is a histogram of whole counts over bins
/// that were fixed in advance, so the order of rows and of merges cannot show; its bins are found
/// by arithmetic alone, no logarithm of the machine's.
public final class QuantileSketch {
  /// Of a quantile, relative to the value of that rank.
  public static final double RELATIVE_ERROR = 0.002;

  private static final IndexMapping BINS = new LinearlyInterpolatedMapping(RELATIVE_ERROR);

  /// The greatest value that has a bin, a little below the greatest double. Asking is dear.
  private static final double LAST = BINS.maxIndexableValue();

  // Not PaginatedStore of 0.8.3, whose merge of stores of different lengths runs off their ends.
  private DDSketch sketch = new DDSketch(BINS, UnboundedSizeDenseStore::new);
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private boolean finite = true;

  /// Adds elements `[from, to)`.
  public void add(double[] values, int from, int to) {
    double min = least;
    double max = most;
    for (int i = from; i < to; i++) {
      double value = values[i];
      min = Math.min(min, value);
      max = Math.max(max, value);
      if (Double.isFinite(value)) {
        sketch.accept(Math.clamp(value, -LAST, LAST));
      } else {
        finite = false;
      }
    }
    least = min;
    most = max;
  }

  /// Names the content: the extremes, and the counts of the bins that have any.
  public void fields(StateFields fields) {
    least = fields.number("least", least);
    most = fields.number("most", most);
    finite = fields.size("finite", finite ? 1 : 0) == 1;
    double nonZero =
        sketch.getNegativeValueStore().getTotalCount()
            + sketch.getPositiveValueStore().getTotalCount();
    double zeros = fields.number("zeros", sketch.getCount() - nonZero);
    Store negative = store(fields.part("negative"), sketch.getNegativeValueStore());
    Store positive = store(fields.part("positive"), sketch.getPositiveValueStore());
    sketch = DDSketch.of(BINS, negative, positive, zeros);
  }

  private static Store store(StateFields fields, Store from) {
    List<Bin> bins = new ArrayList<>();
    from.getAscendingIterator().forEachRemaining(bins::add);
    int size = fields.size("bins", bins.size());
    long[] indices = bins.stream().mapToLong(Bin::getIndex).toArray();
    double[] counts = bins.stream().mapToDouble(Bin::getCount).toArray();
    indices = fields.list("bin", indices, size);
    counts = fields.list("rows", counts, size);
    Store store = new UnboundedSizeDenseStore();
    for (int i = 0; i < size; i++) {
      // Further out no number has its bin; a store of such an index would take all memory.
      if (Math.abs(indices[i]) > BINS.index(LAST) || !(counts[i] >= 0)) {
        throw new IllegalArgumentException(
            "found %s rows in bin %d, expected 0 or more in a bin of a number"
                .formatted(counts[i], indices[i]));
      }
      store.add((int) indices[i], counts[i]);
    }
    return store;
  }

  public void merge(QuantileSketch other) {
    sketch.mergeWith(other.sketch);
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    finite &= other.finite;
  }

  /// The value of rank `floor(q (n - 1))` to the relative error; NaN without rows, or if any value
  /// was not finite.
  public double quantile(double q) {
    return sketch.isEmpty() || !finite
        ? Double.NaN
        : Math.clamp(sketch.getValueAtQuantile(q), least, most);
  }

  /// The measures `NAME-min`, `NAME-p50` for each quantile, `NAME-max`.
  public static List<Measure> measures(
      Output output, List<Double> quantiles, QuantileSketch spread, long n) {
    List<Measure> measures = new ArrayList<>();
    double least = n == 0 ? Double.NaN : spread.least;
    double most = n == 0 ? Double.NaN : spread.most;
    measures.add(measure(output, "min", least, n, "least value over rows"));
    for (double q : quantiles) {
      String percent = BigDecimal.valueOf(q).movePointRight(2).stripTrailingZeros().toPlainString();
      measures.add(
          measure(
              output,
              "p" + percent,
              spread.quantile(q),
              n,
              "value of rank floor(%s (n - 1)) over rows, by DDSketch, relative error at most %s"
                  .formatted(q, RELATIVE_ERROR)));
    }
    measures.add(measure(output, "max", most, n, "greatest value over rows"));
    return measures;
  }

  private static Measure measure(
      Output output, String suffix, double value, long n, String definition) {
    return new Measure(
        output.name() + "-" + suffix,
        value,
        Double.NaN,
        "none",
        n,
        output.unit(),
        Direction.NEITHER,
        definition);
  }
}
