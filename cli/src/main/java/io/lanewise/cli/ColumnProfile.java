package io.lanewise.cli;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/// What `inspect` counts in one column, batch after batch.
final class ColumnProfile {
  /// The most labels that are counted separately.
  static final int MOST_LABELS = 1000;

  private final ColumnType type;
  private final Set<String> labels = new HashSet<>();
  private long rows;
  private long nulls;
  private long nonFinite;
  private long elements;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private double sum;
  private double lost;
  private long shortest = Long.MAX_VALUE;
  private long longest;

  ColumnProfile(ColumnType type) {
    this.type = type;
  }

  /// Adds the rows of a batch's column.
  void add(Column column) {
    rows += column.rows();
    switch (column) {
      case ScalarColumn scalar -> addRows(scalar, scalar.data(), 1, Validity.ALL);
      case VectorColumn vector -> addRows(vector, vector.data(), vector.width(), vector.elements());
      case SequenceColumn sequence -> addSequence(sequence);
      case TextColumn text -> addText(text);
    }
  }

  private void addRows(Column column, MemorySegment data, int width, Validity valid) {
    if (column.validity().isAll() && valid.isAll()) {
      addElements(data, column.type(), 0, (long) column.rows() * width);
      return;
    }
    for (int row = 0; row < column.rows(); row++) {
      addRow(column, row, data, (long) row * width, width, valid);
    }
  }

  private void addSequence(SequenceColumn sequence) {
    for (int row = 0; row < sequence.rows(); row++) {
      if (sequence.validity().isValid(row)) {
        shortest = Math.min(shortest, sequence.length(row));
        longest = Math.max(longest, sequence.length(row));
      }
      addRow(
          sequence,
          row,
          sequence.data(),
          sequence.start(row),
          sequence.length(row),
          sequence.elements());
    }
  }

  private void addRow(
      Column column, int row, MemorySegment data, long start, long length, Validity valid) {
    boolean whole = column.validity().isValid(row);
    for (long i = start; whole && i < start + length; i++) {
      whole = valid.isValid(i);
    }
    if (whole) {
      addElements(data, column.type(), start, start + length);
    } else {
      nulls++;
    }
  }

  private void addText(TextColumn text) {
    for (int row = 0; row < text.rows(); row++) {
      if (!text.validity().isValid(row)) {
        nulls++;
      } else if (labels.size() <= MOST_LABELS) {
        labels.add(text.values().get(row));
      }
    }
  }

  private void addElements(MemorySegment data, DType elementType, long from, long to) {
    for (long i = from; i < to; i++) {
      double value =
          switch (elementType) {
            case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
            case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
            case INT32 -> data.get(JAVA_INT_UNALIGNED, 4 * i);
            case INT64 -> data.get(JAVA_LONG_UNALIGNED, 8 * i);
            case TEXT -> throw new IllegalStateException("text has no numbers");
          };
      addElement(value);
    }
  }

  /// Neumaier's sum: what the addition lost is kept apart.
  private void addElement(double value) {
    if (!Double.isFinite(value)) {
      nonFinite++;
      return;
    }
    elements++;
    min = Math.min(min, value);
    max = Math.max(max, value);
    double next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }

  /// The column's type.
  ColumnType type() {
    return type;
  }

  /// All rows.
  long rows() {
    return rows;
  }

  /// Rows that are null or hold a null.
  long nulls() {
    return nulls;
  }

  /// Elements that are NaN or infinite.
  long nonFinite() {
    return nonFinite;
  }

  /// The smallest finite element; NaN if there is none.
  double min() {
    return elements == 0 ? Double.NaN : min;
  }

  /// The largest finite element; NaN if there is none.
  double max() {
    return elements == 0 ? Double.NaN : max;
  }

  /// The mean of finite elements; NaN if there is none.
  double mean() {
    return elements == 0 ? Double.NaN : (sum + lost) / elements;
  }

  /// What else is to be said: lengths of sequences, numbers of labels.
  String note() {
    if (type.type() == DType.TEXT) {
      return labels.size() > MOST_LABELS
          ? "more than %d labels".formatted(MOST_LABELS)
          : "%d labels".formatted(labels.size());
    }
    return longest == 0 && shortest == Long.MAX_VALUE
        ? ""
        : "lengths %d to %d".formatted(shortest, longest);
  }
}
