package io.lanewise.cli.plan;

import io.lanewise.objective.Descriptor;
import io.lanewise.plan.Models;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.codec.PlanCodec;
import io.lanewise.plan.codec.Tree;
import io.lanewise.run.bind.PlanCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/// The text of a plan file, and the line of everything in it.
public final class PlanLines {
  /// Whoever names a file of samples for the plan is told so at once.
  private static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final Tree tree;

  private PlanLines(Path file, Tree tree) {
    this.file = file;
    this.tree = tree;
  }

  /// Reads a plan file.
  ///
  /// @throws IllegalArgumentException with file and line, if it is neither YAML nor JSON
  /// @throws UncheckedIOException if the file cannot be read
  public static PlanLines read(Path file) {
    if (Files.isDirectory(file)) {
      throw new UncheckedIOException(
          file + ": found a directory, expected a plan file", new IOException(file.toString()));
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "%s: found more than %d bytes, expected a plan".formatted(file, MOST_BYTES));
    }
    try {
      return parse(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          file + ": found bytes that are not UTF-8, expected text", e);
    }
  }

  /// As [#read], of a text that `file` would hold.
  static PlanLines parse(Path file, String text) {
    return new PlanLines(file, PlanText.parse(file.toString(), text));
  }

  /// A plan within another text, which `file` stands for.
  public static PlanLines of(Path file, Tree tree) {
    return new PlanLines(file, tree);
  }

  /// What the plan says.
  ///
  /// @param objectives the objectives that it may name
  /// @throws IllegalArgumentException with file and line, for anything a plan may not say
  public PlanFile plan(List<Descriptor> objectives) {
    PlanCheck check = new PlanCheck(objectives);
    try {
      PlanCodec.Words words = new PlanCodec(check::idOf).read(tree);
      Set<String> names = new LinkedHashSet<>(words.data().keySet());
      if (!words.models().isEmpty()) {
        names.add(Models.DATA_SET);
      }
      check.check(names, words.tasks(), words.checks(), words.facts().keySet());
      return new PlanFile(
          Objects.requireNonNullElseGet(words.title(), () -> PlanFile.stem(file)),
          resolve("data", words.data()),
          models(words.models()),
          words.tasks(),
          words.checks(),
          words.facts(),
          words.policy(),
          words.precision());
    } catch (PlanException e) {
      throw new IllegalArgumentException(place(e) + e.problem(), e);
    }
  }

  /// File and line of a mistake, as messages begin.
  public String place(PlanException e) {
    return "%s:%d: ".formatted(file, Math.max(1, tree.lineOf(e.path())));
  }

  private Models models(Models models) {
    return switch (models) {
      case Models.Named(var files) -> new Models.Named(resolve("models", files));
      case Models.Matching(var patterns) ->
          new Models.Matching(patterns.stream().map(one -> resolve("models", one)).toList());
    };
  }

  private SequencedMap<String, List<String>> resolve(
      String key, SequencedMap<String, List<String>> files) {
    SequencedMap<String, List<String>> resolved = new LinkedHashMap<>();
    files.forEach((name, some) -> {
      String path = key + "." + name;
      resolved.put(name, some.stream().map(one -> resolve(path, one)).toList());
    });
    return resolved;
  }

  /// Files are named from the plan's folder.
  private String resolve(String path, String name) {
    Path folder = file.getParent();
    try {
      boolean relative = !name.equals("-") && !Path.of(name).isAbsolute();
      return relative && folder != null ? folder.resolve(name).toString() : name;
    } catch (InvalidPathException e) {
      throw new PlanException(
          "", path, "found '%s', expected the name of a file or a glob".formatted(name), e);
    }
  }
}
