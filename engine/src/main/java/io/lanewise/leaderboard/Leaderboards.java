package io.lanewise.leaderboard;

import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Leaderboard.Basis;
import io.lanewise.result.Leaderboard.Standing;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Ranks the models of a plan by each measure that has a better and a worse.
public final class Leaderboards {
  /// An interval of ranks leaves out this much on each side; so does a tie with the best.
  private static final double TAIL = 0.025;

  /// A mean of kept rows is the measure's value to this much of it.
  private static final double SAME_MEAN = 1e-9;

  private Leaderboards() {}

  /// The numbers of the rows that a measure is the mean of.
  @FunctionalInterface
  public interface KeptRows {
    /// One number a row, in the order of rows; NaN for a row that was left out. Null if they were
    /// not kept.
    double @Nullable [] of(EvaluationResult result, Measure measure);
  }

  /// A leaderboard of each measure of each evaluation that has at least two models, in the order of
  /// the results.
  public static List<Leaderboard> of(List<EvaluationResult> results, KeptRows kept) {
    SequencedMap<String, List<EvaluationResult>> byEvaluation = new LinkedHashMap<>();
    for (EvaluationResult result : results) {
      if (result.model() != null) {
        byEvaluation
            .computeIfAbsent(result.model().evaluation(), name -> new ArrayList<>())
            .add(result);
      }
    }
    List<Leaderboard> boards = new ArrayList<>();
    byEvaluation.forEach((evaluation, models) -> {
      for (Measure measure : measures(models)) {
        boards.add(of(evaluation, measure, models, kept));
      }
    });
    return List.copyOf(boards);
  }

  /// Those that rank, and that two models have.
  private static List<Measure> measures(List<EvaluationResult> models) {
    SequencedSet<String> names = new LinkedHashSet<>();
    List<Measure> measures = new ArrayList<>();
    for (EvaluationResult model : models) {
      for (Measure measure : model.measures()) {
        long having = models.stream().filter(m -> m.measure(measure.name()) != null).count();
        if (measure.better() != Direction.NEITHER && having > 1 && names.add(measure.name())) {
          measures.add(measure);
        }
      }
    }
    return measures;
  }

  /// A model and its measure.
  private record Entry(EvaluationResult result, Measure measure) {
    EvaluationResult.Model model() {
      return Objects.requireNonNull(result.model());
    }
  }

  private static Leaderboard of(
      String evaluation, Measure meaning, List<EvaluationResult> models, KeptRows kept) {
    boolean lower = meaning.better() == Direction.LOWER;
    List<Entry> ranked = new ArrayList<>();
    List<Entry> without = new ArrayList<>();
    for (EvaluationResult model : models) {
      Measure measure = model.measure(meaning.name());
      if (measure != null) {
        (Double.isNaN(measure.value()) ? without : ranked).add(new Entry(model, measure));
      }
    }
    Comparator<Entry> order = Comparator.comparingDouble(entry -> entry.measure.value());
    ranked.sort(lower ? order : order.reversed());
    double[] values = ranked.stream().mapToDouble(e -> e.measure.value()).toArray();
    double[] errors = ranked.stream().mapToDouble(e -> e.measure.standardError()).toArray();
    double @Nullable [][] rows = rows(ranked, kept);
    boolean finite = Arrays.stream(values).allMatch(Double::isFinite);
    Basis basis =
        !finite || values.length < 2
            ? Basis.NONE
            : rows != null
                ? Basis.ROWS
                : Arrays.stream(errors).allMatch(Double::isFinite) ? Basis.NORMAL : Basis.NONE;
    double[][] draws =
        switch (basis) {
          case ROWS -> Draws.ofRows(Objects.requireNonNull(rows));
          case NORMAL -> Draws.normal(values, errors);
          case NONE -> new double[0][];
        };
    int[][] intervals = basis == Basis.NONE ? new int[0][] : intervals(draws, lower);
    List<Standing> standings = new ArrayList<>();
    for (int m = 0; m < values.length; m++) {
      double value = values[m];
      int rank = 1 + (int) Arrays.stream(values).filter(v -> lower ? v < value : v > value).count();
      double next =
          m + 1 < values.length ? beats(basis, values, errors, draws, m, m + 1, lower) : Double.NaN;
      double best = m == 0 ? Double.NaN : beats(basis, values, errors, draws, 0, m, lower);
      boolean tied = m > 0 && (rank == 1 || best < 1 - TAIL);
      Entry entry = ranked.get(m);
      standings.add(
          new Standing(
              entry.model().name(),
              entry.model().step(),
              value,
              errors[m],
              rank,
              basis == Basis.NONE ? 0 : intervals[m][0],
              basis == Basis.NONE ? 0 : intervals[m][1],
              next,
              tied));
    }
    for (Entry entry : without) {
      standings.add(
          new Standing(
              entry.model().name(),
              entry.model().step(),
              entry.measure.value(),
              entry.measure.standardError(),
              0,
              0,
              0,
              Double.NaN,
              false));
    }
    return new Leaderboard(
        evaluation, meaning.name(), meaning.unit(), meaning.better(), basis, standings);
  }

  /// The kept rows of all models, if each has as many and their mean is the value.
  private static double @Nullable [][] rows(List<Entry> models, KeptRows kept) {
    double[][] rows = new double[models.size()][];
    for (int m = 0; m < rows.length; m++) {
      Entry entry = models.get(m);
      double[] own = kept.of(entry.result, entry.measure);
      if (own == null) {
        return null;
      }
      double mean = Arrays.stream(own).average().orElse(Double.NaN);
      double value = entry.measure.value();
      if (!(Math.abs(mean - value) <= SAME_MEAN * Math.max(1, Math.abs(value)))) {
        return null;
      }
      rows[m] = own;
    }
    return Draws.fit(rows) ? rows : null;
  }

  /// The probability that model `a` is better than `b`; an equal value is half of it.
  private static double beats(
      Basis basis,
      double[] values,
      double[] errors,
      double[][] draws,
      int a,
      int b,
      boolean lower) {
    double sign = lower ? 1 : -1;
    return switch (basis) {
      case NONE -> Double.NaN;
      case NORMAL -> {
        double difference = sign * (values[b] - values[a]);
        yield difference == 0 ? 0.5 : Normal.below(difference / Math.hypot(errors[a], errors[b]));
      }
      case ROWS -> {
        double wins = 0;
        for (double[] draw : draws) {
          double difference = sign * (draw[b] - draw[a]);
          wins += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
        }
        yield wins / draws.length;
      }
    };
  }

  /// For each model the ranks between which the middle 95 % of the draws are.
  private static int[][] intervals(double[][] draws, boolean lower) {
    int models = draws[0].length;
    int[][] counts = new int[models][models + 1];
    for (double[] draw : draws) {
      for (int m = 0; m < models; m++) {
        counts[m][rank(draw, draw[m], lower)]++;
      }
    }
    int outside = (int) (TAIL * draws.length);
    return IntStream.range(0, models)
        .mapToObj(
            m -> new int[] {quantile(counts[m], outside, 1), quantile(counts[m], outside, -1)})
        .toArray(int[][]::new);
  }

  /// One more than there are better values.
  private static int rank(double[] values, double value, boolean lower) {
    int rank = 1;
    for (double other : values) {
      rank += (lower ? other < value : other > value) ? 1 : 0;
    }
    return rank;
  }

  /// The first rank, from the one end or the other, with which more than `outside` are passed.
  private static int quantile(int[] counts, int outside, int step) {
    int rank = step > 0 ? 1 : counts.length - 1;
    int passed = counts[rank];
    while (passed <= outside) {
      rank += step;
      passed += counts[rank];
    }
    return rank;
  }
}
