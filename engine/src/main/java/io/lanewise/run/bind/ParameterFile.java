package io.lanewise.run.bind;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Names;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import io.lanewise.source.FileInfo;
import io.lanewise.source.Reading;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Numbers of a parameter that are kept in a file of any format that data comes in: a schedule's
/// betas, the probabilities of timesteps.
public final class ParameterFile {
  private ParameterFile() {}

  /// The text with `@FILE` or `@FILE#COLUMN` at its end replaced by the numbers of the file, with
  /// commas between; other text as it is. The column may be left out where the file has one only
  /// (`.npy`). float64 keeps every digit; float32 and integers are widened.
  ///
  /// @throws IllegalArgumentException if the file has no such column of numbers, or several and
  ///   none is named
  /// @throws DataException if the file cannot be read, or a number is null
  public static String expand(String text) {
    return expand(text, Reading.DEFAULT, file -> {});
  }

  /// The same, telling which files the numbers came from.
  ///
  /// @param reading how the file is read
  /// @param files takes each file that was read
  public static String expand(String text, Reading reading, Consumer<FileInfo> files) {
    String file = named(text);
    if (file == null) {
      return text;
    }
    int at = text.indexOf('@');
    int hash = text.indexOf('#', at);
    try (DataSet data = DataSet.of(file, List.of(file), reading)) {
      String column = column(data, hash < 0 ? null : text.substring(hash + 1));
      StringJoiner numbers = new StringJoiner(",", text.substring(0, at), "");
      try (Cursor cursor = data.read(List.of(column), 65_536)) {
        for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
          try (Batch open = batch) {
            add(open, column, numbers);
          }
        }
      }
      data.files().forEach(files);
      return numbers.toString();
    }
  }

  /// The file that a text names after `@`, or null.
  public static @Nullable String named(String text) {
    int at = text.indexOf('@');
    int hash = text.indexOf('#', Math.max(at, 0));
    return at < 0 ? null : text.substring(at + 1, hash < 0 ? text.length() : hash);
  }

  private static String column(DataSet data, @Nullable String named) {
    List<ColumnType> columns =
        data.schema().stream()
            .filter(c -> c.shape() == Shape.SCALAR && c.type() != DType.TEXT)
            .toList();
    List<String> names = columns.stream().map(ColumnType::name).toList();
    if (named != null) {
      if (!names.contains(named)) {
        throw Names.unknown("column of numbers of " + data.name(), named, names);
      }
      return named;
    }
    if (names.size() != 1) {
      throw new IllegalArgumentException(
          "%s: found columns of numbers %s, expected one, or @%s#COLUMN"
              .formatted(data.name(), names, data.name()));
    }
    return names.getFirst();
  }

  private static void add(Batch batch, String column, StringJoiner numbers) {
    Column found = batch.column(column);
    if (!(found instanceof ScalarColumn scalar)) {
      throw new IllegalStateException(column);
    }
    for (int i = 0; i < scalar.rows(); i++) {
      if (!scalar.validity().isValid(i)) {
        throw new DataException(
            batch.file(),
            "column '%s' row %d: found null, expected a number"
                .formatted(column, batch.firstRowInFile() + i));
      }
      numbers.add(Double.toString(scalar.getDouble(i)));
    }
  }
}
