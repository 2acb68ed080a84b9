package io.lanewise.run;

/// How rows are put into groups by a column.
///
/// @param column the column; `file` groups by source file unless there is a column of that name
/// @param count 0 for a group for each value; otherwise that many bins of equal width over `[lower,
///   upper)`, value v going to `floor(count * (v - lower) / (upper - lower))`; values outside are
///   an error
/// @param lower the lowest bin's lower edge; ignored if `count` is 0
/// @param upper the highest bin's upper edge; ignored if `count` is 0
public record Bins(String column, int count, double lower, double upper) {
  public Bins {
    if (count < 0 || (count > 0 && !(lower < upper))) {
      throw new IllegalArgumentException(
          "bins of column '%s': found count %d over [%s, %s), expected count >= 0 and lower < upper"
              .formatted(column, count, lower, upper));
    }
  }

  /// A group for each value of a column.
  public static Bins values(String column) {
    return new Bins(column, 0, 0, 0);
  }
}
