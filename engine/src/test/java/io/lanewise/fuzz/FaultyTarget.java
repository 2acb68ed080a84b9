package io.lanewise.fuzz;

import io.lanewise.source.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/// Readers as they must not be, each with one fault.
record FaultyTarget(String name, Function<Path, Rows> reader) implements Target {
  static final Rows RIGHT = Rows.of(Map.of("x", List.of(1, 2)));

  static List<Target> all() {
    return List.of(
        new FaultyTarget("another-value", _ -> Rows.of(Map.of("x", List.of(1, 3)))),
        new FaultyTarget("another-type", _ -> Rows.of(Map.of("x", List.of(1.0, 2.0)))),
        new FaultyTarget("a-row-less", _ -> Rows.of(Map.of("x", List.of(1)))),
        new FaultyTarget("a-column-less", _ -> Rows.of(Map.of())),
        new FaultyTarget(
            "an-exception",
            _ -> {
              throw new IllegalStateException("no");
            }),
        new FaultyTarget(
            "an-error",
            _ -> {
              throw new StackOverflowError();
            }),
        new FaultyTarget(
            "no-place",
            _ -> {
              throw new DataException("somewhere", "found nothing");
            }),
        new FaultyTarget(
            "a-class-name",
            file -> {
              throw new DataException(file.toString(), "found java.io.EOFException");
            }));
  }

  @Override
  public byte[] mutant(Random random) {
    return new byte[8];
  }

  @Override
  public Rows read(Path file, Random random) {
    return reader.apply(file);
  }

  @Override
  public Rows independent(Path file, byte[] bytes, Rows ours) {
    return RIGHT;
  }
}
