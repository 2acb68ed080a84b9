package io.lanewise.report;

import io.lanewise.result.Direction;
import io.lanewise.result.Leaderboard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Leaderboards side by side: a row a model, a column a measure. What readers see of them is
/// written here, for terminal, Markdown and HTML alike.
///
/// @param models by the rank in the first column
/// @param boards the columns
public record LeaderboardTable(List<String> models, List<Leaderboard> boards) {
  /// One table for each evaluation.
  public static List<LeaderboardTable> of(List<Leaderboard> boards) {
    List<LeaderboardTable> tables = new ArrayList<>();
    for (String evaluation : boards.stream().map(Leaderboard::evaluation).distinct().toList()) {
      List<Leaderboard> own =
          boards.stream().filter(board -> board.evaluation().equals(evaluation)).toList();
      SequencedSet<String> models = new LinkedHashSet<>();
      own.forEach(board -> board.standings().forEach(standing -> models.add(standing.model())));
      tables.add(new LeaderboardTable(List.copyOf(models), own));
    }
    return tables;
  }

  /// What the table is called.
  public String evaluation() {
    return boards.getFirst().evaluation();
  }

  /// The head of a column: the measure, its unit, and an arrow to what is better.
  public static String title(Leaderboard board) {
    return "%s%s %s"
        .formatted(
            board.measure(),
            board.unit().equals("1") ? "" : ", " + board.unit(),
            board.better() == Direction.LOWER ? "↓" : "↑");
  }

  /// Where a model stands, or null.
  public static Leaderboard.@Nullable Standing find(Leaderboard board, String model) {
    return board.standings().stream()
        .filter(standing -> standing.model().equals(model))
        .findFirst()
        .orElse(null);
  }

  /// The rank; a dash without a value.
  public static String rank(Leaderboard.Standing standing) {
    return standing.rank() == 0 ? "–" : Integer.toString(standing.rank());
  }

  /// The interval of the rank, `1–3`; empty if it has none.
  public static String interval(Leaderboard.Standing standing) {
    return standing.lowestRank() == 0
        ? ""
        : standing.lowestRank() == standing.highestRank()
            ? Integer.toString(standing.lowestRank())
            : "%d–%d".formatted(standing.lowestRank(), standing.highestRank());
  }

  /// The probability that it beats the next, as a percentage; empty if there is none.
  public static String beats(Leaderboard.Standing standing) {
    double percent = 100 * standing.beatsNext();
    return Double.isNaN(percent)
        ? ""
        : percent > 99.9
            ? "> 99.9 %"
            : percent < 0.1 ? "< 0.1 %" : String.format(Locale.ROOT, "%.1f %%", percent);
  }

  /// A step as a person writes it.
  public static String step(double step) {
    return Digits.of(step);
  }

  /// The best step, and the first one that cannot be told from it, in a sentence without its full
  /// stop.
  public static String bestStep(Leaderboard board) {
    List<Leaderboard.Standing> good =
        board.trend().stream().filter(standing -> standing.best() || standing.tied()).toList();
    Leaderboard.Standing best =
        good.stream().filter(Leaderboard.Standing::best).findFirst().orElse(null);
    if (best == null) {
      return "the best model has no step";
    }
    Leaderboard.Standing first = good.getFirst();
    return "best step %s%s"
        .formatted(
            step(Objects.requireNonNull(best.step())),
            first.equals(best)
                ? ""
                : "; from step %s on, some cannot be told from it"
                    .formatted(step(Objects.requireNonNull(first.step()))));
  }

  /// What the intervals rest on, in a sentence without its full stop.
  public static String bases(List<Leaderboard> boards) {
    List<Leaderboard.Basis> bases = boards.stream().map(Leaderboard::basis).distinct().toList();
    return bases.stream()
        .map(basis ->
            bases.size() == 1
                ? basis.words()
                : "%s (%s)"
                    .formatted(
                        basis.words(),
                        boards.stream()
                            .filter(board -> board.basis() == basis)
                            .map(Leaderboard::measure)
                            .distinct()
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining("; "));
  }
}
