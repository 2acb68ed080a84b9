package io.lanewise.cli;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Objective;
import java.io.File;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Has vector kernels warmed as soon as the words of the command tell which ones will be needed:
/// beside the start, which takes about as long.
final class EarlyKernels {
  /// Bytes of input for one value of a kernel: two columns of float32, as most have.
  private static final int BYTES_PER_VALUE = 2 * Float.BYTES;

  private EarlyKernels() {}

  /// Announces the kernels of the objectives that are named. How much there is to do follows from
  /// the sizes of the files that are named; columns are float32 until they are known better.
  static void expect(List<Objective> objectives, String... args) {
    List<String> words = Arrays.asList(args);
    for (Objective objective : objectives) {
      if (!objective.kernels().isEmpty()
          && (words.contains(objective.descriptor().id())
              || !Collections.disjoint(words, objective.descriptor().aliases()))) {
        Precision precision =
            words.contains("single") || words.contains("--precision=single")
                ? Precision.SINGLE
                : Precision.DOUBLE;
        long bytes = words.stream().mapToLong(word -> new File(word).length()).sum();
        Kernels.active()
            .in(precision)
            .expect(objective.kernels(), FloatType.FLOAT32, bytes / BYTES_PER_VALUE);
      }
    }
  }
}
