package io.lanewise.run;

import io.lanewise.objective.StateFields;
import io.lanewise.result.RowCounts;

/// The fields of counts of rows.
final class RowCountFields {
  private RowCountFields() {}

  /// Names the counts; returns those that were read, if fields are read.
  static RowCounts of(StateFields fields, RowCounts rows) {
    return new RowCounts(
        fields.count("read", rows.read()),
        fields.count("used", rows.used()),
        fields.count("nulls", rows.nulls()),
        fields.count("non-finite", rows.nonFinite()),
        fields.count("empty", rows.empty()));
  }
}
