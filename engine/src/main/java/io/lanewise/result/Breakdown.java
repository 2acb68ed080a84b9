package io.lanewise.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The measures of an evaluation once more for each group of rows: a class, a file, a bin of
/// timesteps.
///
/// @param by the column that groups, or `file`
/// @param ordered whether the groups are numbers in ascending order, so that a curve makes sense
/// @param rule how rows were put into groups: `value`, or the bins' definition
/// @param groups the groups; ordered ones by number, others by text
public record Breakdown(String by, boolean ordered, String rule, List<Group> groups) {
  public Breakdown {
    groups = List.copyOf(groups);
  }

  /// One group.
  ///
  /// @param label the value, or the bin as text
  /// @param lower the lowest value of the group, NaN for a text label
  /// @param upper the highest value of the group (equal to `lower` for a single value), NaN for a
  ///   text label
  /// @param rows how many rows fell into it, and how many of them were used
  /// @param measures the evaluation's measures over the group's rows
  /// @param undefined why the measures are NaN, such as too few rows; null where they are not
  public record Group(
      String label,
      double lower,
      double upper,
      RowCounts rows,
      List<Measure> measures,
      @Nullable String undefined) {
    public Group {
      measures = List.copyOf(measures);
    }

    /// A group whose measures are defined.
    public Group(String label, double lower, double upper, RowCounts rows, List<Measure> measures) {
      this(label, lower, upper, rows, measures, null);
    }
  }
}
