package io.lanewise.objective;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Small files of numbers, for tests: columns as arrays, `rows * width` elements.
public final class RowFile {
  private RowFile() {}

  /// Writes columns of float64; those of `rows` elements are scalars.
  public static String write(Path file, int rows, Map<String, double[]> columns) {
    List<Column> result = new ArrayList<>();
    columns.forEach((name, values) -> {
      MemorySegment data = MemorySegment.ofArray(values);
      result.add(
          values.length == rows
              ? new ScalarColumn(name, DType.FLOAT64, rows, data, Validity.ALL)
              : new VectorColumn(
                  name,
                  DType.FLOAT64,
                  rows,
                  values.length / rows,
                  data,
                  Validity.ALL,
                  Validity.ALL));
    });
    write(file, rows, result);
    return file.toString();
  }

  /// Writes a column of vectors of float32.
  public static String write(Path file, int rows, String name, float[] values) {
    MemorySegment data = MemorySegment.ofArray(values);
    int width = values.length / rows;
    write(
        file,
        rows,
        List.of(
            new VectorColumn(name, DType.FLOAT32, rows, width, data, Validity.ALL, Validity.ALL)));
    return file.toString();
  }

  private static void write(Path file, int rows, List<Column> result) {
    try (Sink sink = Sinks.create(file, result.stream().map(Column::describe).toList(), true)) {
      sink.write(new Batch(0, rows, result, () -> {}));
      sink.commit();
    }
  }

  /// The elements of a column of vectors of float32, widened.
  public static double[] readWidened(Path file, String column) {
    try (DataSet data = DataSet.of(file.toString());
        Cursor cursor = data.read(List.of(column), Integer.MAX_VALUE);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      VectorColumn found = (VectorColumn) Objects.requireNonNull(batch.column(column));
      double[] values = new double[found.rows() * found.width()];
      for (int i = 0; i < values.length; i++) {
        values[i] = found.data().get(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
      }
      return values;
    }
  }

  /// The elements of a column of float64.
  public static double[] read(Path file, String column) {
    try (DataSet data = DataSet.of(file.toString());
        Cursor cursor = data.read(List.of(column), Integer.MAX_VALUE);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      return switch (Objects.requireNonNull(batch.column(column))) {
        case ScalarColumn s -> doubles(s.data(), s.rows());
        case VectorColumn v -> doubles(v.data(), v.rows() * v.width());
        case Column other -> throw new AssertionError(other.describe().signature());
      };
    }
  }

  private static double[] doubles(MemorySegment data, int count) {
    double[] values = new double[count];
    MemorySegment.copy(
        data, java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, values, 0, count);
    return values;
  }
}
