package io.lanewise.run.group;

import io.lanewise.plan.Bins;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// Bins whose edges are known. Immutable.
public final class Binning {
  private final Bins bins;
  private final DoubleUnaryOperator scale;
  private final int count;
  private final double lower;
  private final double upper;

  /// The lower edges of bins of equal counts but for the first; empty for others.
  private final double[] inner;

  private Binning(Bins bins, int count, double lower, double upper, double... inner) {
    this.bins = bins;
    this.scale = AxisFunction.of(bins.axis());
    this.count = count;
    this.lower = lower;
    this.upper = upper;
    this.inner = inner;
  }

  /// Bins whose edges do not depend on data.
  public static Binning of(Bins bins) {
    return switch (bins.cut()) {
      case Bins.EachValue() -> new Binning(bins, 0, Double.NaN, Double.NaN);
      case Bins.EqualWidth(int count, double lower, double upper) ->
          new Binning(bins, count, lower, upper);
      case Bins.Quartiles(double total) -> new Binning(bins, 4, 0, total);
      case Bins.DataWidth cut -> throw new IllegalStateException(cut.toString());
      case Bins.EqualCount cut -> throw new IllegalStateException(cut.toString());
    };
  }

  /// Bins from the scaled values of all rows, sorted, all finite.
  public static Binning of(Bins bins, double[] sorted) {
    int n = sorted.length;
    if (n == 0) {
      throw new IllegalArgumentException(
          "by '%s': found no finite value, expected some to place bins by".formatted(bins.by()));
    }
    double least = sorted[0];
    double most = sorted[n - 1];
    return switch (bins.cut()) {
      case Bins.DataWidth(int wanted) ->
          // One value alone is one bin.
          new Binning(bins, least == most ? 1 : wanted, least, most);
      case Bins.EqualCount(int wanted) -> {
        double[] inner = new double[wanted];
        int kept = 0;
        for (int j = 1; j < wanted; j++) {
          double edge = sorted[(int) ((long) j * n / wanted)];
          if (edge > (kept == 0 ? least : inner[kept - 1])) {
            inner[kept++] = edge;
          }
        }
        yield new Binning(bins, kept + 1, least, most, Arrays.copyOf(inner, kept));
      }
      default -> of(bins);
    };
  }

  public Bins bins() {
    return bins;
  }

  /// The scaled value of a column's value.
  public double scaled(double value) {
    return scale.applyAsDouble(value);
  }

  /// The group of a scaled value: itself, or the number of its bin.
  ///
  /// @throws IllegalArgumentException saying what was found and expected, if it has none
  public double key(double scaled) {
    return switch (bins.cut()) {
      case Bins.EachValue() -> scaled;
      case Bins.EqualCount cut -> {
        int found = Arrays.binarySearch(inner, scaled);
        yield found >= 0 ? found + 1 : -found - 1;
      }
      case Bins.DataWidth cut -> Math.min(equalWidth(scaled), count - 1);
      default -> {
        double bin = equalWidth(scaled);
        if (!(bin >= 0 && bin < count)) {
          throw new IllegalArgumentException(
              "found %s, expected a value in [%s, %s)".formatted(scaled, lower, upper));
        }
        yield bin;
      }
    };
  }

  private double equalWidth(double scaled) {
    return count == 1 && lower == upper
        ? 0
        : Math.floor(count * (scaled - lower) / (upper - lower));
  }

  public double lower(double key) {
    return switch (bins.cut()) {
      case Bins.EachValue() -> key;
      case Bins.EqualCount cut -> key == 0 ? lower : inner[(int) key - 1];
      default -> lower + key * (upper - lower) / count;
    };
  }

  public double upper(double key) {
    return switch (bins.cut()) {
      case Bins.EachValue() -> key;
      case Bins.EqualCount cut -> (int) key == inner.length ? upper : inner[(int) key];
      default -> key == count - 1 ? upper : lower + (key + 1) * (upper - lower) / count;
    };
  }

  public String label(double key) {
    return switch (bins.cut()) {
      case Bins.EachValue() -> text(key);
      case Bins.Quartiles cut -> "q" + (int) key;
      default -> {
        // Edges are exact where they are numbers; here they are for readers.
        boolean closed = bins.edgesDependOnData() && key == count - 1;
        double from = lower(key);
        double to = upper(key);
        yield from == to
            ? text(from)
            : "[%s, %s%s".formatted(rounded(from), rounded(to), closed ? "]" : ")");
      }
    };
  }

  /// How rows were put into groups.
  public String rule() {
    String by = AxisFunction.describe(bins);
    return switch (bins.cut()) {
      case Bins.EachValue() -> bins.isPlain() ? "value" : "value of " + by;
      case Bins.EqualCount(int wanted) ->
          "%d bins of equal count%s: from the values of %s of rank floor(j n / %d), ties together"
              .formatted(
                  count, count == wanted ? "" : " of %d wanted".formatted(wanted), by, wanted);
      case Bins.DataWidth cut ->
          "floor(%d * (%s - %s) / (%s - %s)), over the range of all rows, the last bin closed"
              .formatted(count, by, taken(lower), text(upper), taken(lower));
      default ->
          "floor(%d * (%s - %s) / (%s - %s))"
              .formatted(count, by, taken(lower), text(upper), taken(lower));
    };
  }

  private static String rounded(double value) {
    return text(
        Double.isFinite(value)
            ? new BigDecimal(value).round(new MathContext(9)).doubleValue()
            : value);
  }

  /// A number to be subtracted.
  private static String taken(double value) {
    return value < 0 ? "(" + text(value) + ")" : text(value);
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
