package io.lanewise.fuzz;

import java.io.IOException;
import java.util.List;

/// All readers that there are.
final class Targets {
  /// Their names.
  static final List<String> NAMES = List.of("arrow-file", "arrow-stream", "npy", "npz");

  private Targets() {}

  /// @throws IllegalArgumentException if there is none of that name
  static Target named(String name) throws IOException {
    return switch (name) {
      case "arrow-file" -> new ArrowTarget(true);
      case "arrow-stream" -> new ArrowTarget(false);
      case "npy" -> new NpyTarget();
      case "npz" -> new NpzTarget();
      default ->
          throw new IllegalArgumentException(
              "found target '%s', expected one of %s".formatted(name, NAMES));
    };
  }
}
