package io.lanewise.objective.sample;

import io.lanewise.noise.LegacyNumpy;
import io.lanewise.noise.TorchNumbers;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/// Draws rows of two sets without replacement, as tools do that use NumPy or PyTorch: the first
/// rows of a permutation. Every draw goes on where the last one ended.
final class RowChoice {
  /// The values of a parameter.
  static final List<String> NAMES = List.of("numpy", "numpy-real-first", "torch", "none");

  private final IntFunction<int[]> permutation;
  private final boolean realFirst;

  private RowChoice(IntFunction<int[]> permutation, boolean realFirst) {
    this.permutation = permutation;
    this.realFirst = realFirst;
  }

  /// @param name one of [#NAMES]
  /// @param seed in [0, 2^32)
  static RowChoice of(String name, long seed) {
    return switch (name) {
      case "torch" -> new RowChoice(new TorchNumbers(seed)::permutation, true);
      case "none" -> new RowChoice(RowChoice::inOrder, true);
      default -> new RowChoice(new LegacyNumpy(seed)::permutation, name.equals("numpy-real-first"));
    };
  }

  /// All rows in the order they are to have.
  int[] order(int rows) {
    return permutation.apply(rows);
  }

  /// Draws `size` of the rows of each set.
  ///
  /// @return those of the generated set, then those of the real one
  int[][] draw(int generated, int sizeOfGenerated, int real, int sizeOfReal) {
    int[] early = draw(realFirst ? real : generated, realFirst ? sizeOfReal : sizeOfGenerated);
    int[] late = draw(realFirst ? generated : real, realFirst ? sizeOfGenerated : sizeOfReal);
    return realFirst ? new int[][] {late, early} : new int[][] {early, late};
  }

  private int[] draw(int rows, int size) {
    return Arrays.copyOf(permutation.apply(rows), size);
  }

  private static int[] inOrder(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
