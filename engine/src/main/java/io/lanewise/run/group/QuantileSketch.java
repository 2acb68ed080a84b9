package io.lanewise.run.group;

import io.lanewise.objective.Output;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// The least and the greatest of one number over rows, exactly, and its quantiles to a declared
/// relative error, in memory that does not grow with rows: a DDSketch that never collapses its bins
/// ([BinCounts]). The order of rows and of merges cannot show.
public final class QuantileSketch {
  /// Of a quantile, relative to the value of that rank.
  public static final double RELATIVE_ERROR = BinCounts.RELATIVE_ERROR;

  /// As many as float64 counts without gaps.
  private static final double MOST_ROWS = 0x1p53;

  private BinCounts bins = new BinCounts();
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private boolean finite = true;

  /// Adds elements `[from, to)`.
  public void add(double[] values, int from, int to) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    least = Math.min(least, min);
    most = Math.max(most, max);
    if (from == to || Double.isFinite(min) && Double.isFinite(max)) {
      bins.add(values, from, to);
    } else {
      finite = false;
      for (int i = from; i < to; i++) {
        if (Double.isFinite(values[i])) {
          bins.add(values, i, i + 1);
        }
      }
    }
  }

  /// Names the content: the extremes, and the counts of the bins that have any.
  public void fields(StateFields fields) {
    least = fields.number("least", least);
    most = fields.number("most", most);
    finite = fields.size("finite", finite ? 1 : 0) == 1;
    BinCounts.Present present = bins.present();
    double zeros = 0;
    List<Integer> negative = new ArrayList<>();
    List<Integer> positive = new ArrayList<>();
    for (int i = 0; i < present.codes().length; i++) {
      int code = present.codes()[i];
      if (code == 0) {
        zeros = present.counts()[i];
      } else if (code > 0) {
        positive.add(i);
      } else {
        negative.addFirst(i);
      }
    }
    bins = new BinCounts();
    zeros = fields.number("zeros", zeros);
    store(fields.part("negative"), present, negative, -1);
    store(fields.part("positive"), present, positive, 1);
    bins.add(0, whole(zeros, 0));
    if (finite && bins.present().codes().length > 0 && !(least <= most)) {
      throw new IllegalArgumentException(
          "found %s as the least and %s as the greatest value, expected them in that order"
              .formatted(least, most));
    }
  }

  /// Names the bins of one sign, by magnitude, and adds what was named.
  private void store(
      StateFields fields, BinCounts.Present present, List<Integer> places, int sign) {
    int size = fields.size("bins", places.size());
    long[] indices =
        places.stream().mapToLong(at -> BinCounts.index(present.codes()[at])).toArray();
    double[] counts = places.stream().mapToDouble(at -> present.counts()[at]).toArray();
    indices = fields.list("bin", indices, size);
    counts = fields.list("rows", counts, size);
    for (int i = 0; i < size; i++) {
      bins.add(BinCounts.code(indices[i], sign), whole(counts[i], indices[i]));
    }
  }

  private static long whole(double count, long index) {
    if (!(count >= 0 && count <= MOST_ROWS && count == Math.rint(count))) {
      throw new IllegalArgumentException(
          "found %s rows in bin %d, expected 0 or more in a bin of a number"
              .formatted(count, index));
    }
    return (long) count;
  }

  public void merge(QuantileSketch other) {
    bins.merge(other.bins);
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    finite &= other.finite;
  }

  /// The values of rank `floor(q (n - 1))` to the relative error; NaN without rows, or if any value
  /// was not finite.
  double[] quantiles(List<Double> qs) {
    double[] values = new double[qs.size()];
    BinCounts.Present present = bins.present();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          bins.total() == 0 || !finite
              ? Double.NaN
              : Math.clamp(present.quantile(qs.get(i)), least, most);
    }
    return values;
  }

  /// One of [#quantiles].
  public double quantile(double q) {
    return quantiles(List.of(q))[0];
  }

  /// The measures that [#measures] gives values to: `NAME-min`, `NAME-p50` for each quantile,
  /// `NAME-max`.
  static List<Measure> named(Output output, List<Double> quantiles) {
    List<Measure> measures = new ArrayList<>();
    measures.add(named(output, "min", "least value over rows"));
    for (double q : quantiles) {
      String percent = BigDecimal.valueOf(q).movePointRight(2).stripTrailingZeros().toPlainString();
      measures.add(
          named(
              output,
              "p" + percent,
              "value of rank floor(%s (n - 1)) over rows, by DDSketch, relative error at most %s"
                  .formatted(q, RELATIVE_ERROR)));
    }
    measures.add(named(output, "max", "greatest value over rows"));
    return measures;
  }

  private static Measure named(Output output, String suffix, String definition) {
    return new Measure(
        output.name() + "-" + suffix,
        Double.NaN,
        Double.NaN,
        "none",
        0,
        output.unit(),
        Direction.NEITHER,
        definition);
  }

  /// The named measures of what was added.
  List<Measure> measures(List<Measure> named, List<Double> quantiles, long rows) {
    double[] inner = quantiles(quantiles);
    double[] values = new double[inner.length + 2];
    values[0] = rows == 0 ? Double.NaN : least;
    System.arraycopy(inner, 0, values, 1, inner.length);
    values[inner.length + 1] = rows == 0 ? Double.NaN : most;
    List<Measure> measures = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      Measure of = named.get(i);
      measures.add(
          new Measure(
              of.name(),
              values[i],
              of.standardError(),
              of.errorMethod(),
              rows,
              of.unit(),
              of.better(),
              of.definition()));
    }
    return measures;
  }
}
