package io.lanewise.objective.likelihood;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.objective.Rows;

/// Columns of counts.
final class Counts {
  private Counts() {}

  /// The counts in a role; 0 for rows that are null.
  ///
  /// @throws IllegalArgumentException for a negative count
  static void read(Rows in, String role, double[] out) {
    ScalarColumn column = in.integer(role);
    for (int i = 0; i < in.count(); i++) {
      long count = in.isNull(i) ? 0 : column.getLong(i);
      if (count < 0) {
        throw new IllegalArgumentException(
            "column '%s' row %d: found %d, expected a count of at least 0"
                .formatted(column.name(), in.firstInFile() + i, count));
      }
      out[i] = count;
    }
  }
}
