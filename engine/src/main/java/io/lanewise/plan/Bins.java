package io.lanewise.plan;

/// How rows are put into groups by a column.
///
/// @param column the column; `file` groups by source file unless there is a column of that name
/// @param axis how the values of the column are transformed before they are cut
/// @param cut where groups begin and end
public record Bins(String column, Axis axis, Cut cut) {
  public Bins {
    switch (cut) {
      case EqualWidth width when width.count < 1 || !(width.lower < width.upper) ->
          throw new IllegalArgumentException(
              "bins of column '%s': found count %d over [%s, %s), expected count >= 0 and lower < upper"
                  .formatted(column, width.count, width.lower, width.upper));
      case DataWidth(int count) when count < 1 -> throw tooFew(column, count);
      case EqualCount(int count) when count < 1 -> throw tooFew(column, count);
      case Quartiles(double total) when !(total > 0) || Double.isInfinite(total) ->
          throw new IllegalArgumentException(
              "quartiles of column '%s': found T %s, expected a number > 0"
                  .formatted(column, total));
      default -> {}
    }
  }

  /// `count` bins of equal width over `[lower, upper)`.
  public Bins(String column, int count, double lower, double upper) {
    this(column, Axis.VALUE, new EqualWidth(count, lower, upper));
  }

  private static IllegalArgumentException tooFew(String column, int count) {
    return new IllegalArgumentException(
        "bins of column '%s': found count %d, expected at least 1".formatted(column, count));
  }

  /// A group for each value of a column.
  public static Bins values(String column) {
    return new Bins(column, Axis.VALUE, new EachValue());
  }

  /// The grouping quantity, as text: `t`, `ln(sigma)`, `log-snr(t)`.
  public String by() {
    return axis.of(column);
  }

  /// Whether every row goes to the group of its own value, which may be text.
  public boolean isPlain() {
    return cut instanceof EachValue && axis.equals(Axis.VALUE);
  }

  /// Whether the edges are computed from the data, which needs an extra pass over the column first.
  public boolean edgesDependOnData() {
    return cut instanceof DataWidth || cut instanceof EqualCount;
  }

  /// Where groups begin and end.
  public sealed interface Cut {}

  /// A group for each value.
  public record EachValue() implements Cut {}

  /// Bins of equal width over `[lower, upper)`, value v going to `floor(count * (v - lower) /
  /// (upper - lower))`; values outside are an error.
  public record EqualWidth(int count, double lower, double upper) implements Cut {}

  /// Bins of equal width from the least to the greatest finite value of all rows, which belongs to
  /// the last bin.
  public record DataWidth(int count) implements Cut {}

  /// Bins with equal numbers of rows, as far as possible: bin j begins at the value of rank
  /// `floor(j n / count)` of the n finite values of all rows. Equal values stay together, so that
  /// there may be fewer bins.
  public record EqualCount(int count) implements Cut {}

  /// `q0` to `q3`, value v going to `q` and `floor(4 v / total)`, as improved-diffusion logs its
  /// losses; values outside `[0, total)` are an error.
  public record Quartiles(double total) implements Cut {}
}
