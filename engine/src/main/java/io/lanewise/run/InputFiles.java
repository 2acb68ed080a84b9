package io.lanewise.run;

import io.lanewise.plan.Plan;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.source.DataSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The files that a run reads. It never replaces any of them with an output. Files are compared,
/// not paths, so links and relative paths do not get around this.
public final class InputFiles {
  /// The file behind standard input, if the shell opened one.
  private static final String STANDARD_INPUT = "/dev/stdin";

  private final List<String> names = new ArrayList<>();

  private InputFiles() {}

  /// The files of a plan: those of its data sets and models, and those that parameters name after
  /// `@`.
  ///
  /// @throws java.io.UncheckedIOException if a glob matches nothing
  /// @throws IllegalArgumentException if a data set has a file twice
  public static InputFiles of(Plan plan) {
    InputFiles inputs = new InputFiles();
    EachModel.of(plan)
        .data()
        .forEach((name, files) -> inputs.names.addAll(DataSet.files(name, files)));
    plan.tasks().forEach(task -> inputs.addNamed(task.parameters().values()));
    return inputs;
  }

  /// The files that parameters name after `@`.
  public static InputFiles ofParameters(Collection<String> texts) {
    InputFiles inputs = new InputFiles();
    inputs.addNamed(texts);
    return inputs;
  }

  private void addNamed(Collection<String> texts) {
    texts.stream().map(ParameterFile::named).filter(Objects::nonNull).forEach(names::add);
  }

  /// These files; `-` is standard input.
  public static InputFiles of(Collection<String> files) {
    InputFiles inputs = new InputFiles();
    inputs.names.addAll(files);
    return inputs;
  }

  /// With one more.
  public InputFiles and(Path file) {
    names.add(file.toString());
    return this;
  }

  /// Refuses outputs that are inputs.
  ///
  /// @throws IllegalArgumentException naming both
  public void refuse(Collection<Path> outputs) {
    List<Path> existing = outputs.stream().filter(Files::exists).toList();
    if (existing.isEmpty()) {
      return;
    }
    Map<Object, String> inputs = new HashMap<>();
    for (String name : names) {
      try {
        Object key = key(Path.of(name.equals("-") ? STANDARD_INPUT : name));
        inputs.putIfAbsent(key, name);
      } catch (IOException | InvalidPathException e) {
        // Whoever reads it will say that it cannot be read.
      }
    }
    for (Path output : existing) {
      try {
        String input = inputs.get(key(output));
        if (input != null) {
          throw new IllegalArgumentException(
              "%s: found the input '%s', expected another output; an input is never replaced"
                  .formatted(output, input));
        }
      } catch (IOException e) {
        // Gone by now, so it is no input.
      }
    }
  }

  /// Equal for two names of one file.
  private static Object key(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key == null ? path.toRealPath() : key;
  }
}
