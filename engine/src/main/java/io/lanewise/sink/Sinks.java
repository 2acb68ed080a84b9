package io.lanewise.sink;

import io.lanewise.batch.ColumnType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Creates the sink for the extension of a file name.
public final class Sinks {
  /// The extensions that can be written, for messages and help.
  public static final String EXTENSIONS = ".arrow, .arrows, .parquet, .npz, .npy or .csv";

  private Sinks() {}

  /// Starts writing a file of arrays, `.npz`, whose lengths may differ: unlike those of other
  /// sinks, its batches may contain only some of the columns.
  ///
  /// @throws IllegalArgumentException as [#create], or if it is of another format
  /// @throws java.io.UncheckedIOException as [#create]
  public static Sink ofArrays(Path out, List<ColumnType> schema, boolean replace) {
    if (!extension(out).equals(".npz")) {
      throw new IllegalArgumentException(
          "%s: found extension '%s', expected .npz for columns of different lengths"
              .formatted(out, extension(out)));
    }
    return new NpzSink(out, schema, replace, true, false);
  }

  /// Starts writing a file of per-row outputs. Rows that were left out are null. NumPy has no
  /// nulls: an `.npz` file holds NaN (0 where the numbers are integers) for them, and beside an
  /// array `x` that has any, booleans `x-valid` that are false there.
  ///
  /// @throws IllegalArgumentException as [#create]
  /// @throws java.io.UncheckedIOException as [#create]
  public static Sink ofRows(Path out, List<ColumnType> schema, boolean replace) {
    return extension(out).equals(".npz")
        ? new NpzSink(out, schema, replace, false, true)
        : create(out, schema, replace);
  }

  /// Whether the format of that extension holds rows of different lengths.
  public static boolean holdsLists(Path out) {
    return switch (extension(out)) {
      case ".npz", ".npy", ".csv" -> false;
      default -> true;
    };
  }

  private static String extension(Path out) {
    String name = String.valueOf(out.getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
  }

  /// Starts writing a file. Everything that can be refused is refused now, before any work is done.
  ///
  /// @param out the file's future name
  /// @param schema the columns that will be written, in their order
  /// @param replace whether a file of that name may be replaced
  /// @throws IllegalArgumentException if there is no format of that extension, or it cannot hold
  ///   the columns
  /// @throws java.io.UncheckedIOException if the file exists and may not be replaced, or cannot be
  ///   created
  public static Sink create(Path out, List<ColumnType> schema, boolean replace) {
    return switch (extension(out)) {
      case ".arrow" -> new ArrowSink(out, schema, replace, false);
      case ".arrows" -> new ArrowSink(out, schema, replace, true);
      case ".parquet" -> new ParquetSink(out, schema, replace);
      case ".npz" -> new NpzSink(out, schema, replace, false, false);
      case ".npy" -> new NpySink(out, schema, replace);
      case ".csv" -> new CsvSink(out, schema, replace);
      default ->
          throw new IllegalArgumentException(
              "%s: found extension '%s', expected %s".formatted(out, extension(out), EXTENSIONS));
    };
  }
}
