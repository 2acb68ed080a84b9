package io.lanewise.cli;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Objective;
import io.lanewise.source.Sources;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Begins what the words of the command tell will be needed, in threads of its own: beside the rest
/// of the start, which takes about as long. A wrong guess costs time and nothing else.
final class EarlyStart {
  /// Bytes of input for one value of a kernel: two columns of float32, as most have.
  private static final int BYTES_PER_VALUE = 2 * Float.BYTES;

  /// Plans are shorter.
  private static final int LONGEST_PLAN = 1 << 16;

  private EarlyStart() {}

  /// @param catalog the objectives, of which the first word may name one
  static void expect(Catalog catalog, String... args) {
    Objective objective = args.length == 0 ? null : catalog.find(args[0]).orElse(null);
    if (objective != null) {
      kernels(objective, List.of(args));
      objective.prepare();
    }
    Stream.of(args).flatMap(EarlyStart::tables).findFirst().ifPresent(Sources::prepare);
  }

  /// How much there is to do follows from the sizes of the files that are named; columns are
  /// float32 until they are known better.
  private static void kernels(Objective objective, List<String> words) {
    if (objective.kernels().isEmpty()) {
      return;
    }
    long bytes = 0;
    for (String word : words) {
      bytes += new File(word).length();
    }
    Precision precision =
        words.contains("single") || words.contains("--precision=single")
            ? Precision.SINGLE
            : Precision.DOUBLE;
    Kernels.active()
        .in(precision)
        .expect(objective.kernels(), FloatType.FLOAT32, bytes / BYTES_PER_VALUE);
  }

  /// Files that DuckDB reads: a word that names one, or what a plan that the word names seems to
  /// read. A plan's files are taken to be beside it.
  private static Stream<Path> tables(String word) {
    try {
      if (word.endsWith(".parquet") || word.endsWith(".csv")) {
        return Stream.of(Path.of(word));
      }
      Path plan = Path.of(word);
      if ((word.endsWith(".yaml") || word.endsWith(".yml")) && Files.size(plan) < LONGEST_PLAN) {
        String text = Files.readString(plan, StandardCharsets.ISO_8859_1);
        return Stream.of(".parquet", ".csv").filter(text::contains).map(plan::resolveSibling);
      }
    } catch (IOException | InvalidPathException e) {
      // Whoever reads it says what is wrong.
    }
    return Stream.empty();
  }
}
