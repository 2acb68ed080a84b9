package io.lanewise.kernel.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes the loops in `io.lanewise.kernel.loops` that exist once for each element type and, as
/// float64 has 2, 4 or 8 lanes, once for each vector width. In the root of the repository:
///
///     java engine/src/test/java/io/lanewise/kernel/generate/GenerateLoops.java
///     ./mvnw spotless:apply
///
/// The formatter owns spaces and line ends; `GeneratedLoopsTest` compares all else.
public final class GenerateLoops {
  /// Where the loops are, seen from the root of the repository.
  static final Path LOOPS = Path.of("engine/src/main/java/io/lanewise/kernel/loops");

  private GenerateLoops() {}

  public static void main(String[] args) {
    generate().forEach((name, text) -> write(LOOPS.resolve(name + ".java"), text));
  }

  /// The text of each class, by its name.
  static Map<String, String> generate() {
    Map<String, String> classes = new LinkedHashMap<>();
    classes.put("RowSumLoops", Reductions.rowSum());
    classes.put("SquaredNormLoops", Reductions.squaredNorm());
    classes.put("SquaredErrorLoops", Reductions.squaredError());
    classes.put("SquaredErrorSingleLoops", BlockReduction.squaredError());
    classes.put("LinearCombinationLoops", Maps.linearCombination());
    classes.put("LinearCombinationSingleLoops", Maps.linearCombinationInFloat32());
    classes.put("DiffusionStepLoops", Maps.diffusionStep());
    classes.put("LangevinStepLoops", Maps.langevinStep());
    classes.put("TileLoops", Maps.tiles());
    classes.put("ColumnMomentsLoops", ColumnReduction.columnMoments());
    classes.put("FiniteScanLoops", Scans.finiteScan());
    classes.put("MaximumLoops", Scans.rowMaximum());
    return classes;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
