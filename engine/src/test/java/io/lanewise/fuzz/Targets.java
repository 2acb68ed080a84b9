package io.lanewise.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// All readers that there are.
final class Targets {
  /// Their names.
  static final List<String> NAMES =
      List.of("arrow-file", "arrow-stream", "npy", "npz", "safetensors", "parquet", "csv", "state");

  private Targets() {}

  /// The one for a file of that extension.
  static Target of(Path file) throws IOException {
    String name = file.toString();
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "arrow" -> named("arrow-file");
      case "arrows" -> named("arrow-stream");
      case String extension -> named(extension);
    };
  }

  /// @throws IllegalArgumentException if there is none of that name
  static Target named(String name) throws IOException {
    return switch (name) {
      case "arrow-file" -> new ArrowTarget(true);
      case "arrow-stream" -> new ArrowTarget(false);
      case "npy" -> new NpyTarget();
      case "npz" -> new NpzTarget();
      case "safetensors" -> new SafetensorsTarget();
      case "parquet" -> new ParquetTarget();
      case "csv" -> new CsvTarget();
      case "state" -> new StateTarget();
      default ->
          throw new IllegalArgumentException(
              "found target '%s', expected one of %s".formatted(name, NAMES));
    };
  }
}
