package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Output;
import io.lanewise.objective.SampleMetric;
import io.lanewise.plan.Options;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The files that the per-row outputs of a task go to, one for each set. Closing removes those that
/// have not been committed.
final class RowFiles implements AutoCloseable {
  private final SequencedMap<String, Sink> sinks = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();

  /// Where the outputs of each set would go; empty if none are written.
  static SequencedMap<String, Path> paths(BoundTask task, Options options) {
    SequencedMap<String, Path> paths = new LinkedHashMap<>();
    Path directory = options.output();
    String format = task.task().rowFormat();
    if (directory != null && format != null) {
      for (String set : task.sets().keySet()) {
        String suffix = task.sets().size() == 1 ? "" : "-" + set;
        paths.put(set, directory.resolve("%s%s.%s".formatted(task.task().name(), suffix, format)));
      }
    }
    return paths;
  }

  /// Opens the files, under temporary names.
  ///
  /// @throws IllegalArgumentException if a format is asked for but no directory is given, or a file
  ///   exists and may not be replaced
  /// @throws UncheckedIOException if one cannot be made
  void open(BoundTask task, Options options) {
    String format = task.task().rowFormat();
    if (format == null) {
      return;
    }
    Path directory = options.output();
    if (directory == null) {
      throw new IllegalArgumentException(
          "evaluation '%s': found row format '%s' but no output directory, expected one"
              .formatted(task.task().name(), format));
    }
    createDirectory(directory);
    paths(task, options)
        .forEach((set, file) -> {
          List<ColumnType> schema = schema(task, set);
          if (!schema.isEmpty()) {
            sinks.put(
                set,
                task.writesTables()
                    ? Sinks.ofArrays(file, schema, options.replace())
                    : Sinks.ofRows(file, schema, options.replace()));
            names.add(String.valueOf(file.getFileName()));
          }
        });
  }

  private static void createDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          directory
              + ": found what is no directory or cannot be made, expected one that can be written",
          e);
    }
  }

  private static List<ColumnType> schema(BoundTask task, String set) {
    SetBinding binding = task.sets().get(set);
    List<ColumnType> schema = new ArrayList<>();
    for (Output output : task.outputs(set)) {
      schema.add(
          output.isVector() && binding != null
              ? new ColumnType(
                  output.name(),
                  Shape.VECTOR,
                  task.objective() instanceof SampleMetric ? DType.FLOAT64 : binding.type(),
                  task.width(output))
              : new ColumnType(
                  output.name(), Shape.SCALAR, output.integral() ? DType.INT64 : DType.FLOAT64, 1));
    }
    return schema;
  }

  /// Where the outputs of a set go; null if they are not written.
  @Nullable Sink sink(String set) {
    return sinks.get(set);
  }

  /// The sets whose outputs are written.
  void forEach(BiConsumer<String, Sink> action) {
    sinks.forEach(action);
  }

  /// The names of the files, without their directory.
  List<String> names() {
    return List.copyOf(names);
  }

  /// Gives the files their names.
  void commit() {
    sinks.values().forEach(Sink::commit);
  }

  @Override
  public void close() {
    sinks.values().forEach(Sink::close);
  }
}
