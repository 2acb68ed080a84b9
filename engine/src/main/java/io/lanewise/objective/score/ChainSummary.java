package io.lanewise.objective.score;

import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What [Diagnostics] says of each dimension of chains, which draws do not move, and the judgements
/// on both.
final class ChainSummary {
  /// How many places a judgement names.
  private static final int NAMED = 5;

  final List<Double> sizes = new ArrayList<>();
  final List<Double> reductions = new ArrayList<>();
  final List<Double> bulkSizes = new ArrayList<>();
  final List<Double> tailSizes = new ArrayList<>();
  final List<Double> rankReductions = new ArrayList<>();
  final List<Double> meanErrors = new ArrayList<>();
  private final NormalScores scores = new NormalScores();

  /// Dimensions of which all draws are equal, with the value.
  private final List<String> constant = new ArrayList<>();

  /// Chains that do not move in a dimension: pairs of dimension and index of chain.
  private final List<int[]> stuck = new ArrayList<>();

  /// Halves of chains that do not move: dimension, index of chain, half.
  private final List<int[]> halfStuck = new ArrayList<>();

  /// Adds the next dimension.
  ///
  /// @param chains finite draws by chain, as many of each, at least 8
  void add(double[][] chains) {
    int dimension = sizes.size();
    sizes.add(Diagnostics.effectiveSampleSize(chains));
    reductions.add(Diagnostics.splitRHat(chains));
    bulkSizes.add(Diagnostics.bulkEffectiveSampleSize(chains, scores));
    tailSizes.add(Diagnostics.tailEffectiveSampleSize(chains));
    rankReductions.add(Diagnostics.rankRHat(chains, scores));
    meanErrors.add(Diagnostics.meanError(chains));
    int length = chains[0].length;
    List<int[]> chainsStuck = new ArrayList<>();
    boolean one = true;
    for (int c = 0; c < chains.length; c++) {
      double[] x = chains[c];
      if (equal(x, 0, length)) {
        chainsStuck.add(new int[] {dimension, c});
        one &= x[0] == chains[0][0];
      } else {
        one = false;
        for (int half = 0; half < 2; half++) {
          int from = half == 0 ? 0 : length - length / 2;
          if (equal(x, from, from + length / 2)) {
            halfStuck.add(new int[] {dimension, c, half});
          }
        }
      }
    }
    if (one) {
      constant.add("dimension %d: all draws are %s".formatted(dimension, chains[0][0]));
    } else {
      stuck.addAll(chainsStuck);
    }
  }

  /// Whether the chains have mixed, as far as can be said.
  Verdict mixed(double threshold) {
    int worst = -1;
    double greatest = Double.NEGATIVE_INFINITY;
    int unknown = 0;
    for (int j = 0; j < reductions.size(); j++) {
      double reduction = Math.max(reductions.get(j), rankReductions.get(j));
      if (Double.isNaN(reduction)) {
        unknown++;
      } else if (reduction > greatest) {
        greatest = reduction;
        worst = j;
      }
    }
    Verdict.Status status =
        greatest > threshold
            ? Verdict.Status.FAIL
            : unknown > 0 ? Verdict.Status.UNKNOWN : Verdict.Status.PASS;
    List<String> evidence = new ArrayList<>();
    if (worst >= 0) {
      evidence.add(
          String.format(Locale.ROOT, "greatest R-hat %.6g, of dimension %d", greatest, worst));
    }
    if (unknown > 0) {
      evidence.add("no R-hat of %d of %d dimensions".formatted(unknown, reductions.size()));
    }
    return new Verdict(
        "chains-mixed",
        status,
        "split and rank-normalised R-hat of every dimension are at most %s".formatted(threshold),
        String.join("; ", evidence));
  }

  /// Whether every chain moves. Draws that are all equal have no R-hat and no effective sample
  /// size: nobody can tell a quantity that is constant from a sampler that is stuck.
  ///
  /// @param ids of the chains
  Verdict moving(long[] ids) {
    List<String> all = new ArrayList<>(constant);
    stuck.forEach(s -> all.add("dimension %d: chain %d does not move".formatted(s[0], ids[s[1]])));
    halfStuck.forEach(s ->
        all.add(
            "dimension %d: chain %d does not move in its %s half"
                .formatted(s[0], ids[s[1]], s[2] == 0 ? "first" : "second")));
    Verdict.Status status =
        !constant.isEmpty() || !stuck.isEmpty()
            ? Verdict.Status.FAIL
            : halfStuck.isEmpty() ? Verdict.Status.PASS : Verdict.Status.WARN;
    String evidence =
        all.isEmpty()
            ? "all move"
            : String.join("; ", all.subList(0, Math.min(NAMED, all.size())))
                + (all.size() > NAMED ? "; and %d more".formatted(all.size() - NAMED) : "");
    return new Verdict(
        "chains-move", status, "both halves of every chain move in every dimension", evidence);
  }

  private static boolean equal(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (values[i] != values[from]) {
        return false;
      }
    }
    return true;
  }
}
