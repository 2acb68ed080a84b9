package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The per-row numbers that an evaluation has written.
public final class KeptRows {
  private static final int BATCH_ROWS = 65_536;

  private KeptRows() {}

  /// The numbers of a column, one a row; NaN for a row that was left out.
  ///
  /// @param directory where the files are
  /// @param files their names
  /// @return null if no file is there that has such a column of float64
  public static double @Nullable [] column(Path directory, List<String> files, String column) {
    for (String name : files) {
      Path file = directory.resolve(name);
      if (!Files.isRegularFile(file)) {
        continue;
      }
      try (DataSet data = DataSet.of(file.toString())) {
        boolean has =
            data.schema().stream()
                .anyMatch(c ->
                    c.name().equals(column)
                        && c.shape() == Shape.SCALAR
                        && c.type() == DType.FLOAT64);
        if (has) {
          return read(data, column);
        }
      }
    }
    return null;
  }

  private static double[] read(DataSet data, String column) {
    double[] all = new double[0];
    int count = 0;
    try (Cursor cursor = data.read(List.of(column), BATCH_ROWS)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          if (count + open.rows() > all.length) {
            all = Arrays.copyOf(all, Math.max(2 * all.length, count + open.rows()));
          }
          for (int i = 0;
              open.column(column) instanceof ScalarColumn numbers && i < open.rows();
              i++) {
            all[count++] = numbers.validity().isValid(i) ? numbers.getDouble(i) : Double.NaN;
          }
        }
      }
    }
    return Arrays.copyOf(all, count);
  }
}
