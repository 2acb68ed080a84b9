package io.lanewise.cli;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Objective;
import java.io.File;
import java.util.List;

/// Has vector kernels warmed as soon as the words of the command tell which ones will be needed:
/// beside the start, which takes about as long.
final class EarlyKernels {
  /// Bytes of input for one value of a kernel: two columns of float32, as most have.
  private static final int BYTES_PER_VALUE = 2 * Float.BYTES;

  private EarlyKernels() {}

  /// Announces the kernels of the objective that is named first. How much there is to do follows
  /// from the sizes of the files that are named; columns are float32 until they are known better.
  static void expect(Catalog catalog, String... args) {
    long bytes = 0;
    for (String word : args) {
      bytes += new File(word).length();
    }
    Objective objective = args.length == 0 ? null : catalog.find(args[0]).orElse(null);
    if (objective != null && !objective.kernels().isEmpty()) {
      List<String> words = List.of(args);
      Precision precision =
          words.contains("single") || words.contains("--precision=single")
              ? Precision.SINGLE
              : Precision.DOUBLE;
      Kernels.active()
          .in(precision)
          .expect(objective.kernels(), FloatType.FLOAT32, bytes / BYTES_PER_VALUE);
    }
  }
}
