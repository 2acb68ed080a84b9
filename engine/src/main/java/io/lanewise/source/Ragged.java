package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Shape;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sequences that a file keeps as two arrays: the elements of all rows one after the other, and n +
/// 1 offsets, row i being elements `[offsets[i], offsets[i + 1])`. Only an `.npz` holds arrays of
/// different lengths.
///
/// @param column the sequences as a column, named `values[offsets]`
/// @param values the array of elements
/// @param offsets the array of offsets
public record Ragged(ColumnType column, String values, String offsets) {
  private static final Pattern NAME = Pattern.compile("(.+)\\[(.+)]", Pattern.DOTALL);

  /// The sequences for a name of the form `values[offsets]`; null if it is the name of a column,
  /// has another form, or one of its parts is not a column.
  ///
  /// @throws IllegalArgumentException if the arrays are not numbers and integers, one a row
  public static @Nullable Ragged of(String name, List<ColumnType> schema) {
    Matcher matcher = NAME.matcher(name);
    if (find(name, schema) != null || !matcher.matches()) {
      return null;
    }
    ColumnType values = find(matcher.group(1), schema);
    ColumnType offsets = find(matcher.group(2), schema);
    if (values == null || offsets == null) {
      return null;
    }
    if (values.shape() != Shape.SCALAR || !(values.type().isFloat() || values.type().isInteger())) {
      throw new IllegalArgumentException(
          "column '%s': found %s, expected numbers, one a row, which offsets put into sequences"
              .formatted(values.name(), values.signature()));
    }
    if (offsets.shape() != Shape.SCALAR || !offsets.type().isInteger()) {
      throw new IllegalArgumentException(
          "column '%s': found %s, expected integers, one a row: where sequences begin and end"
              .formatted(offsets.name(), offsets.signature()));
    }
    return new Ragged(
        new ColumnType(name, Shape.SEQUENCE, values.type(), 0), values.name(), offsets.name());
  }

  private static @Nullable ColumnType find(String name, List<ColumnType> schema) {
    return schema.stream().filter(column -> column.name().equals(name)).findFirst().orElse(null);
  }

  /// The number of rows that a pass over such columns and others gives.
  ///
  /// @throws DataException if they differ
  static OptionalLong rowCount(Source source, List<String> others, List<Ragged> ragged) {
    OptionalLong rows = others.isEmpty() ? OptionalLong.empty() : source.rowCount(others);
    for (Ragged column : ragged) {
      OptionalLong offsets = source.rowCount(List.of(column.offsets));
      if (offsets.isEmpty()) {
        throw new DataException(
            source.name(),
            "found a pipe for '%s', expected a file".formatted(column.column.name()));
      }
      if (offsets.getAsLong() == 0) {
        throw new DataException(
            "%s: column '%s'".formatted(source.name(), column.offsets),
            "found no offsets, expected one more than there are rows");
      }
      long found = offsets.getAsLong() - 1;
      if (rows.isPresent() && rows.getAsLong() != found) {
        throw new DataException(
            "%s: column '%s'".formatted(source.name(), column.offsets),
            "found %d offsets, expected %d, one more than rows"
                .formatted(found + 1, rows.getAsLong() + 1));
      }
      rows = OptionalLong.of(found);
    }
    return rows;
  }
}
