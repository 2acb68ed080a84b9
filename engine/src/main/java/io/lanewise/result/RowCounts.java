package io.lanewise.result;

/// How many rows were used, and why others were not.
///
/// @param read rows seen
/// @param used rows that the measures rest on
/// @param nulls rows with a null in a needed column
/// @param nonFinite rows without a null whose input or result was NaN or infinite
/// @param empty rows that had nothing to evaluate, such as sequences without tokens
public record RowCounts(long read, long used, long nulls, long nonFinite, long empty) {
  /// No rows.
  public static final RowCounts NONE = new RowCounts(0, 0, 0, 0);

  /// Counts without empty rows.
  public RowCounts(long read, long used, long nulls, long nonFinite) {
    this(read, used, nulls, nonFinite, 0);
  }

  /// The counts of both.
  public RowCounts plus(RowCounts other) {
    return new RowCounts(
        read + other.read,
        used + other.used,
        nulls + other.nulls,
        nonFinite + other.nonFinite,
        empty + other.empty);
  }
}
