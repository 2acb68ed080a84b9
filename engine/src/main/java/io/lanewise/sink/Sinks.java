package io.lanewise.sink;

import io.lanewise.batch.ColumnType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Makes the sink that a file's extension asks for.
public final class Sinks {
  /// The extensions that can be written, for messages and help.
  public static final String EXTENSIONS = ".arrow, .arrows, .parquet, .npz, .npy or .csv";

  private Sinks() {}

  /// Starts writing a file. What can be refused is refused now, before any work is done.
  ///
  /// @param out the file's future name
  /// @param schema the columns that will be written, in their order
  /// @param replace whether a file of that name may be replaced
  /// @throws IllegalArgumentException if there is no format of that extension, or it cannot hold
  ///   the columns
  /// @throws java.io.UncheckedIOException if the file exists and may not be replaced, or cannot be
  ///   created
  public static Sink create(Path out, List<ColumnType> schema, boolean replace) {
    String name = String.valueOf(out.getFileName());
    int dot = name.lastIndexOf('.');
    String extension = dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
    return switch (extension) {
      case ".arrow" -> new ArrowSink(out, schema, replace, false);
      case ".arrows" -> new ArrowSink(out, schema, replace, true);
      case ".parquet" -> new ParquetSink(out, schema, replace);
      case ".npz" -> new NpzSink(out, schema, replace);
      case ".npy" -> new NpySink(out, schema, replace);
      case ".csv" -> new CsvSink(out, schema, replace);
      default ->
          throw new IllegalArgumentException(
              "%s: found extension '%s', expected %s".formatted(out, extension, EXTENSIONS));
    };
  }
}
